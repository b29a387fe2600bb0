/// What one stream leaves in a network: membranes, traces, and the score so far. Weights are not part of it, so
/// several streams may share a network, each with a state of its own.
public final class NetworkState<Scalar: LearningScalar> {
  /// The hidden layer.
  public let hidden: LIFState<Scalar>
  /// The readout.
  public let readout: LeakyReadoutState<Scalar>
  let eligibility: EligibilityForm<Scalar>
  let readoutRule: ReadoutRule<Scalar>
  let surrogate: LaneVector<Scalar>
  let distance: LaneVector<Scalar>
  let error: LaneVector<Scalar>
  let learningSignal: LaneVector<Scalar>
  /// Whether a step has been learned from since the traces were cleared.
  private var hasTraces = false

  init(
    neurons: Int, outputs: Int, eligibility: EligibilityForm<Scalar>, readoutDecay: Scalar
  ) {
    hidden = LIFState(neurons: neurons)
    readout = LeakyReadoutState(outputs: outputs)
    self.eligibility = eligibility
    readoutRule = ReadoutRule(neurons: neurons, outputs: outputs, decay: readoutDecay)
    surrogate = LaneVector(count: neurons)
    distance = LaneVector(count: neurons)
    error = LaneVector(count: outputs)
    learningSignal = LaneVector(count: neurons)
  }

  /// Clears membranes, traces and summed gradients.
  public func reset() {
    clearDynamics()
    eligibility.rule.gradient.clear()
    readoutRule.gradient.clear()
  }

  /// Notes that a step is about to be learned from.
  func willLearn() { hasTraces = true }

  /// Clears traces only. They move in steps that are learned from; after others they would tell of a past long gone.
  func clearTraces() {
    guard hasTraces else { return }
    eligibility.clearTraces()
    readoutRule.clearTraces()
    hasTraces = false
  }

  /// Clears membranes and traces; the summed gradients stay.
  func clearDynamics() {
    hidden.reset()
    readout.reset()
    clearTraces()
  }
}
