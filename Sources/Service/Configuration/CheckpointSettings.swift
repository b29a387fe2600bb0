import Learning

extension EngineConfiguration {
  /// Where everything that the engine knows is kept, so that it goes on where it was.
  public struct Checkpoints: Codable, Equatable, Sendable {
    /// The folder of the generations, where given. One engine has it at a time.
    public var folder = ""
    /// Seconds of wall-clock time between checkpoints, while anything happens.
    public var every = 60.0
    /// Generations that are kept.
    public var keep = 3

    public init() {}

    private enum CodingKeys: String, CodingKey {
      case folder, keep
      case every = "every_s"
    }

    /// - Throws: ``ConfigurationError``.
    func validate() throws(ConfigurationError) {
      guard (0.01...86_400).contains(every) else {
        throw ConfigurationError("checkpoints.every_s is \(every), allowed is 0.01 to 86400")
      }
      guard (1...1000).contains(keep) else {
        throw ConfigurationError("checkpoints.keep is \(keep), allowed is 1 to 1000")
      }
    }
  }
}
