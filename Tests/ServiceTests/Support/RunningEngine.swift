import Events
import Foundation
import Learning
import Logging
import Service
import Transport

/// A small engine on local sockets in a folder of its own.
final class RunningEngine {
  static let geometry = SensorGeometry(width: 8, height: 8)

  let folder: Folder
  let engine: Engine
  /// The context of the peers, not of the engine.
  let context: Context
  let client: EngineClient
  private var isStopped = false
  /// The keys of the peers.
  let security: Security

  /// - Parameters:
  ///   - security: the keys of the peers.
  ///   - change: what differs from ``configuration(in:)``.
  init(
    as security: Security = .none, _ change: (inout EngineConfiguration) -> Void = { _ in }
  ) throws {
    self.security = security
    folder = try Folder()
    var configuration = try Self.configuration(in: folder)
    change(&configuration)
    engine = try Engine(
      configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    context = try Context()
    client = try EngineClient(engine.endpoints.requests[0], in: context, security: security)
  }

  deinit { if !isStopped { _ = try? engine.stop() } }

  /// 8x8 pixels, 24 neurons, 4 classes; saves nothing.
  static func configuration(in folder: Folder) throws -> EngineConfiguration {
    let address = try EngineAddress(folder.path)
    var configuration = EngineConfiguration()
    configuration.endpoints.events = [address.events]
    configuration.endpoints.output = [address.output]
    configuration.endpoints.requests = [address.requests]
    configuration.sensor.width = geometry.width
    configuration.sensor.height = geometry.height
    configuration.learner.classes = 4
    // Unless a test is about it, nothing is dropped for a consumer that a busy machine keeps waiting.
    configuration.limits.outputQueue = 10_000
    configuration.learner.hidden.neurons = 24
    configuration.learning.save = ""
    configuration.status.every = 20
    return configuration
  }

  @discardableResult
  func stop() throws -> String? {
    isStopped = true
    return try engine.stop()
  }

  // MARK: - Asking

  func status(digest: Bool = false) throws -> EngineStatus {
    try client.status(digest: digest, timeout: .seconds(20))
  }

  /// The digest of the weights as they are now.
  func digest() throws -> String {
    guard let digest = try status(digest: true).weightsDigest else {
      throw Stuck(description: "a status without the digest that was asked for")
    }
    return digest
  }

  func snapshot() throws -> (header: WeightsHeader, weights: ModelWeights) {
    try client.snapshot(timeout: .seconds(20))
  }

  /// The first status that fulfils a condition.
  @discardableResult
  func status(
    _ what: String, timeout: Duration = .seconds(20), when fulfilled: (EngineStatus) -> Bool
  ) throws -> EngineStatus {
    var last: EngineStatus?
    return try wait(for: "\(what); the status is \(last.map { "\($0)" } ?? "-")", timeout: timeout)
    {
      let status = try status()
      last = status
      return fulfilled(status) ? status : nil
    }
  }

  // MARK: - Peers

  /// A subscriber whose subscriptions have reached the engine.
  func subscriber(_ topics: String...) throws -> OutputSubscriber {
    let subscriber = try OutputSubscriber(
      engine.endpoints.output[0], topics: topics + ["status/"], in: context,
      security: security)
    return try wait(for: "the first status message") {
      try subscriber.receive(timeout: .seconds(1)).map { _ in subscriber }
    }
  }

  func feeder(
    _ source: String = "cam", encoding: WireEncoding = .t32x16y15on1,
    header: EventMessageWriter.HeaderForm = .json
  ) throws -> Feeder {
    try Feeder(source, to: self, encoding: encoding, header: header)
  }
}

extension OutputSubscriber {
  /// The next prediction, which has to come.
  func nextPrediction() throws -> PredictionMessage {
    guard let message = try prediction(timeout: .seconds(10)) else {
      throw Stuck(description: "no prediction came within 10 s")
    }
    return message
  }
}
