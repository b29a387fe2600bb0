import Events

/// What an operator does to a stream that runs.
extension StreamLearner {
  /// Whether trials that begin now are learned from.
  var learnsNow: Bool { isLearning && !isShedding }

  /// Labels whose time has not come yet.
  public var pendingLabels: [StreamLabel] { labels.map(\.label) + waiting }

  /// Gives up learning from the trial that is under way; it is predicted to its end.
  func shedOpenTrial() {
    guard trial?.learns == true else { return }
    trial?.learns = false
    trial?.isShed = true
    state.abandonLearning()
  }

  /// Clears membranes and traces, and drops the trial that is under way: neither judged nor learned from. The clock goes on,
  /// and labels whose time has not come stay.
  public func resetState() {
    counters.stateResets += 1
    if let open = trial {
      // Should its label come again, it has had its trial.
      note(
        PastTrial(
          labelTime: open.labelTime, begin: open.description.begin,
          end: newestEvent.map { $0 + 1 } ?? open.description.begin, isLabelled: true))
    }
    trial = nil
    state.reset()
    score.clear()
    // Nothing goes back to before the reset.
    history.forget(upTo: newestEvent)
  }
}
