/// Why a message from outside was refused. Nothing of a refused message is used.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of fault, as counters name it.
  public enum Reason: String, Sendable, Codable, CaseIterable {
    /// A topic that is not `events/<source>/` or `labels/<source>/`.
    case topic
    /// Too few or too many frames.
    case frames
    /// A header that is neither JSON nor the 48-byte form, or lacks a field.
    case header
    /// An encoding that is not known.
    case encoding
    /// Bytes that are no whole number of records, or not as many as the header says.
    case count
    /// More bytes than the configured limit.
    case size
    /// Another sensor than configured, or an event outside it.
    case geometry
    /// A time that cannot be.
    case time
    /// A label that cannot be read or names no class.
    case label
    /// One source more than the configured number.
    case sources
  }

  public let reason: Reason
  /// What was found, what the limit is, and where.
  public let description: String

  public init(_ reason: Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }

  /// Text from outside as it may stand in an error and so in a log: short, and in visible ASCII.
  static func excerpt(_ text: some StringProtocol) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(80).map { (" "..."~").contains($0) ? $0 : "?" }))
  }
}
