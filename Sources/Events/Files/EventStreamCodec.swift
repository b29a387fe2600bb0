/// Event Stream `.es` files, version 2, of the types `dvs` and `atis`.
///
/// "Event Stream", three version bytes and a type byte; width and height as 16-bit numbers; then events without alignment,
/// least significant byte first. An event is a byte with the time since the one before it, x and y of two bytes each. In
/// `dvs` that byte holds 7 bits of time and the polarity (bit 0, 1 = ON), in `atis` 6 bits of time, the polarity (bit 1)
/// and whether the event is an exposure measurement (bit 0): these only count in time and are left out. A byte whose
/// time bits are all set is not an event: its low bits say how often 127 us, or 63 us, go by; 0 times is the format's
/// resynchronisation mark.
///
/// Time begins at 0. Rows are stored from the bottom: here y counts from the top, as everywhere. An event outside the rows
/// of the header has no place and is malformed.
///
/// Source: the specification at github.com/neuromorphic-paris/event_stream.
public enum EventStreamCodec: RecordingCodec {
  static let signature = "Event Stream"
  static let versionPlace = 12
  static let typePlace = 15
  static let headerSize = 20

  /// Types of streams by their number.
  enum Kind: UInt8 {
    case generic, dvs, atis, display, color

    /// Bits below the time in the first byte of an event.
    var flagBits: Int? {
      switch self {
      case .dvs: 1
      case .atis: 2
      case .generic, .display, .color: nil
      }
    }
  }

  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    guard head.begins(with: signature) else { return false }
    let bytes = head.bytes
    if bytes.count > versionPlace, bytes[versionPlace] != 2 {
      let version = bytes[versionPlace..<min(typePlace, bytes.count)].map(String.init)
      throw .unsupported(
        path: nil,
        reason: "Event Stream version \(version.joined(separator: ".")); version 2 is read here")
    }
    guard bytes.count > typePlace else { return true }
    let type = bytes[typePlace]
    guard let kind = Kind(rawValue: type), kind.flagBits != nil else {
      let name = Kind(rawValue: type).map { "\($0)" } ?? "\(type)"
      throw .unsupported(
        path: nil,
        reason: "an Event Stream of type \(name), which holds no events of a DVS; dvs and atis do")
    }
    return true
  }
}
