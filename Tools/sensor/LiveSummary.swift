import Foundation
import ToolSupport

/// What a live stream came to.
struct LiveSummary: Encodable {
  let source: String
  let endpoint: String
  let seed: UInt64
  /// Recordings that were published to their end.
  var recordings = 0
  var events = 0
  var messages = 0
  /// Bytes of all frames.
  var bytes = 0
  /// Messages that the publisher could not hand over. What a slow subscriber loses of its own queue, it alone sees.
  var unsentMessages = 0
  /// Messages that nobody had asked for when they went out.
  var unheardMessages = 0
  /// Where the stream stands, in microseconds.
  var streamTime: Int64 = 0
  /// Wall-clock time.
  var seconds = 0.0
  /// How late a message was at most, in seconds.
  var largestDelay = 0.0
  var interrupted = false

  private var reported = 0.0
  private var reportedEvents = 0
  private var reportedMessages = 0

  init(source: String, endpoint: String, seed: UInt64) {
    self.source = source
    self.endpoint = endpoint
    self.seed = seed
  }

  /// Shows the last second on a terminal, once a second.
  mutating func report(after seconds: Double) {
    guard Terminal.isInteractive, seconds - reported >= 1 else { return }
    let span = seconds - reported
    func rate(_ count: Int) -> String { Format.count(Int(Double(count) / span)) }
    Terminal.rewriteLine(
      "\(Format.decimal(seconds, 0)) s  \(recordings) recordings  "
        + "\(rate(events - reportedEvents)) events/s  "
        + "\(rate(messages - reportedMessages)) messages/s  \(losses)")
    (reported, reportedEvents, reportedMessages) = (seconds, events, messages)
  }

  /// For people.
  var text: String {
    "\(recordings) recordings, \(Format.count(events)) events in \(Format.count(messages)) messages"
      + " to \(endpoint) in \(Format.decimal(seconds, 1)) s, \(losses),"
      + " at most \(Format.decimal(largestDelay * 1000, 1)) ms late"
  }

  private var losses: String {
    "\(unsentMessages) unsent, \(unheardMessages) unheard"
  }

  private enum CodingKeys: String, CodingKey {
    case source, endpoint, seed, recordings, events, messages, bytes, seconds, interrupted
    case unsentMessages = "unsent_messages"
    case unheardMessages = "unheard_messages"
    case streamTime = "stream_us"
    case largestDelay = "largest_delay_s"
  }
}

extension Terminal {
  /// Puts `text` in place of the last line of standard error.
  static func rewriteLine(_ text: String) {
    FileHandle.standardError.write(Data("\r\(text)\u{1B}[K".utf8))
  }

  static func clearLine() {
    rewriteLine("")
  }
}
