extension EngineStatus {
  /// What was given up because events came faster than they could be worked off.
  public struct Overload: Codable, Equatable, Sendable {
    public var policy = EngineConfiguration.Overload.Policy.block
    /// Whether trials are predicted only, just now.
    public var shedding = false
    /// Labelled trials that were predicted only.
    public var trialsShed = 0
    /// Messages whose events were dropped, and these events.
    public var messagesShed = 0
    public var eventsShed = 0

    private enum CodingKeys: String, CodingKey {
      case policy, shedding
      case trialsShed = "trials_shed"
      case messagesShed = "messages_shed"
      case eventsShed = "events_shed"
    }
  }
}
