/// The first frame of an inbound message: `events/<source>/` or `labels/<source>/`.
///
/// The slash at the end keeps a subscription to `events/cam1/` from matching `events/cam10/`.
public enum Topic: Equatable, Sendable {
  case events(source: String)
  case labels(source: String)

  /// What the engine subscribes to.
  public static let inboundPrefixes = ["events/", "labels/"]
  static let longestSource = 64

  public init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
    let text = String(decoding: bytes.prefix(Self.longestSource + 16), as: UTF8.self)
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].isEmpty, Self.isSource(parts[1]) else {
      throw Self.refusal(text)
    }
    switch parts[0] {
    case "events": self = .events(source: String(parts[1]))
    case "labels": self = .labels(source: String(parts[1]))
    default: throw Self.refusal(text)
    }
  }

  private static func refusal(_ text: String) -> WireError {
    WireError(
      .topic,
      "the topic \"\(WireError.excerpt(text))\" is not events/<source>/ or labels/<source>/ with a "
        + "source of 1 to \(longestSource) letters, digits, ., _ or -")
  }

  public var source: String {
    switch self {
    case .events(let source), .labels(let source): source
    }
  }

  public var bytes: [UInt8] {
    switch self {
    case .events(let source): Array("events/\(source)/".utf8)
    case .labels(let source): Array("labels/\(source)/".utf8)
    }
  }

  /// Whether `name` may name a source: 1 to 64 letters, digits, `.`, `_` or `-`.
  public static func isSource(_ name: some StringProtocol) -> Bool {
    (1...longestSource).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
