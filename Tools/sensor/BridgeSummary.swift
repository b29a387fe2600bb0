import ToolSupport

/// What a bridge has done.
struct BridgeSummary: Encodable {
  let source: String
  let from: String
  let endpoint: String
  /// Connections to the sensor that came about; 1 where there are none.
  var connections = 0
  /// Datagrams, or pieces of a stream, and their bytes.
  var received = 0
  var receivedBytes = 0
  var events = 0
  var messages = 0
  /// Datagrams that did not arrive, by their numbers, and that the operating system dropped.
  var missing: UInt64 = 0
  var dropped = 0
  /// Datagrams that were passed over, for what they go on with is missing.
  var skipped = 0
  /// Datagrams and streams that could not be read, and why the last one could not.
  var refused = 0
  var lastRefusal: String?
  /// Events outside the sensor, and events whose times cannot be.
  var outside = 0
  var damaged = 0
  /// Times at which the sensor's clock began anew.
  var clocks = 0
  /// Messages that the publisher could not hand over, and that nobody had asked for.
  var unsentMessages = 0
  var unheardMessages = 0
  var seconds = 0.0
  var interrupted = false

  private var reported = 0.0
  private var reportedEvents = 0

  init(source: String, from: String, endpoint: String) {
    (self.source, self.from, self.endpoint) = (source, from, endpoint)
  }

  /// Shows the last second on a terminal, once a second.
  mutating func report(after seconds: Double) {
    guard Terminal.isInteractive, seconds - reported >= 1 else { return }
    let rate = Double(events - reportedEvents) / (seconds - reported)
    Terminal.rewriteLine(
      "\(Format.decimal(seconds, 0)) s  \(Format.count(Int(rate))) events/s  \(losses)")
    (reported, reportedEvents) = (seconds, events)
  }

  /// For people.
  var text: String {
    "\(Format.count(events)) events in \(Format.count(messages)) messages from \(from) to "
      + "\(endpoint) in \(Format.decimal(seconds, 1)) s, \(losses)"
  }

  private var losses: String {
    "\(missing) missing, \(dropped) dropped, \(skipped) skipped, \(refused) refused, "
      + "\(outside) outside, \(damaged) damaged, \(clocks) new clocks, "
      + "\(unsentMessages) unsent, \(unheardMessages) unheard"
  }

  private enum CodingKeys: String, CodingKey {
    case source, from, endpoint, connections, received, events, messages, missing, dropped, skipped
    case refused, outside, damaged, clocks, seconds, interrupted
    case receivedBytes = "received_bytes"
    case lastRefusal = "last_refusal"
    case unsentMessages = "unsent_messages"
    case unheardMessages = "unheard_messages"
  }
}
