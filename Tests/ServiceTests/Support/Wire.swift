import Events

/// Pieces of messages, good and bad, put together by hand.
enum Wire {
  static let topic = Array("events/cam/".utf8)
  static let labelTopic = Array("labels/cam/".utf8)

  /// A JSON header for the 8x8 sensor and the number that comes next in the tests' trial, with fields replaced.
  static func json(_ changes: [String: String?] = [:]) -> [UInt8] {
    var fields: [String: String] = [
      "encoding": "\"t64_x16_y16_on8\"", "seq": "1", "width": "8", "height": "8",
    ]
    for (name, value) in changes { fields[name] = value }
    let text = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    return Array("{\(text.joined(separator: ","))}".utf8)
  }

  /// A binary header likewise, with bytes replaced from `offset` on.
  static func binary(
    count: Int = 1, encoding: WireEncoding = .t64x16y16on8, tBase: Int64 = 0, at offset: Int = 0,
    _ patch: [UInt8] = []
  ) -> [UInt8] {
    let header = EventHeader(
      encoding: encoding, sequence: 1, geometry: RunningEngine.geometry, tBase: tBase)
    var bytes = header.binary(count: count)
    bytes.replaceSubrange(offset..<offset + patch.count, with: patch)
    return bytes
  }

  /// A record of `t64_x16_y16_on8`.
  static func wide(t: UInt64 = 10_000, x: UInt16 = 0, y: UInt16 = 0, on: UInt8 = 1) -> [UInt8] {
    bytes(t) + bytes(x) + bytes(y) + [on]
  }

  /// A record of `t32_x16_y15_on1`.
  static func narrow(t: UInt32 = 10_000, x: UInt16 = 0, y: UInt16 = 0) -> [UInt8] {
    bytes(t) + bytes(x) + bytes(y << 1)
  }

  static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func noise(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}
