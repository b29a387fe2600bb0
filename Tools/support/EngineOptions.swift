import ArgumentParser
import Events
import Service

/// Where the engine is, for every tool.
public struct EngineOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Where the engine is: a folder for local sockets, or tcp://host:port (with the two ports after).",
      valueName: "address"))
  public var at = EngineAddress.default
  @OptionGroup public var keys: SecurityOptions

  public init() {}
}

extension EngineAddress: ExpressibleByArgument {
  public init?(argument: String) {
    guard let address = try? EngineAddress(argument) else { return nil }
    self = address
  }

  public var defaultValueDescription: String { description }
}

extension WireEncoding: ExpressibleByArgument {}
extension MessageFormat: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
extension EventMessageWriter.HeaderForm: ExpressibleByArgument {}

extension SensorGeometry: ExpressibleByArgument {
  /// Reads `WIDTHxHEIGHT`.
  public init?(argument: String) {
    self.init(text: argument)
  }

  public var defaultValueDescription: String { description }
}
