import Events
import Service
import ToolSupport

/// The outgoing side of a bridge: joins events to one stream, gathers them into messages, and publishes these.
struct BridgeOutput {
  /// Wall-clock time for which events wait for others, in microseconds.
  var messageSpan: Int64 = 5000
  /// What was published, and what could not be.
  private(set) var events = 0
  private(set) var messages = 0
  private(set) var unsent = 0
  private(set) var unheard = 0
  private(set) var join = StreamJoin()

  /// Events of a message, at most.
  private static let fullMessage = 4096
  /// Events that wait, at most, besides those that one call of a decoder has brought.
  private static let fullPending = 1 << 16
  private let publisher: EventPublisher
  private var writer: EventMessageWriter
  private var pending = EventBatch()
  /// When the first of the events that wait came.
  private var pendingSince: Int64 = 0
  private var isHeard = false

  init(_ writer: EventMessageWriter, to publisher: EventPublisher) {
    (self.writer, self.publisher) = (writer, publisher)
  }

  var geometry: SensorGeometry { writer.geometry }
  var isEmpty: Bool { pending.isEmpty }
  /// Events that were taken in.
  var taken: Int { events + pending.count }

  /// Takes what came at `now`, in microseconds, and publishes it where much waits already.
  mutating func take(_ batch: EventBatch, at now: Int64) throws {
    if pending.isEmpty { pendingSince = now }
    join.append(batch, arrival: now, geometry: geometry, to: &pending)
    if pending.count >= Self.fullPending { try flush() }
  }

  /// Publishes events that have waited long enough, and notes who listens.
  mutating func work(at now: Int64) throws {
    if !pending.isEmpty, now - pendingSince >= messageSpan { try flush() }
    guard !isHeard else { return }
    isHeard = try publisher.waitForSubscriber(
      to: Topic.events(source: writer.source).bytes, timeout: .zero)
    if isHeard { Terminal.note("bridge: an engine listens at \(publisher.endpoint)") }
  }

  /// Publishes all events that wait.
  mutating func flush() throws {
    var first = 0
    while first < pending.count {
      let end = min(first + Self.fullMessage, pending.count)
      let base = pending.t[first..<end].min() ?? 0
      let frames = try writer.events(pending, range: first..<end, tBase: base)
      if try publisher.send(frames) {
        messages += 1
        events += end - first
        if !publisher.isSubscribed(to: frames[0]) { unheard += 1 }
      } else {
        unsent += 1
      }
      first = end
    }
    pending.removeAll()
  }

  /// Ends the recording.
  mutating func finish() throws {
    try flush()
    guard messages > 0, let end = join.end else { return }
    try publisher.send(writer.endOfRecording(at: end + 1))
  }
}
