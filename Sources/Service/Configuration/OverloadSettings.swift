extension EngineConfiguration {
  /// What happens when events come faster than they can be learned from.
  public struct Overload: Codable, Equatable, Sendable {
    public enum Policy: String, Codable, CaseIterable, Sendable {
      /// Publishers wait, and nothing is lost.
      case block
      /// Nobody waits. Learning is given up first: while the queue before the engine is more than half full, and until it is
      /// less than an eighth full, trials are predicted only. If it fills up all the same, the events of its oldest messages
      /// are dropped; labels and ends of recordings never are.
      case shed
    }

    public var policy = Policy.block
  }
}
