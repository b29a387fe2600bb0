import Learning

/// What the engine's thread knows of one source.
final class EngineSource {
  let name: String
  let learner: StreamLearner
  /// Late events before the present session.
  var earlierLate = 0
  /// Trials learned when the weights were last looked at.
  var trialsLearned = 0
  let activity = SourceActivity()

  init(_ name: String, _ learner: StreamLearner) {
    self.name = name
    self.learner = learner
  }

  /// Events of the present session that were dropped as late.
  var lateEvents: Int { learner.counters.lateEvents - earlierLate }

  /// The publisher began anew.
  func restart() {
    learner.restart()
    earlierLate = learner.counters.lateEvents
  }
}
