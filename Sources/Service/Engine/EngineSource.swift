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
  /// The session of the latest events, the message that was worked off last, and events worked off in the session.
  var session = 0
  var acknowledged: UInt64?
  var eventsDone = 0
  let activity = SourceActivity()

  init(_ name: String, _ learner: StreamLearner) {
    self.name = name
    self.learner = learner
  }

  /// Events of the present session that were dropped as late.
  var lateEvents: Int { learner.counters.lateEvents - earlierLate }

  /// Notes a message that was worked off.
  func note(_ arrival: StreamItem.Arrival) {
    eventsDone += arrival.events.count
    // What members of a joined stream sent is counted with them.
    guard arrival.member == nil else { return }
    if arrival.session != session {
      (session, eventsDone) = (arrival.session, arrival.events.count)
    }
    acknowledged = arrival.sequence ?? acknowledged
  }

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
