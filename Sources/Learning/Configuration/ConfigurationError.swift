/// A configuration that cannot work: the field, its value, and what is allowed.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}
