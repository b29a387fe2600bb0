/// The text that begins Prophesee's RAW and DAT files.
///
/// Lines of `% `, a key, a blank and a value, up to `% end` or the first line that is none; what follows are events.
/// Keys that count are `format` (`EVT3;height=720;width=1280`), `evt` and `geometry` (RAW), `Version`, `Width` and
/// `Height` (DAT). Source: docs.prophesee.ai, RAW and DAT file formats.
struct PropheseeHeader {
  /// What the header says of the events behind it.
  enum Encoding: Equatable {
    case evt2
    case evt21(isLegacy: Bool)
    case evt3
    case dat(version: Int)
  }

  /// Bytes of all lines.
  private(set) var length = 0
  /// Whether the end of the header was seen.
  private(set) var isComplete = false
  private var values: [String: String] = [:]

  /// A longer header is none.
  static let largestSize = 1 << 16
  private static let marker = Array("% ".utf8)
  private static let keys: Set = [
    "format", "evt", "geometry", "version", "width", "height", "endianness",
    "integrator_name", "camera_integrator_name", "plugin_integrator_name", "plugin_name",
    "system_id",
  ]

  /// Reads the lines that `bytes` begins with.
  init(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(RecordingError) {
    while !isComplete {
      guard length <= Self.largestSize else {
        throw .malformed(
          path: nil, offset: 0, reason: "a header of more than \(Self.largestSize) bytes")
      }
      let rest = bytes[length...]
      guard rest.starts(with: Self.marker) else {
        isComplete = isLast || !Self.marker.starts(with: rest)
        return
      }
      guard let end = rest.prefix(Self.largestSize).firstIndex(where: Self.endsText) else {
        isComplete = rest.count >= Self.largestSize
        return
      }
      // A line of text ends in a line feed; events may begin like one.
      guard bytes[end] == UInt8(ascii: "\n") else {
        isComplete = true
        return
      }
      let line = String(decoding: bytes[length + 2..<end], as: UTF8.self)
      length = end + 1
      take(line)
    }
  }

  private static func endsText(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != 0x09 && byte != 0x0D
  }

  private mutating func take(_ line: String) {
    let words = line.split(maxSplits: 1) { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
    guard let key = words.first?.lowercased() else { return }
    isComplete = key == "end" && words.count == 1
    guard Self.keys.contains(key) else { return }
    let value = words.count > 1 ? words[1] : ""
    values[key] = String(value.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// The name of the format and what follows it, such as `height=720`.
  private var format: (name: String, options: [Substring: Substring])? {
    guard let parts = values["format"]?.split(separator: ";"), let name = parts.first else {
      return nil
    }
    let options = parts.dropFirst().map { $0.split(separator: "=", maxSplits: 1) }
      .filter { $0.count == 2 }.map { ($0[0], $0[1]) }
    return (String(name), Dictionary(options) { $1 })
  }

  /// What the events are; nothing if this is not such a header.
  ///
  /// - Throws: ``RecordingError/unsupported(path:reason:)`` for what is not read here, by its name.
  var encoding: Encoding? {
    get throws(RecordingError) {
      if let name = format?.name ?? values["evt"].map({ "EVT\($0)" }) {
        return try Self.encoding(name, endianness)
      }
      switch values["version"] {
      case nil: break
      case "1": return .dat(version: 1)
      case "2": return .dat(version: 2)
      case let version?: throw Self.unsupported("Version \(version)", "DAT versions 1 and 2")
      }
      guard
        values.keys.contains(where: {
          ["integrator_name", "plugin_name", "system_id"].contains($0)
        })
      else { return nil }
      throw .unsupported(
        path: nil, reason: "a Prophesee header that names no event format (evt, format or Version)")
    }
  }

  /// The order of the halves of EVT 2.1, as stated; else that of Prophesee's first cameras is known by their number
  /// (OpenEB's rule).
  private var endianness: Substring? {
    if let stated = format?.options["endianness"] ?? values["endianness"].map({ $0[...] }) {
      return stated
    }
    let name = format?.name.uppercased() ?? "EVT\(values["evt"] ?? "")"
    let integrators = ["integrator_name", "camera_integrator_name", "plugin_integrator_name"]
    guard name == "EVT21" || name == "EVT2.1",
      let system = Int(values["system_id"] ?? ""), system < 0x37,
      integrators.contains(where: { values[$0]?.lowercased() == "prophesee" })
    else { return nil }
    return "legacy"
  }

  private static func encoding(
    _ name: String, _ endianness: Substring?
  ) throws(RecordingError) -> Encoding {
    switch (name.uppercased(), endianness) {
    case ("EVT2", nil), ("EVT2", "little"), ("EVT2.0", nil), ("EVT2.0", "little"): .evt2
    case ("EVT3", nil), ("EVT3", "little"), ("EVT3.0", nil), ("EVT3.0", "little"): .evt3
    case ("EVT21", nil), ("EVT21", "little"), ("EVT2.1", nil), ("EVT2.1", "little"):
      .evt21(isLegacy: false)
    case ("EVT21", "legacy"), ("EVT2.1", "legacy"): .evt21(isLegacy: true)
    default:
      throw unsupported(
        endianness.map { "\(name) with endianness \($0)" } ?? name,
        "EVT2, EVT2.1 and EVT3, little-endian")
    }
  }

  private static func unsupported(_ name: String, _ known: String) -> RecordingError {
    .unsupported(path: nil, reason: "the header names \(name.prefix(80)); read here are \(known)")
  }

  /// The sensor, if it is stated.
  ///
  /// - Throws: ``RecordingError/malformed(path:offset:reason:)`` for sides that are no numbers from 1 to 65536.
  var geometry: SensorGeometry? {
    get throws(RecordingError) {
      let options = format?.options ?? [:]
      let sides: [String]
      if let width = options["width"], let height = options["height"] {
        sides = [String(width), String(height)]
      } else if let geometry = values["geometry"] {
        sides = geometry.split(separator: "x", omittingEmptySubsequences: false).map(String.init)
      } else if let width = values["width"], let height = values["height"] {
        sides = [width, height]
      } else {
        return nil
      }
      let numbers = sides.compactMap { Int($0) }.filter { (1...65536).contains($0) }
      guard numbers.count == 2, sides.count == 2 else {
        throw .malformed(
          path: nil, offset: 0,
          reason:
            "a sensor of \(sides.joined(separator: "x").prefix(80)) pixels; each side must be 1 to 65536"
        )
      }
      return SensorGeometry(width: numbers[0], height: numbers[1])
    }
  }

  /// Whether `head` is of a file of `encoding`.
  static func begins(
    _ head: RecordingHead, _ isWanted: (Encoding) -> Bool
  ) throws(RecordingError) -> Bool {
    try PropheseeHeader(head.bytes, isLast: false).encoding.map(isWanted) ?? false
  }

  /// The header of a RAW file.
  static func raw(evt: String, format: String, _ geometry: SensorGeometry) -> String {
    """
    % evt \(evt)
    % format \(format);height=\(geometry.height);width=\(geometry.width)
    % geometry \(geometry)
    % end

    """
  }
}
