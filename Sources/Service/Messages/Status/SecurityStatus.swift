extension EngineStatus {
  /// What became of those who wanted in, by socket: `events`, `output`, `requests`.
  public struct Security: Codable, Equatable, Sendable {
    /// Clients whose key was let in; zero without CURVE, which asks nobody.
    public var accepted: [String: Int] = [:]
    /// Clients whose key was not.
    public var denied: [String: Int] = [:]
    /// Peers that spoke no ZeroMQ, plain text to CURVE or the reverse, or encrypted for another key.
    public var handshakeFailures: [String: Int] = [:]

    private enum CodingKeys: String, CodingKey {
      case accepted, denied
      case handshakeFailures = "handshake_failures"
    }
  }
}
