/// A PNG taken apart by the specification, for the tests.
struct PNGFile {
  struct Damaged: Error, CustomStringConvertible {
    var description: String
  }

  var chunks: [(name: String, content: [UInt8])] = []

  /// - Throws: where the signature, a length or a checksum is wrong.
  init(_ bytes: [UInt8]) throws {
    guard bytes.starts(with: [137, 80, 78, 71, 13, 10, 26, 10]) else {
      throw Damaged(description: "signature")
    }
    var place = 8
    while place < bytes.count {
      guard place + 12 <= bytes.count else { throw Damaged(description: "a short chunk") }
      let length = Self.number(bytes[place..<place + 4])
      guard place + 12 + length <= bytes.count else { throw Damaged(description: "a long chunk") }
      let body = bytes[place + 4..<place + 8 + length]
      guard Self.number(bytes[place + 8 + length..<place + 12 + length]) == Self.sum(body) else {
        throw Damaged(description: "checksum at \(place)")
      }
      chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
      place += 12 + length
    }
  }

  var names: [String] { chunks.map(\.name) }

  func content(_ name: String) -> [UInt8] { chunks.first { $0.name == name }?.content ?? [] }

  var width: Int { Self.number(content("IHDR")[0..<4]) }
  var height: Int { Self.number(content("IHDR")[4..<8]) }

  var palette: [[UInt8]] {
    let bytes = content("PLTE")
    return stride(from: 0, to: bytes.count, by: 3).map { Array(bytes[$0..<$0 + 3]) }
  }

  /// The pixels that zlib's form in `bytes` holds, as indices.
  func pixels(_ bytes: [UInt8]) throws -> [UInt8] {
    let rows = try Inflate.unpack(bytes)
    guard rows.count == height * (width + 1) else { throw Damaged(description: "size of data") }
    return try (0..<height).flatMap { row in
      let line = rows[row * (width + 1)..<(row + 1) * (width + 1)]
      guard line.first == 0 else { throw Damaged(description: "filter in row \(row)") }
      return line.dropFirst()
    }
  }

  static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  /// CRC-32 of ISO 3309, bit by bit.
  private static func sum(_ bytes: ArraySlice<UInt8>) -> Int {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return Int(~sum)
  }
}
