import Events
import Foundation
import Learning
import Logging
import Synchronization
import Transport

/// A running engine: three threads, each the only owner of what it touches, joined by bounded queues.
///
///     events, labels -> [ingest] -> [engine: the network] -> [publish] -> predictions, weights, status
public final class Engine: @unchecked Sendable {
  /// Where the engine is found, wildcards filled in.
  public struct Endpoints: Equatable, Sendable {
    public let events: [String]
    public let output: [String]
    public let requests: [String]
  }

  public let configuration: EngineConfiguration
  public let endpoints: Endpoints

  private let geometry: SensorGeometry
  private let network: Network<Float>
  private let digestAtStart: String
  private let ingest: IngestLoop
  private let engine: EngineLoop
  private let publisher: PublishLoop
  private let inbox: Inbox<StreamItem>
  private let outbox: Outbox
  private let metrics: Metrics
  private let logger: Logger
  private let failure = Mutex<(any Error)?>(nil)
  private let ingestEnd = DispatchSemaphore(value: 0)
  private let engineEnd = DispatchSemaphore(value: 0)
  private let publishEnd = DispatchSemaphore(value: 0)

  /// Builds the network, loads the checkpoint where one is configured, and opens the sockets.
  ///
  /// - Parameter onFailure: told once if a thread ends with an error; the engine is to be stopped then.
  /// - Throws: ``ConfigurationError``, ``TransportError``.
  public init(
    _ configuration: EngineConfiguration, logger: Logger,
    onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.logger = logger
    geometry = try configuration.transformChain().output
    network = try Network<Float>(configuration.learner, inputs: geometry.addressCount)
    try Self.checkWritable(configuration.learning.save)
    if !configuration.learning.load.isEmpty {
      try Checkpoint.load(configuration.learning.load, into: network, geometry: geometry)
    }
    digestAtStart = network.weightsDigest
    metrics = Metrics(configuration)
    inbox = Inbox(
      limit: configuration.limits.queue, byteLimit: configuration.limits.queueBytes)
    outbox = try Outbox(limit: 4096, deltaByteLimit: configuration.limits.deltaBytes)
    let context = try Context()
    ingest = try IngestLoop(
      configuration, in: context, inbox: inbox, metrics: metrics, logger: logger)
    publisher = try PublishLoop(
      configuration, in: context, inbox: inbox, outbox: outbox, metrics: metrics, logger: logger)
    engine = EngineLoop(
      configuration, network: network, geometry: geometry, inbox: inbox, outbox: outbox,
      metrics: metrics, logger: logger)
    endpoints = Endpoints(
      events: ingest.endpoints, output: publisher.outputEndpoints,
      requests: publisher.requestEndpoints)
    start("publish", publishEnd, onFailure) { [publisher] in try publisher.run() }
    start("engine", engineEnd, onFailure) { [engine] in engine.run() }
    start("ingest", ingestEnd, onFailure) { [ingest] in try ingest.run() }
  }

  /// The status as it is now, without a digest.
  public var status: EngineStatus { metrics.status }

  /// Stops taking messages in, works off those taken in, saves the checkpoint where one is configured and anything was
  /// learned, and tells the last status. The engine cannot be used afterwards.
  ///
  /// - Returns: the path of the checkpoint, if one was written.
  /// - Throws: what kept the checkpoint from being written, or what ended a thread.
  @discardableResult
  public func stop() throws -> String? {
    ingest.stop()
    ingestEnd.wait()
    inbox.close()
    engineEnd.wait()
    publisher.stop()
    publishEnd.wait()
    outbox.close()
    var saved: String?
    let path = configuration.learning.save
    // A run that learned nothing does not replace what another one learned.
    let hasNews =
      network.weightsDigest != digestAtStart || !FileManager.default.fileExists(atPath: path)
    if !path.isEmpty, hasNews {
      try Self.keepPrevious(path, loaded: configuration.learning.load)
      try Checkpoint.save(network, geometry: geometry, to: path)
      saved = path
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return saved
  }

  /// Found out at the start, not after hours of learning.
  private static func checkWritable(_ path: String) throws {
    guard !path.isEmpty else { return }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw ConfigurationError("learning.save: the folder \(folder.path) cannot be made")
    }
    guard FileManager.default.isWritableFile(atPath: folder.path) else {
      throw ConfigurationError("learning.save: the folder \(folder.path) cannot be written to")
    }
  }

  /// A checkpoint that this run did not start from is kept beside the new one.
  private static func keepPrevious(_ path: String, loaded: String) throws {
    let target = URL(fileURLWithPath: path).standardizedFileURL
    guard FileManager.default.fileExists(atPath: target.path),
      loaded.isEmpty || URL(fileURLWithPath: loaded).standardizedFileURL != target
    else { return }
    let previous = target.appendingPathExtension("previous")
    if FileManager.default.fileExists(atPath: previous.path) {
      try FileManager.default.removeItem(at: previous)
    }
    try FileManager.default.moveItem(at: target, to: previous)
  }

  private func start(
    _ name: String, _ end: DispatchSemaphore, _ onFailure: @escaping @Sendable (any Error) -> Void,
    _ body: @escaping @Sendable () throws -> Void
  ) {
    let thread = Thread { [self] in
      do {
        try body()
      } catch {
        logger.critical("the \(name) thread ended: \(error)")
        failure.withLock { $0 = $0 ?? error }
        // Nobody is to wait for this thread.
        inbox.close()
        outbox.close()
        onFailure(error)
      }
      end.signal()
    }
    thread.name = "afferent-\(name)"
    thread.start()
  }
}
