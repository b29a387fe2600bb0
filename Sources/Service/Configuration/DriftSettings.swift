import Learning

extension EngineConfiguration {
  /// Watching the progressive error for changes; see ``DriftDetector``.
  public struct Drift: Codable, Equatable, Sendable {
    /// Bound for the probability of a false alarm at a trial; 0 switches it off.
    public var delta = 0.002

    public init() {}
  }

  /// - Throws: ``ConfigurationError``.
  func checkDrift() throws(ConfigurationError) {
    guard drift.delta >= 0, drift.delta < 1 else {
      throw ConfigurationError(
        "drift.delta is \(drift.delta), a probability: allowed is above 0 and below 1, or 0 for none"
      )
    }
  }
}
