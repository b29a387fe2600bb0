import Events
import Learning

/// What the engine's thread knows of one source.
final class EngineSource {
  let name: String
  let learner: StreamLearner
  /// A frozen copy of the weights on the same stream.
  var frozen: FrozenStream?
  /// Late events before the present session.
  var earlierLate = 0
  /// Trials learned when the weights were last looked at.
  var trialsLearned = 0

  init(_ name: String, _ learner: StreamLearner) {
    self.name = name
    self.learner = learner
  }

  /// Events of the present session that were dropped as late.
  var lateEvents: Int { learner.counters.lateEvents - earlierLate }

  /// The publisher began anew.
  func restart() {
    learner.restart()
    frozen?.learner.restart()
    earlierLate = learner.counters.lateEvents
  }

  func add(labels: [StreamLabel]) {
    learner.add(labels: labels)
    frozen?.learner.add(labels: labels)
  }
}
