import Events
import Service
import Transport

/// A source of events for an engine, whose subscription has arrived.
final class Feeder {
  let source: String
  var writer: EventMessageWriter
  private let publisher: EventPublisher
  let engine: RunningEngine

  /// - Parameter endpoint: where to publish, if not where the engine listens.
  init(
    _ source: String, to engine: RunningEngine, encoding: WireEncoding,
    header: EventMessageWriter.HeaderForm, at endpoint: String? = nil
  ) throws {
    self.source = source
    self.engine = engine
    let geometry = engine.engine.configuration.sensor
    writer = EventMessageWriter(
      source: source, geometry: .init(width: geometry.width, height: geometry.height),
      encoding: encoding, headerForm: header)
    publisher = try EventPublisher(
      endpoint: endpoint ?? engine.engine.endpoints.events[0], in: engine.context,
      policy: .lossless, security: engine.security)
    for topic in [Topic.events(source: source), .labels(source: source)] {
      guard try publisher.waitForSubscriber(to: topic.bytes, timeout: .seconds(20)) else {
        throw Stuck(description: "no subscription came to \(source)")
      }
    }
  }

  /// Sends one message as it is.
  func send(raw frames: [[UInt8]]) throws {
    try publisher.send(frames)
  }

  /// Sends a trial as one recording.
  func send(_ trial: TestTrial, eventsPerMessage: Int = 64) throws {
    for message in try trial.messages(&writer, eventsPerMessage: eventsPerMessage) {
      try publisher.send(message)
    }
  }

  /// Sends some events in one message.
  func send(_ events: [Event], labels: [StreamLabel] = [], tBase: Int64 = 0) throws {
    let batch = EventBatch(events)
    try publisher.send(
      writer.events(batch, range: batch.indices, tBase: tBase, labels: labels))
  }

  func end(at time: Int64) throws {
    try publisher.send(writer.endOfRecording(at: time))
  }

  func send(labels: [StreamLabel]) throws {
    try publisher.send([Topic.labels(source: source).bytes, StreamLabel.encode(labels)])
  }

  /// Begins anew, as a publisher that was started again.
  func restart() {
    writer = EventMessageWriter(
      source: source, geometry: writer.geometry, encoding: writer.encoding,
      headerForm: writer.headerForm)
  }

  /// Waits until the engine has worked off the last message. Tells the status then.
  @discardableResult
  func waitUntilDone(_ timeout: Duration = .seconds(20)) throws -> EngineStatus {
    let last = writer.nextSequence - 1
    return try engine.status("message \(last) of \(source)", timeout: timeout) {
      $0.sources[source]?.acknowledged == last
    }
  }
}
