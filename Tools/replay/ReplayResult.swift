import Service
import ToolSupport

/// What a replay came to, on both ends.
struct ReplayResult: Encodable {
  struct Scores: Encodable {
    var scored: Int
    var correct: Int
    /// Predictions that did not arrive here.
    var notSeen: Int
    var unlabelled: Bool
    var accuracy: Double { scored == 0 ? 0 : Double(correct) / Double(scored) }

    private enum CodingKeys: String, CodingKey {
      case scored, correct, unlabelled, accuracy
      case notSeen = "not_seen"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(scored, forKey: .scored)
      try container.encode(correct, forKey: .correct)
      try container.encode(notSeen, forKey: .notSeen)
      try container.encode(unlabelled, forKey: .unlabelled)
      try container.encode(accuracy, forKey: .accuracy)
    }
  }

  var recordings = 0
  var messages = 0
  var events = 0
  /// Events that were not sent, as the engine had them.
  var skippedEvents = 0
  var bytes = 0
  var seconds = 0.0
  /// Events that the engine has put into steps, by its own count.
  var eventsLearned: Int?
  /// Events that the engine's transforms dropped, by its own count.
  var transformedAway = 0
  var lateEvents: Int?
  var missingMessages: UInt64?
  var scores: Scores?

  /// Nothing was lost, as far as the engine was asked.
  var isLossless: Bool { lost == 0 }

  /// Events that the engine neither took nor dropped on purpose.
  private var lost: Int {
    eventsLearned.map { events + skippedEvents - transformedAway - $0 } ?? 0
  }

  mutating func note(events count: Int, isDone: Bool) {
    if isDone { skippedEvents += count } else { events += count }
  }

  mutating func acknowledge(_ source: EngineStatus.Source) {
    eventsLearned = source.eventsDone - source.lateEvents
    transformedAway = source.transformedAway
    lateEvents = source.lateEvents
    missingMessages = source.missingMessages
  }

  var text: [String] {
    var lines = [
      "sent     \(Format.count(recordings)) recordings, \(Format.count(messages)) messages, "
        + "\(Format.count(events)) events in \(Format.decimal(seconds)) s "
        + "(\(Format.count(Int(Double(events) / max(seconds, 1e-9)))) events/s)"
    ]
    if skippedEvents > 0 {
      lines.append("skipped  \(Format.count(skippedEvents)) events that the engine had")
    }
    if let eventsLearned, let lateEvents, let missingMessages {
      let verdict = isLossless ? "nothing lost" : "\(lost) LOST"
      let away = transformedAway > 0 ? "\(Format.count(transformedAway)) transformed away, " : ""
      lines.append(
        "engine   took \(Format.count(eventsLearned)) events, \(away)\(lateEvents) late, "
          + "\(missingMessages) messages missing: \(verdict)")
    }
    if let scores {
      let kind = scores.unlabelled ? "unseen labels" : "progressive"
      lines.append(
        "accuracy \(Format.percent(scores.correct, of: scores.scored)) "
          + "(\(scores.correct)/\(scores.scored), \(kind))"
          + (scores.notSeen > 0 ? ", \(scores.notSeen) predictions not seen" : ""))
    }
    return lines
  }

  private enum CodingKeys: String, CodingKey {
    case recordings, messages, events, bytes, seconds, scores
    case skippedEvents = "skipped_events"
    case eventsLearned = "events_learned"
    case transformedAway = "transformed_away"
    case lateEvents = "late_events"
    case missingMessages = "missing_messages"
  }
}
