import Events
import Learning

/// What travels from the ingest thread to the engine's thread: checked, ordered, in stream time.
enum StreamItem: Sendable {
  /// Events of a source with their labels, and where the recording ends with them, if it does.
  case events(source: String, Arrival)
  case labels(source: String, labels: [StreamLabel])
  /// A source made room for another: its membranes and traces may go.
  case forget(source: String)
  /// A question that only the owner of the weights can answer.
  case request(Question)
  /// A cut between two messages, where a checkpoint is taken.
  case mark(CheckpointMark)
  /// A checkpoint that was read for a question, whose weights are to be taken over.
  case model(Question, path: String, Safetensors)

  /// A message of events as the engine's thread gets it.
  struct Arrival: Sendable {
    /// See ``EngineStatus/Source/session``.
    var session: Int
    /// The publisher's number of the message; nothing for what no message brought.
    var sequence: UInt64?
    /// Whether the publisher began anew with this message.
    var restarted = false
    /// Whether time begins anew, though the publisher did not.
    var clockWentBack = false
    var events = EventBatch()
    var labels: [StreamLabel] = []
    /// All events before this time have come.
    var watermark: Int64?
    var end: RecordingEnd?
    /// Whose message it was, where the stream is joined from several sources.
    var member: Member?
    /// What was dropped of it, and of earlier messages that it stands for, for want of time.
    var lost = Lost()
    /// When it was taken from the socket.
    var received = ContinuousClock.now
  }

  /// One of the sources of a joined stream, and how many events it sent.
  struct Member: Sendable {
    var source: String
    var events: Int
  }

  /// Messages whose events were dropped, and these events.
  struct Lost: Codable, Sendable {
    var messages = 0
    var events = 0
  }

  /// The end of a recording, at a stated time or after its last event.
  struct RecordingEnd: Equatable, Sendable {
    var time: Int64?
  }

  /// A request and the frames that lead its answer back.
  struct Question: Sendable {
    var request: EngineRequest
    var envelope: [[UInt8]]
  }
}

/// What travels to the publishing thread. Messages take their final form there: the engine's thread has better to do.
enum OutgoingItem: Sendable {
  /// A prediction, and when what it came of was received, where anything was.
  case prediction(PredictionMessage, received: ContinuousClock.Instant?)
  /// What a source did, for those who look on.
  case activity(ActivityMessage)
  /// What changed in the weights.
  case delta(WeightsHeader, Safetensors)
  /// All weights, on the request socket.
  case snapshot([[UInt8]], WeightsHeader, Safetensors)
  /// Another answer there.
  case reply([[UInt8]])
}
