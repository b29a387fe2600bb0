extension EngineStatus {
  /// How the engine's checkpoints are.
  public struct Checkpoints: Codable, Equatable, Sendable {
    /// The newest generation: written by this engine, or the one that it went on from.
    public var generation: UInt64?
    /// Checkpoints written, and how many could not be.
    public var saved = 0
    public var failed = 0
    /// Due while another one was being written.
    public var skipped = 0
    /// Files found damaged at the start.
    public var damaged = 0
    /// Seconds since the newest was written.
    public var secondsSince: Double?
    /// Why the last one that failed did; nothing once one was written again.
    public var lastError: String?
    /// Size of the newest file.
    public var bytes = 0
    /// The generation that the engine went on from.
    public var resumedFrom: UInt64?
    /// Milliseconds that the last one took of the engine's thread, and to be written.
    public var copied = 0.0
    public var written = 0.0

    /// When the newest was written; not told.
    var writtenAt: ContinuousClock.Instant?

    private enum CodingKeys: String, CodingKey {
      case generation, saved, failed, skipped, damaged, bytes
      case secondsSince = "seconds_since"
      case lastError = "last_error"
      case resumedFrom = "resumed_from"
      case copied = "copied_ms"
      case written = "written_ms"
    }

    mutating func updateAge() {
      secondsSince = writtenAt.map { $0.duration(to: .now).seconds }
    }
  }
}
