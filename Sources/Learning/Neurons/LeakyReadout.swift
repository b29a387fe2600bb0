/// The membranes of output neurons that never spike:
///
///     y_k[t] = kappa y_k[t-1] + sum_j w_jk S_j[t]        kappa = exp(-dt / tau_out)
public final class LeakyReadoutState<Scalar: LearningScalar> {
  /// Output potentials y.
  public let potential: LaneVector<Scalar>
  let current: LaneVector<Scalar>

  public init(outputs: Int) {
    potential = LaneVector(count: outputs)
    current = LaneVector(count: outputs)
  }

  func reset() {
    potential.clear()
    current.clear()
  }

  /// One step. Consumes ``current``.
  func step(decay: Scalar) {
    for lane in 0..<potential.laneCount {
      potential.lanes[lane] = Kernels.withoutVanishing(
        potential.lanes[lane] * decay + current.lanes[lane])
      current.lanes[lane] = .zero
    }
  }
}
