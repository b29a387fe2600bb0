import Events

/// Time that goes on without events.
///
/// A watermark gives the same bits as an event at its time would, minus that event: the steps that end at or before it
/// close, trials that end there end, and labels that begin there act.
extension StreamLearner {
  /// The newest time of which the stream knows: labels before it are late.
  var newestTime: Int64? {
    guard let watermark else { return newestEvent }
    return max(newestEvent ?? .min, watermark - 1)
  }

  /// Takes note that all events before `time` have come, in microseconds. Older ones that come all the same are late once
  /// their step has closed. A time that lies before an earlier one says nothing.
  public func advance(to time: Int64, emit: (Prediction) -> Void) {
    mergeWaitingLabels(emit)
    guard time > watermark ?? .min else { return }
    reorder.release(before: time) { place($0, $1, emit) }
    watermark = time
    guard time > newestEvent ?? .min else { return }
    reach(time, emit)
  }

  /// Does what an event at `time` would do before it enters its step.
  func reach(_ time: Int64, _ emit: (Prediction) -> Void) {
    applyLabels(upTo: time, emit)
    endTrialIfOver(at: time, emit)
    if stepper.openStep == nil { stepper.start(at: gridTime(time)) }
    closeSteps(before: time, emit)
  }
}
