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
  private let keeper: CheckpointKeeper
  private let hasResumed: Bool
  private let security: EngineSecurity
  private let inbox: Inbox<StreamItem>
  private let outbox: Outbox
  private let metrics: Metrics
  private let logger: Logger
  private let failure = Mutex<(any Error)?>(nil)
  private let ingestEnd = DispatchSemaphore(value: 0)
  private let engineEnd = DispatchSemaphore(value: 0)
  private let publishEnd = DispatchSemaphore(value: 0)
  private let securityEnd = DispatchSemaphore(value: 0)

  /// Builds the network, loads the checkpoint where one is configured, and opens the sockets.
  ///
  /// Where ``EngineConfiguration/checkpoints`` has a folder with a whole checkpoint, the engine goes on from the newest.
  ///
  /// - Parameters:
  ///   - onFailure: told once if a thread ends with an error; the engine is to be stopped then.
  ///   - onDrained: told when the engine takes nothing in any more because it was asked to drain; it is to be stopped then.
  /// - Throws: ``ConfigurationError``, ``TransportError``.
  public init(
    _ configuration: EngineConfiguration, logger: Logger,
    onFailure: @escaping @Sendable (any Error) -> Void = { _ in },
    onDrained: @escaping @Sendable () -> Void = {}
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.logger = logger
    geometry = try configuration.modelGeometry()
    network = try Network<Float>(configuration.learner, inputs: geometry.addressCount)
    try Self.checkWritable(configuration.learning.save)
    metrics = Metrics(configuration)
    inbox = Inbox(
      limit: configuration.limits.queue, byteLimit: configuration.limits.queueBytes)
    outbox = try Outbox(limit: 4096, deltaByteLimit: configuration.limits.deltaBytes)
    keeper = try CheckpointKeeper(
      try CheckpointStore(configuration.checkpoints), inbox: inbox, outbox: outbox,
      metrics: metrics, logger: logger)
    let resumed = try keeper.resume(
      into: network, geometry: geometry, else: configuration.learning.load)
    hasResumed = resumed != nil
    digestAtStart = network.weightsDigest
    let context = try Context()
    let files = try LocalSockets(configuration)
    security = try EngineSecurity(configuration, in: context, metrics: metrics, logger: logger)
    ingest = try IngestLoop(
      configuration, security, in: context, inbox: inbox, metrics: metrics, keeper: keeper,
      resuming: resumed ?? [:], logger: logger)
    publisher = try PublishLoop(
      configuration, security, in: context, inbound: ingest.connections, inbox: inbox,
      outbox: outbox, metrics: metrics, logger: logger)
    try files.restrict()
    engine = EngineLoop(
      configuration, network: network, geometry: geometry, inbox: inbox, outbox: outbox,
      metrics: metrics, keeper: keeper, logger: logger)
    if let resumed { try engine.restore(resumed) }
    keeper.start(every: configuration.checkpoints.every)
    endpoints = Endpoints(
      events: ingest.endpoints, output: publisher.outputEndpoints,
      requests: publisher.requestEndpoints)
    start("security", securityEnd, onFailure) { [security] in try security.run() }
    start("publish", publishEnd, onFailure) { [publisher] in try publisher.run() }
    start("engine", engineEnd, onFailure) { [engine] in engine.run() }
    start("ingest", ingestEnd, onFailure) { [ingest, keeper] in
      try ingest.run()
      if keeper.isDraining { onDrained() }
    }
  }

  /// The status as it is now, without a digest.
  public var status: EngineStatus { metrics.status }

  /// Stops taking messages in, works off those taken in, writes the last checkpoint where they are kept, saves the model
  /// where that is configured and anything was learned, and tells the last status. The engine cannot be used afterwards.
  ///
  /// - Returns: the path of the model, if it was saved.
  /// - Throws: what kept the checkpoint from being written, or what ended a thread.
  @discardableResult
  public func stop() throws -> String? {
    ingest.stop()
    ingestEnd.wait()
    inbox.close()
    engineEnd.wait()
    let saved = Result { try keeper.finish(saveModel) }
    publisher.stop()
    publishEnd.wait()
    security.stop()
    securityEnd.wait()
    outbox.close()
    if let error = failure.withLock({ $0 }) { throw error }
    return try saved.get()
  }

  /// Returns the path, if the model was saved.
  private func saveModel() throws -> String? {
    let path = configuration.learning.save
    // A run that learned nothing does not replace what another one learned.
    let hasNews =
      network.weightsDigest != digestAtStart || !FileManager.default.fileExists(atPath: path)
    guard !path.isEmpty, hasNews else { return nil }
    try Self.keepPrevious(path, loaded: hasResumed ? path : configuration.learning.load)
    try Checkpoint.save(network, geometry: geometry, to: path)
    return path
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
