/// A layer of leaky integrate-and-fire neurons with reset by subtraction: membranes, and the spikes of the latest step.
///
///     V_j[t] = a V_j[t-1] - theta S_j[t-1] + sum_i w_ij S_i[t]        a = exp(-dt / tau_m)
///     S_j[t] = 1 if V_j[t] >= theta
///
/// An input spike acts in the step in which it arrives; the reset acts one step after the spike.
public final class LIFState<Scalar: LearningScalar> {
  /// Membrane potentials V.
  public let membrane: LaneVector<Scalar>
  /// Summed input of the step; zero between steps.
  let current: LaneVector<Scalar>
  /// Neurons that spiked in the latest step, ascending.
  public private(set) var spikes: [Int32] = []
  private let neurons: Int

  public init(neurons: Int) {
    self.neurons = neurons
    membrane = LaneVector(count: neurons)
    current = LaneVector(count: neurons)
    spikes.reserveCapacity(neurons)
  }

  func reset() {
    membrane.clear()
    current.clear()
    spikes.removeAll(keepingCapacity: true)
  }

  /// One step: leak, reset by subtraction, input, threshold. Consumes ``current``.
  ///
  /// - Parameter threshold: one row, theta of each neuron.
  func step(decay: Scalar, threshold: RowMatrix<Scalar>) {
    let theta = threshold.scalars(ofRow: 0)
    let v = membrane.scalars
    let lanes = membrane.lanes
    let input = current.lanes
    for index in spikes { current.scalars[Int(index)] -= theta[Int(index)] }
    for lane in 0..<membrane.laneCount {
      lanes[lane] = Kernels.withoutVanishing(lanes[lane] * decay + input[lane])
      input[lane] = .zero
    }
    spikes.removeAll(keepingCapacity: true)
    for index in 0..<neurons where v[index] >= theta[index] { spikes.append(Int32(index)) }
  }
}
