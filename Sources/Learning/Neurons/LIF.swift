/// Parameters of a layer of leaky integrate-and-fire neurons with reset by subtraction.
///
///     V_j[t] = a V_j[t-1] - theta S_j[t-1] + sum_i w_ij S_i[t]        a = exp(-dt / tau_m)
///     S_j[t] = 1 if V_j[t] >= theta
///
/// An input spike acts in the step in which it arrives; the reset acts one step after the spike.
public struct LIFParameters: Equatable, Sendable {
  /// Membrane time constant in milliseconds.
  public var tauMembrane: Double
  /// Firing threshold, in units of the weights.
  public var threshold: Double

  public init(tauMembrane: Double = 20, threshold: Double = 1) {
    self.tauMembrane = tauMembrane
    self.threshold = threshold
  }
}

/// The membranes of a layer and the spikes of the latest step.
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
  func step(decay: Scalar, threshold: Scalar) {
    let v = membrane.scalars
    let lanes = membrane.lanes
    let input = current.lanes
    for index in spikes { current.scalars[Int(index)] -= threshold }
    for lane in 0..<membrane.laneCount {
      lanes[lane] = Kernels.withoutVanishing(lanes[lane] * decay + input[lane])
      input[lane] = .zero
    }
    spikes.removeAll(keepingCapacity: true)
    for index in 0..<neurons where v[index] >= threshold { spikes.append(Int32(index)) }
  }
}
