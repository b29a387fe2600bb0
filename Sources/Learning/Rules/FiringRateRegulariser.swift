/// Draws the firing rate of every hidden neuron towards a target by adding to its learning signal:
///
///     r_j[t]  = rho r_j[t-1] + (1 - rho) S_j[t]        rho = exp(-dt / tau_rate)
///     l_j[t] += strength (r_j[t] - target)
///
/// The rates live with the model, not with a trial; they move only in steps that are learned from. After Bellec et
/// al. 2020 (supplement, firing-rate regularisation), with a running average in place of the average over a trial, and through
/// the same eligibility as the task.
final class FiringRateRegulariser<Scalar: LearningScalar> {
  private let strength: Scalar
  private let target: Scalar
  private let decay: Scalar
  /// Running rate of every neuron, in spikes a step.
  let rate: LaneVector<Scalar>

  convenience init(_ neurons: Int, _ configuration: LearnerConfiguration) {
    let regulariser = configuration.regulariser
    self.init(
      neurons: neurons, strength: Scalar(regulariser.strength),
      target: Scalar(regulariser.targetRate * configuration.milliseconds / 1000),
      decay: Scalar(
        SynapticKernel<Double>.decay(regulariser.tau, configuration.milliseconds)))
  }

  /// - Parameter target: wanted rate in spikes a step.
  init(neurons: Int, strength: Scalar, target: Scalar, decay: Scalar) {
    self.strength = strength
    self.target = target
    self.decay = decay
    rate = LaneVector(count: neurons)
    rate.contents = [Scalar](repeating: target, count: neurons)
  }

  /// Takes the spikes of a step in and adds to the learning signal.
  func apply(spikes: [Int32], to learningSignal: LaneVector<Scalar>) {
    let r = rate.scalars
    for lane in 0..<rate.laneCount {
      rate.lanes[lane] = Kernels.withoutVanishing(rate.lanes[lane] * decay)
    }
    for index in spikes { r[Int(index)] += 1 - decay }
    guard strength != 0 else { return }
    for index in 0..<rate.count { learningSignal.scalars[index] += strength * (r[index] - target) }
  }
}
