/// Unpacks zlib's form (RFC 1950 and 1951), written for the tests: what is written with one library is not to be
/// checked with the same.
struct Inflate {
  struct Damaged: Error {}

  private let bytes: [UInt8]
  private var position = 0
  private var output: [UInt8] = []

  /// The content of `bytes`, its checksum tested.
  static func unpack(_ bytes: [UInt8]) throws -> [UInt8] {
    guard bytes.count > 6, bytes[0] & 15 == 8, (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0 else {
      throw Damaged()
    }
    var inflate = Inflate(bytes: Array(bytes[2..<bytes.count - 4]))
    while try !inflate.block() {}
    var (a, b) = (1, 0)
    for byte in inflate.output {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    let sum = bytes.suffix(4).reduce(0) { $0 << 8 | Int($1) }
    guard sum == b << 16 | a else { throw Damaged() }
    return inflate.output
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func bits(_ count: Int) throws -> Int {
    var value = 0
    for bit in 0..<count {
      guard position / 8 < bytes.count else { throw Damaged() }
      value |= Int(bytes[position / 8] >> (position % 8) & 1) << bit
      position += 1
    }
    return value
  }

  /// A canonical Huffman code: symbols by length, then by number.
  private struct Code {
    var counts = Array(repeating: 0, count: 16)
    var symbols: [Int] = []

    init(_ lengths: [Int]) {
      for length in 1...15 {
        let these = lengths.indices.filter { lengths[$0] == length }
        counts[length] = these.count
        symbols += these
      }
    }
  }

  private mutating func symbol(_ code: Code) throws -> Int {
    var (value, first, index) = (0, 0, 0)
    for length in 1...15 {
      value |= try bits(1)
      let count = code.counts[length]
      if value - first < count { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    throw Damaged()
  }

  /// Unpacks a block. Returns whether it was the last.
  private mutating func block() throws -> Bool {
    let isLast = try bits(1) == 1
    switch try bits(2) {
    case 0:
      position = (position + 7) / 8 * 8
      let length = try bits(16)
      guard try bits(16) == length ^ 0xFFFF else { throw Damaged() }
      for _ in 0..<length { output.append(UInt8(try bits(8))) }
    case 1:
      let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
      try codes(Code(lengths), Code(Array(repeating: 5, count: 30)))
    case 2:
      let counts = (try bits(5) + 257, try bits(5) + 1, try bits(4) + 4)
      var lengths = Array(repeating: 0, count: 19)
      let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
      for place in order.prefix(counts.2) { lengths[place] = try bits(3) }
      let code = Code(lengths)
      var all: [Int] = []
      while all.count < counts.0 + counts.1 {
        switch try symbol(code) {
        case 16: all += Array(repeating: all.last ?? 0, count: 3 + (try bits(2)))
        case 17: all += Array(repeating: 0, count: 3 + (try bits(3)))
        case 18: all += Array(repeating: 0, count: 11 + (try bits(7)))
        case let length: all.append(length)
        }
      }
      try codes(Code(Array(all[..<counts.0])), Code(Array(all[counts.0...])))
    default: throw Damaged()
    }
    return isLast
  }

  private mutating func codes(_ literals: Code, _ distances: Code) throws {
    while true {
      let value = try symbol(literals)
      if value < 256 {
        output.append(UInt8(value))
      } else if value == 256 {
        return
      } else {
        // Lengths from 3 and distances from 1, with more bits the larger they are.
        let step = value - 257
        let extra = step < 8 || step == 28 ? 0 : step / 4 - 1
        let base = step < 8 ? step + 3 : step == 28 ? 258 : (4 + step % 4) << extra + 3
        let length = base + (try bits(extra))
        let far = try symbol(distances)
        let more = far < 2 ? 0 : far / 2 - 1
        let distance = (far < 2 ? far : (2 + far % 2) << more) + 1 + (try bits(more))
        guard distance <= output.count else { throw Damaged() }
        for _ in 0..<length { output.append(output[output.count - distance]) }
      }
    }
  }
}
