import Events
import Service
import ToolSupport

/// Recordings one after the other in one stream, published as their events come due.
struct LiveStream {
  /// Stream time that a message covers, in microseconds.
  var messageSpan: Int64 = 5000
  /// Stream time between two recordings, in microseconds.
  var pause: Int64 = 100_000
  /// Whether each recording is sent with its label.
  var isLabelled = false
  private(set) var summary: LiveSummary

  private let scene: LiveScene
  private let publisher: EventPublisher
  private let interruption: Interruption
  private var writer: EventMessageWriter

  init(
    scene: LiveScene, writer: EventMessageWriter, publisher: EventPublisher,
    interruption: Interruption, summary: LiveSummary
  ) {
    self.scene = scene
    self.writer = writer
    self.publisher = publisher
    self.interruption = interruption
    self.summary = summary
  }

  /// Publishes `count` recordings from the one at index `first`, or until the user ends it.
  mutating func run(from first: Int, count: Int, speed: Double) throws {
    var clock = LiveClock(speed: speed)
    var begin: Int64 = 0
    for number in 0..<count {
      guard try publish(index: first + number, at: begin, clock: &clock) else { break }
      summary.recordings += 1
      begin = Self.wholeMilliseconds(summary.streamTime + pause)
    }
    summary.seconds = clock.elapsed
    summary.largestDelay = clock.largestDelay
    if Terminal.isInteractive { Terminal.clearLine() }
  }

  /// Publishes one recording that begins at `begin`.
  ///
  /// - Returns: `false` when the user ended it before its end.
  private mutating func publish(
    index: Int, at begin: Int64, clock: inout LiveClock
  ) throws -> Bool {
    let recording = scene.recording(index: index, at: begin, source: writer.source)
    let events = recording.events
    let end = begin + recording.duration
    var labels = isLabelled ? recording.labels : []
    var sent = 0
    var from = begin
    while from < end {
      let to = min(from + messageSpan, end)
      let next = events.t[sent...].firstIndex { $0 >= to } ?? events.count
      guard wait(until: to, on: &clock) else {
        // What was sent ends where its last message ended; before the first there is nothing to end.
        if from > begin { try finish(at: from) }
        return false
      }
      // Every message tells how far time has come, so that nobody waits for the next event.
      try send(
        next > sent || !labels.isEmpty
          ? try writer.events(
            events, range: sent..<next, tBase: from, labels: labels, watermark: to)
          : writer.stillScene(until: to), events: next - sent)
      labels = []
      sent = next
      from = to
    }
    try finish(at: end)
    return true
  }

  private mutating func finish(at end: Int64) throws {
    try send(writer.endOfRecording(at: end), events: 0)
    summary.streamTime = end
  }

  private mutating func send(_ frames: [[UInt8]], events: Int) throws {
    let isSent = try publisher.send(frames)
    guard isSent else {
      summary.unsentMessages += 1
      return
    }
    summary.messages += 1
    summary.events += events
    summary.bytes += frames.reduce(0) { $0 + $1.count }
    if !publisher.isSubscribed(to: frames[0]) { summary.unheardMessages += 1 }
  }

  private mutating func wait(until time: Int64, on clock: inout LiveClock) -> Bool {
    let isDue = clock.wait(until: time, unless: interruption)
    summary.report(after: clock.elapsed)
    return isDue
  }

  private static func wholeMilliseconds(_ time: Int64) -> Int64 {
    (time + 999) / 1000 * 1000
  }
}
