import Events
import Learning

/// Everything that an engine can be told, with its defaults. `afferent --print-config` prints it as YAML.
public struct EngineConfiguration: Codable, Equatable, Sendable {
  /// Name of the model in the topics of everything it publishes.
  public var model = "default"
  public var endpoints = Endpoints()
  /// The sensor whose events publishers send. The network sees what ``transforms`` make of it.
  public var sensor = Sensor()
  /// What happens to events before the network sees them, in this order; each source on its own.
  public var transforms: [EventTransform] = []
  public var learner = LearnerConfiguration()
  public var learning = Learning()
  public var checkpoints = Checkpoints()
  public var drift = Drift()
  public var predictions = Predictions()
  public var weights = Weights()
  public var status = Status()
  public var activity = Activity()
  public var live = Live()
  public var overload = Overload()
  public var limits = Limits()
  public var security = Security()

  public init() {}

  /// Where the engine listens. A leading `@` binds, `>` connects; without either, the engine binds.
  public struct Endpoints: Codable, Equatable, Sendable {
    /// Events and labels come in here (SUB).
    public var events = [EngineAddress.default.events]
    /// Predictions, weights and status go out here (XPUB).
    public var output = [EngineAddress.default.output]
    /// Questions are answered here (ROUTER).
    public var requests = [EngineAddress.default.requests]
    /// What the messages look like that come in.
    public var format = MessageFormat.afferent
  }

  public struct Sensor: Codable, Equatable, Sendable {
    public var width = 34
    public var height = 34

    /// - Throws: ``ConfigurationError`` for a side outside 1...65536.
    public func geometry() throws(ConfigurationError) -> SensorGeometry {
      guard (1...65536).contains(width), (1...65536).contains(height), width * height <= 1 << 28
      else {
        throw ConfigurationError(
          "sensor is \(width)x\(height), allowed are sides of 1 to 65536 and 2^28 pixels")
      }
      return SensorGeometry(width: width, height: height)
    }
  }

  public struct Learning: Codable, Equatable, Sendable {
    /// Whether labelled trials are learned from.
    public var enabled = true
    /// Checkpoint whose model the engine begins with, where given; one that goes on from ``checkpoints`` does not need it.
    public var load = ""
    /// Checkpoint that is written at a clean stop, where given.
    public var save = "afferent.safetensors"
  }

  public struct Predictions: Codable, Equatable, Sendable {
    /// Stream time between predictions in milliseconds; 0 for the end of trials only.
    public var every = 50

    private enum CodingKeys: String, CodingKey {
      case every = "every_ms"
    }
  }

  public struct Weights: Codable, Equatable, Sendable {
    /// Trials between weight deltas; 0 for no deltas.
    public var everyTrials = 1

    private enum CodingKeys: String, CodingKey {
      case everyTrials = "every_trials"
    }
  }

  public struct Status: Codable, Equatable, Sendable {
    /// Wall-clock time between status messages in milliseconds.
    public var every = 1000

    private enum CodingKeys: String, CodingKey {
      case every = "every_ms"
    }
  }

  /// What bounds memory and time, whatever arrives.
  public struct Limits: Codable, Equatable, Sendable {
    /// Largest inbound message in bytes; the sender of a larger one is disconnected.
    public var messageBytes = 4 << 20
    /// Longest stretch of stream time in one message, in seconds.
    public var messageSpan = 60
    /// Messages that may wait in libzmq for each publisher, and in front of the engine.
    public var queue = 64
    /// Bytes of events that may wait in front of the engine; at least one message always may.
    public var queueBytes = 64 << 20
    /// Messages that may wait for each slow consumer before it loses some.
    public var outputQueue = 1000
    /// Bytes of weight deltas that may be on their way to followers before changes are gathered into fewer deltas.
    public var deltaBytes = 64 << 20
    /// Streams that may be followed at once, each with membranes and traces of its own.
    public var sources = 8
    /// Seconds after which a source whose recording has ended may make room for another.
    public var sourceIdle = 10

    private enum CodingKeys: String, CodingKey {
      case queue, sources
      case sourceIdle = "source_idle_s"
      case messageBytes = "message_bytes"
      case messageSpan = "message_span_s"
      case queueBytes = "queue_bytes"
      case outputQueue = "output_queue"
      case deltaBytes = "delta_bytes"
    }
  }
}

extension EngineConfiguration {
  /// Refuses values that cannot work.
  ///
  /// - Throws: ``ConfigurationError``.
  public func validate() throws(ConfigurationError) {
    func check(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws(ConfigurationError)
    {
      guard range.contains(value) else {
        throw ConfigurationError(
          "\(name) is \(value), allowed is \(range.lowerBound) to \(range.upperBound)")
      }
    }
    guard Topic.isSource(model) else {
      throw ConfigurationError(
        "model is \"\(model)\"; a name has 1 to 64 letters, digits, dots, dashes or underscores")
    }
    guard !model.hasSuffix(PredictionMessage.frozenSuffix) else {
      throw ConfigurationError("model is \"\(model)\"; the ending is kept for frozen copies")
    }
    for (name, list) in [
      ("events", endpoints.events), ("output", endpoints.output), ("requests", endpoints.requests),
    ] where list.isEmpty {
      throw ConfigurationError("endpoints.\(name) is empty; the engine needs at least one")
    }
    try validateSecurity()
    try checkLive()
    let seen = try modelGeometry()
    try learner.validate()
    let connections = learner.weightCount(inputs: seen.addressCount)
    guard connections <= 1 << 28 else {
      throw ConfigurationError(
        "sensor \(sensor.width)x\(sensor.height)\(isSeenAsItIs ? "" : ", transformed to \(seen),") "
          + "with \(learner.hidden.neurons) hidden neurons takes "
          + "\(connections) weights, allowed are 2^28; the engine holds 12 bytes for each, and 8 to 56 more a source"
      )
    }
    try checkpoints.validate()
    try checkDrift()
    try check("predictions.every_ms", predictions.every, in: 0...3_600_000)
    try check("weights.every_trials", weights.everyTrials, in: 0...1_000_000)
    try check("status.every_ms", status.every, in: 10...3_600_000)
    try activity.validate()
    try check("limits.message_bytes", limits.messageBytes, in: 1024...(1 << 30))
    try check("limits.message_span_s", limits.messageSpan, in: 1...86_400)
    try check("limits.queue", limits.queue, in: 1...1_000_000)
    try check("limits.queue_bytes", limits.queueBytes, in: 1024...(1 << 40))
    try check("limits.output_queue", limits.outputQueue, in: 1...1_000_000)
    try check("limits.delta_bytes", limits.deltaBytes, in: 1024...(1 << 40))
    try check("limits.sources", limits.sources, in: 1...1024)
    try check("limits.source_idle_s", limits.sourceIdle, in: 0...86_400)
  }

  /// The transforms of a new source; their output is the sensor that the network sees.
  ///
  /// - Throws: ``ConfigurationError`` for transforms that do not fit the sensor.
  public func transformChain() throws(ConfigurationError) -> TransformChain {
    let geometry = try sensor.geometry()
    do throws(TransformError) {
      return try TransformChain(transforms, input: geometry)
    } catch {
      throw ConfigurationError("transforms: \(error)")
    }
  }

  private var isSeenAsItIs: Bool { transforms.isEmpty && live.merge.isEmpty }

  /// Steps between predictions.
  var predictionSteps: Int {
    guard predictions.every > 0 else { return 0 }
    return max(1, Int(Int64(predictions.every) * 1000 / learner.stepMicroseconds))
  }
}
