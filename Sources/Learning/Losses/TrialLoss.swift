/// The losses that are known at a trial's end: `spike_count`, `enhanced_count`, `latency` and `spike_time`; see
/// ``SpikeCount``, ``EnhancedCount``, ``Latency`` and ``SpikeTime``.
///
/// A first run over the trial leaves an ``OutputRecord``. ``evaluate(_:label:ratio:)`` makes a loss of it and two numbers
/// for each class, from which ``adjoints(at:spikeAdjoint:timeAdjoint:)`` fills in each step of a second run over the same
/// events. If the label's output was silent and the loss is one of first spikes, which says nothing about making a
/// spike, dL/dS_c is -`no_spike_target` at every step.
///
/// Evaluating costs a few operations for each class, an adjoint one copy for each class and a look at the step's spikes.
public final class TrialLoss<Scalar: LearningScalar> {
  /// The loss.
  public let kind: LossKind
  private let scale: LossScale
  /// dL/dS of every step.
  private let spikeError: LaneVector<Scalar>
  /// dL/dt of an output's spikes: of the first one, or of all for a loss that counts.
  private let timeError: LaneVector<Scalar>
  private var record: OutputRecord?

  /// - Parameter configuration: its loss must be known at the trial's end.
  public init(_ configuration: LearnerConfiguration) {
    kind = configuration.loss.kind
    precondition(kind.isKnownAtEnd, "\(kind.rawValue) is known step by step")
    scale = LossScale(configuration)
    spikeError = LaneVector(count: configuration.classes)
    timeError = LaneVector(count: configuration.classes)
  }

  /// The loss of a recorded trial, 0 for a trial without steps. Prepares the adjoints of its steps, for which the record
  /// must stay as it is.
  ///
  /// - Parameter ratio: the running ratio R of ``EnhancedCount``; other losses do not look at it.
  public func evaluate(_ record: OutputRecord, label: Int, ratio: Scalar) -> Scalar {
    precondition(record.classes == scale.classes, "a record of \(record.classes) classes")
    precondition(label >= 0 && label < scale.classes, "label \(label)")
    precondition(record.isComplete, "a record of a part of a trial")
    self.record = record
    spikeError.clear()
    timeError.clear()
    guard record.steps > 0 else { return 0 }
    let end = Double(record.steps)
    switch kind {
    case .spikeCount:
      return SpikeCount.evaluate(
        counts: record.counts, label: label, scale: scale, spikeError: spikeError)
    case .enhancedCount:
      return EnhancedCount.evaluate(
        counts: record.counts, steps: record.steps, label: label, ratio: ratio, scale: scale,
        spikeError: spikeError, timeError: timeError)
    case .latency:
      pushIfSilent(label, record)
      return Latency.evaluate(
        record.first, end: end, label: label, scale: scale, timeError: timeError)
    case .spikeTime:
      pushIfSilent(label, record)
      return SpikeTime.evaluate(
        record.first, end: end, label: label, scale: scale, timeError: timeError)
    default: preconditionFailure("\(kind.rawValue) is known step by step")
    }
  }

  private func pushIfSilent(_ label: Int, _ record: OutputRecord) {
    if record.first.step[label] < 0 {
      spikeError.scalars[label] = -Scalar(scale.noSpikeTarget)
    }
  }

  /// Writes dL/dS and dL/dt of `step`, counted from 0, of the trial that was last evaluated; dL/dt is 0 where there is no
  /// spike that counts.
  public func adjoints(
    at step: Int, spikeAdjoint: LaneVector<Scalar>, timeAdjoint: LaneVector<Scalar>
  ) {
    precondition(spikeAdjoint.count == scale.classes && timeAdjoint.count == scale.classes)
    guard let record else { preconditionFailure("no trial has been evaluated") }
    for lane in 0..<spikeError.laneCount {
      spikeAdjoint.lanes[lane] = spikeError.lanes[lane]
      timeAdjoint.lanes[lane] = .zero
    }
    for output in record.spikes(in: step) {
      let index = Int(output)
      if kind.isOfFirstSpikes, record.first.step[index] != Int32(clamping: step) { continue }
      timeAdjoint.scalars[index] = timeError.scalars[index]
    }
  }
}
