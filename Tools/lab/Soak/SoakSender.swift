import Events
import Foundation
import Service
import ToolSupport
import Transport

/// Sends the stream in messages of a millisecond, when the wall clock has come to their end.
struct SoakSender {
  /// When the stream began.
  let origin: ContinuousClock.Instant
  private(set) var events = 0
  private(set) var messages = 0
  /// How late a message was at most since this was last set to zero, in seconds.
  var largestDelay = 0.0
  private let stream: SoakStream
  private let publisher: EventPublisher
  private var writer = EventMessageWriter(
    source: "soak", geometry: SoakStream.geometry, headerForm: .binary)
  private var trial = 0
  private var batch = EventBatch()
  private var next = 0

  init(_ stream: SoakStream, to endpoint: String, in context: Context) throws {
    self.stream = stream
    publisher = try EventPublisher(endpoint: endpoint, in: context, policy: .lossless)
    let topic = Topic.events(source: "soak").bytes
    guard try publisher.waitForSubscriber(to: topic, timeout: .seconds(20)) else {
      throw PipelineFailure("the engine does not listen")
    }
    origin = .now
  }

  var lastSequence: UInt64 { writer.nextSequence - 1 }

  /// Sends the message of the next millisecond.
  mutating func sendNext() throws {
    let begin = Int64(messages) * 1000
    var labels: [StreamLabel] = []
    if begin % SoakStream.length == 0 {
      batch = stream.events(trial)
      next = 0
      labels = [StreamLabel(t: begin, label: stream.label(trial))]
      trial += 1
    }
    let first = next
    while next < batch.count, batch.t[next] < begin + 1000 { next += 1 }
    let frames = try writer.events(batch, range: first..<next, tBase: begin, labels: labels)
    let due = origin + .microseconds(begin + 1000)
    let left = ContinuousClock.now.duration(to: due)
    if left > .zero {
      Thread.sleep(forTimeInterval: left.inSeconds)
    } else {
      largestDelay = max(largestDelay, -left.inSeconds)
    }
    try publisher.send(frames)
    events += next - first
    messages += 1
  }

  /// Ends the stream.
  mutating func end() throws {
    try publisher.send(writer.endOfRecording(at: Int64(messages) * 1000))
  }
}
