import Learning

/// What an engine says of itself: the answer to a status request, and the messages on `status/<model>/`.
public struct EngineStatus: Codable, Equatable, Sendable {
  /// What one source has sent and what became of it.
  public struct Source: Codable, Equatable, Sendable {
    /// Changes whenever the source begins anew; the numbers below count from there. 0 before its first events.
    public var session = 0
    /// Number of the last message that was worked off completely.
    public var acknowledged: UInt64?
    /// Messages taken in.
    public var messages = 0
    /// Events in them.
    public var events = 0
    /// Of these, dropped by the configured transforms.
    public var transformedAway = 0
    /// Events that were left in messages that were worked off completely.
    public var eventsDone = 0
    /// Of these, dropped as late.
    public var lateEvents = 0
    /// Messages of the source that did not arrive, by their numbers.
    public var missingMessages: UInt64 = 0
    public var duplicates = 0
    public var time = SourceTime()

    init(session: Int) {
      self.session = session
    }

    private enum CodingKeys: String, CodingKey {
      case session, acknowledged, messages, events, duplicates, time
      case transformedAway = "transformed_away"
      case eventsDone = "events_done"
      case lateEvents = "late_events"
      case missingMessages = "missing_messages"
    }
  }

  /// What waits in front of the engine.
  public struct Queue: Codable, Equatable, Sendable {
    public var messages = 0
    public var bytes = 0
    public var messageLimit = 0
    public var byteLimit = 0

    private enum CodingKeys: String, CodingKey {
      case messages, bytes
      case messageLimit = "message_limit"
      case byteLimit = "byte_limit"
    }
  }

  public var v = 1
  public var model = ""
  /// Changes with every start of the engine.
  public var engine = ""
  public var learning = true
  /// What the configured learning rate is multiplied by.
  public var learningRateFactor = 1.0
  /// Seconds since the engine started.
  public var uptime = 0.0
  /// Messages taken in and found good.
  public var messages = 0
  /// Messages refused, by reason (``WireError/Reason``).
  public var refused: [String: Int] = [:]
  /// Why the last message was refused.
  public var lastRefusal: String?
  /// Events of the messages taken in.
  public var eventsReceived = 0
  /// Sums over all streams.
  public var stream = StreamCounters()
  /// Messages that did not arrive, by the numbers of their publishers.
  public var missingMessages: UInt64 = 0
  public var duplicates = 0
  /// Connections on the inbound sockets that began and ended.
  public var connects = 0
  public var disconnects = 0
  /// Labelled trials that ended, and how many were predicted right before they were learned from.
  public var labelledTrials = 0
  public var correctTrials = 0
  /// Progressive accuracy over all labelled trials and over the last 100.
  public var accuracy: Double?
  public var recentAccuracy: Double?
  public var queue = Queue()
  /// Outgoing messages that wait for the publishing thread.
  public var outputQueue = 0
  public var output = Output()
  public var overload = Overload()
  /// The frozen copy of the weights, where there is one.
  public var frozen: Frozen?
  /// Seconds that the engine's thread has spent on events, as long as ``stream`` counts.
  public var busy = 0.0
  /// Number of the weights: each delta raises it by one.
  public var weightsSequence: UInt64 = 0
  /// Whether somebody has subscribed to weights: only then deltas are put together.
  public var weightsFollowed = false
  /// ``ModelWeights/digest``, where it was asked for.
  public var weightsDigest: String?
  public var latency = Latency()
  public var rates = Rates()
  public var loss = Loss()
  /// Bytes of memory that the process holds.
  public var residentBytes: Int?
  public var sources: [String: Source] = [:]
  /// Where checkpoints are kept.
  public var checkpoints: Checkpoints?
  public var security = Security()
  /// Where drift is watched for.
  public var drift: Drift?
  /// Where there is a guard.
  public var collapseGuard: Guard?
  /// Where trials are kept.
  public var rehearsal: Rehearsal?

  public init() {}

  /// Messages refused, whatever the reason.
  public var refusedMessages: Int { refused.values.reduce(0, &+) }

  /// Mean time of a step in microseconds.
  public var stepMicroseconds: Double? {
    stream.steps > 0 ? busy / Double(stream.steps) * 1e6 : nil
  }

  private enum CodingKeys: String, CodingKey {
    case v, model, engine, learning, messages, refused, stream, duplicates, connects, disconnects
    case accuracy, queue, sources, latency, rates, loss, checkpoints, security, drift, rehearsal
    case output, overload, frozen
    case residentBytes = "resident_bytes"
    case collapseGuard = "guard"
    case learningRateFactor = "learning_rate_factor"
    case uptime = "uptime_s"
    case lastRefusal = "last_refusal"
    case eventsReceived = "events_received"
    case missingMessages = "missing_messages"
    case labelledTrials = "labelled_trials"
    case correctTrials = "correct_trials"
    case recentAccuracy = "recent_accuracy"
    case outputQueue = "output_queue"
    case busy = "busy_s"
    case weightsSequence = "weights_seq"
    case weightsFollowed = "weights_followed"
    case weightsDigest = "weights_sha256"
  }
}
