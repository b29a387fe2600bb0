/// The losses that are known step by step, and what one stream has to remember for them since its trial began.
///
/// Losses of filtered outputs (``SoftmaxCrossEntropy``, ``MeanSquare``, ``SpikeTrain``, and the online ones of
/// ``SpikeCount`` and ``EnhancedCount``) give the error of Y with ``evaluate(filtered:target:error:)``. The online losses of
/// first spikes (``Latency``, ``SpikeTime``) give the error of a spike and of its time with
/// ``evaluate(spikes:label:spikeAdjoint:timeAdjoint:)``.
public final class LossState<Scalar: LearningScalar> {
  /// The loss.
  public let kind: LossKind
  /// Steps since the trial began.
  public internal(set) var step = 0
  private let scale: LossScale
  var first: FirstSpikes
  private(set) var train: SpikeTrain<Scalar>?
  /// The loss of first spikes as far as it is known.
  let known = LaneVector<Scalar>(count: 1)

  public init(_ configuration: LearnerConfiguration) {
    kind = configuration.loss.kind
    scale = LossScale(configuration)
    first = FirstSpikes(classes: configuration.classes)
    train = kind == .spikeTrain ? SpikeTrain(configuration, scale: scale) : nil
  }

  /// A trial begins: no step, no spike, no target spike.
  public func reset() {
    step = 0
    first.reset()
    known.clear()
    train?.reset()
  }

  /// A step of a loss of filtered outputs. Writes dL/dY into `error`.
  ///
  /// - Parameters:
  ///   - y: the readout's potentials, or the spikes of a spiking readout through ``OutputFilter``, of this step.
  ///   - target: a train is for `spike_train` only.
  /// - Returns: the loss of this step.
  public func evaluate(
    filtered y: LaneVector<Scalar>, target: Target, error: LaneVector<Scalar>
  ) -> Scalar {
    precondition(y.count == scale.classes && error.count == scale.classes)
    defer { step += 1 }
    if train != nil {
      if case .label(let label) = target { check(label) }
      return train?.evaluate(y, target: target, step: step, error: error) ?? 0
    }
    guard case .label(let label) = target else {
      preconditionFailure("target spikes for \(kind.rawValue)")
    }
    switch kind {
    case .softmaxCrossEntropy, .meanSquare:
      return evaluate(apart: y, label: label, error: error)
    case .spikeCountOnline:
      check(label)
      return SpikeCount.evaluate(online: y, label: label, step: step, scale: scale, error: error)
    case .enhancedCountOnline:
      check(label)
      return EnhancedCount.evaluate(
        online: y, label: label, step: step, scale: scale, error: error)
    default: preconditionFailure("\(kind.rawValue) is none of filtered outputs")
    }
  }

  /// Softmax cross-entropy or mean square of other potentials than the network's outputs, such as those of local readouts.
  /// No step passes. Writes dL/dy into `error`.
  ///
  /// - Returns: the loss of these potentials.
  public func evaluate(
    apart y: LaneVector<Scalar>, label: Int, error: LaneVector<Scalar>
  ) -> Scalar {
    check(label)
    precondition(y.count == scale.classes && error.count == scale.classes)
    switch kind {
    case .softmaxCrossEntropy:
      return SoftmaxCrossEntropy.evaluate(y, target: label, error: error)
    case .meanSquare:
      return MeanSquare.evaluate(
        y, label: label, target: Scalar(scale.target), other: Scalar(scale.other), error: error)
    default: preconditionFailure("\(kind.rawValue) is none of potentials")
    }
  }

  /// A step of an online loss of first spikes. Writes dL/dt of the outputs that spike for the first time in this step,
  /// and while the label's output c is silent dL/dS_c = -`no_spike_target`; zeros elsewhere.
  ///
  /// - Parameter spikes: the outputs that spiked in this step, ascending.
  /// - Returns: the change of the trial's loss as far as it is known in this step, silent outputs counted as spiking at
  ///   H; so the changes of all steps add up to the loss.
  public func evaluate(
    spikes: some Sequence<Int32>, label: Int, spikeAdjoint: LaneVector<Scalar>,
    timeAdjoint: LaneVector<Scalar>
  ) -> Scalar {
    check(label)
    precondition(spikeAdjoint.count == scale.classes && timeAdjoint.count == scale.classes)
    defer { step += 1 }
    first.note(spikes, in: step)
    let loss: Scalar
    switch kind {
    case .latencyOnline:
      loss = Latency.evaluate(
        first, end: scale.horizon, label: label, scale: scale, timeError: timeAdjoint)
    case .spikeTimeOnline:
      loss = SpikeTime.evaluate(
        first, end: scale.horizon, label: label, scale: scale, timeError: timeAdjoint)
    default: preconditionFailure("\(kind.rawValue) is none of first spikes")
    }
    for index in 0..<scale.classes where first.step[index] != Int32(clamping: step) {
      timeAdjoint.scalars[index] = 0
    }
    spikeAdjoint.clear()
    if first.step[label] < 0 { spikeAdjoint.scalars[label] = -Scalar(scale.noSpikeTarget) }
    defer { known[0] = loss }
    return loss - known[0]
  }

  private func check(_ label: Int) {
    precondition(label >= 0 && label < scale.classes, "label \(label)")
  }
}
