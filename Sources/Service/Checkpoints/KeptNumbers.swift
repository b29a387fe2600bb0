import Events
import Learning

/// What every engine keeps of its own: numbers, counters and results.
struct KeptNumbers: Codable {
  struct Source: Codable {
    var status: EngineStatus.Source
    var earlierLate: Int
    var trialsLearned: Int
  }

  /// The name of the part.
  static let name = "engine"
  /// Numbers are computed with, and whoever edits a checkpoint might say anything.
  static let largest = 1 << 60

  var transforms: [String]
  var predictions: UInt64
  var weightsSequence: UInt64
  var trialsSinceDelta: Int
  /// What sources did that made room for others.
  var retired: StreamCounters
  var sources: [String: Source]
  /// Those of sources that the engine's thread has not met yet.
  var unmet: [String: EngineStatus.Source]
  var messages: Int
  var refused: [String: Int]
  var eventsReceived: Int
  var missingMessages: UInt64
  var duplicates: Int
  var labelledTrials: Int
  var correctTrials: Int
  var recent: RecentResults
  var losses: LossRecord
  var lost: StreamItem.Lost
  var output: EngineStatus.Output
  /// Seconds that the engine's thread has spent on events.
  var busy: Double

  /// - Throws: ``ConfigurationError`` for other transforms than the configuration's, and for impossible numbers.
  func validate(transforms configured: [EventTransform]) throws(ConfigurationError) {
    guard transforms == configured.map(\.description) else {
      throw ConfigurationError(
        "saved with transforms \(transforms), the configuration has \(configured)")
    }
    let seen = Array(unmet.values) + sources.values.map(\.status)
    var numbers = [trialsSinceDelta, messages, eventsReceived, duplicates]
    numbers += [labelledTrials, correctTrials, lost.messages, lost.events]
    numbers += [output.predictionsDropped, output.deltasDelayed]
    numbers += refused.values
    for source in sources.values { numbers += [source.earlierLate, source.trialsLearned] }
    for source in seen {
      numbers += [source.session, source.messages, source.events, source.transformedAway]
      numbers += [source.eventsDone, source.duplicates, source.lateEvents]
      let time = source.time
      numbers += [time.silences, Int(time.wallClock), time.clockJumps]
      numbers += [time.lateMessages, time.mergeOverflows]
    }
    guard numbers.allSatisfy((0...Self.largest).contains),
      max(predictions, weightsSequence) <= UInt64(Self.largest),
      retired.isPlausible, losses.isPlausible, (0...1e12).contains(busy)
    else { throw ConfigurationError("it has impossible numbers") }
  }
}
