import Learning

extension EngineConfiguration {
  /// What is told of events and spikes to those who look, on `activity/<model>/`.
  public struct Activity: Codable, Equatable, Sendable {
    /// Wall-clock time between messages of a source in milliseconds, at least; 0 for none. Nothing is made while nobody has
    /// subscribed.
    public var every = 100

    private enum CodingKeys: String, CodingKey {
      case every = "every_ms"
    }

    /// - Throws: ``ConfigurationError``.
    func validate() throws(ConfigurationError) {
      guard (0...3_600_000).contains(every) else {
        throw ConfigurationError("activity.every_ms is \(every), allowed is 0 to 3600000")
      }
    }
  }
}
