import Foundation

/// What was seen in a few seconds of a soak.
struct SoakRow: Codable {
  /// Seconds since the begin.
  var time: Double
  /// Events sent a second.
  var eventsPerSecond: Double
  /// Resident memory of the engine in MB: the median of samples a second apart, and the largest.
  var residentMB: Double
  var largestMB: Double
  /// From due to received, in microseconds.
  var p50: Double
  var p99: Double
  var largest: Double
  /// How late the sender was at most, in microseconds.
  var senderDelay: Double
  var predictions: Int
  var accuracy: Double?
  /// Messages in front of the engine.
  var queue: Int
  /// Processor time of the engine over wall-clock time, and that of everything else but it and this program.
  var cores: Double
  var othersCores: Double

  static let heading =
    "time_s,events_per_s,resident_mb,largest_mb,p50_us,p99_us,largest_us,sender_delay_us,predictions,"
    + "accuracy,queue,engine_cores,others_cores"

  var csv: String {
    let numbers = [
      time, eventsPerSecond, residentMB, largestMB, p50, p99, largest, senderDelay,
      Double(predictions), accuracy ?? .nan, Double(queue), cores, othersCores,
    ]
    return numbers.map { $0.isNaN ? "" : String(format: "%.6g", $0) }.joined(separator: ",")
  }

  private enum CodingKeys: String, CodingKey {
    case predictions, accuracy, queue
    case time = "time_s"
    case eventsPerSecond = "events_per_s"
    case residentMB = "resident_mb"
    case largestMB = "largest_mb"
    case p50 = "p50_us"
    case p99 = "p99_us"
    case largest = "largest_us"
    case senderDelay = "sender_delay_us"
    case cores = "engine_cores"
    case othersCores = "others_cores"
  }
}

/// What a soak came to.
struct SoakResult: Codable {
  var rows: [SoakRow] = []
  var seconds = 0.0
  var eventsSent = 0
  var eventsDone = 0
  var lateEvents = 0
  var missingMessages: UInt64 = 0
  var refused = 0
  var missingPredictions: UInt64 = 0
  /// Judged rows, and those of them without a prediction.
  var judgedRows = 0
  var silentRows = 0
  /// Largest and least median of resident memory after the warm-up.
  var residentRange: [Double] = []
  var flatMB = 0.0
  /// Medians of the rows' 99 % latencies in the first and the last third after the warm-up.
  var p99: [Double] = []
  var checkpoints = 0
  var checkpointsFailed = 0

  init() {}

  /// Takes down what is judged, of the rows after `warmUp`.
  mutating func judge(after warmUp: Double) {
    let judged = rows.filter { $0.time > warmUp }
    judgedRows = judged.count
    silentRows = judged.count { $0.predictions == 0 }
    let resident = judged.map(\.residentMB)
    residentRange = [resident.min() ?? 0, resident.max() ?? 0]
    let third = max(1, judged.count / 3)
    p99 = [judged.prefix(third), judged.suffix(third)].map { part in
      let sorted = part.map(\.p99).sorted()
      return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
  }

  var isComplete: Bool {
    eventsDone == eventsSent && lateEvents == 0 && missingMessages == 0 && refused == 0
      && missingPredictions == 0 && judgedRows > 0 && silentRows == 0
      && checkpointsFailed == 0
  }

  var isFlat: Bool {
    residentRange.count == 2 && residentRange[1] - residentRange[0] <= flatMB
  }

  var isGood: Bool { isComplete && isFlat }

  /// For people.
  var lines: [String] {
    [
      String(
        format:
          "%ld events in %.0f s, %.0f a second; %ld done, %ld late, %ld messages missing, %ld refused",
        eventsSent, seconds, Double(eventsSent) / max(seconds, 1), eventsDone, lateEvents,
        Int(clamping: missingMessages), refused),
      "\(missingPredictions) predictions lost, \(silentRows) of \(judgedRows) rows without any; \(checkpoints) checkpoints, \(checkpointsFailed) failed",
      String(
        format: "resident %.2f to %.2f MB after the warm-up: %@", residentRange[0],
        residentRange[1], isFlat ? "flat" : "NOT FLAT"),
      String(
        format: "p99 %.0f us in the first third after it, %.0f us in the last", p99[0], p99[1]),
    ]
  }
}
