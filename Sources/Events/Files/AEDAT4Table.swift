/// The table behind the packets of an AEDAT 4 file: a size-prefixed `FTAB` FlatBuffer, compressed as the packets are.
struct AEDAT4Table {
  /// What it tells of one packet.
  struct Entry: Equatable {
    var stream: Int32
    /// Bytes of the body.
    var size: Int32
    /// Where the body stands in the file, behind the packet's own 8 bytes.
    var position: Int
    var events: Int
    var firstTime: Int64
    /// Some tools leave it out.
    var lastTime: Int64?

    /// What stands in front of the packet.
    var head: [UInt8] {
      withUnsafeBytes(of: stream.littleEndian) { Array($0) }
        + withUnsafeBytes(of: size.littleEndian) { Array($0) }
    }
  }

  static let identifier = "FTAB"

  /// The entries of the table that is `bytes`; nothing where they are none.
  static func read(_ bytes: [UInt8], _ compression: RecordingLayout.Compression) -> [Entry]? {
    bytes.withUnsafeBytes { bytes in
      let inflater = PacketInflater()
      guard let plain = inflater.inflate(bytes, compression) else { return nil }
      return withExtendedLifetime(inflater) { entries(plain) }
    }
  }

  private static func entries(_ bytes: UnsafeRawBufferPointer) -> [Entry]? {
    guard let buffer = FlatBuffer(sizePrefixed: bytes, identifier: identifier),
      let root = buffer.root, let field = buffer.place(ofField: 0, in: root),
      let vector = buffer.vector(at: field, stride: 4)
    else { return nil }
    var entries: [Entry] = []
    for index in 0..<vector.count {
      guard let table = buffer.target(at: vector.start + 4 * index) else { return nil }
      func number(_ field: Int) -> Int64? {
        buffer.place(ofField: field, in: table).flatMap { buffer.load(at: $0, Int64.self) }
      }
      guard let packet = buffer.place(ofField: 1, in: table),
        let stream = buffer.load(at: packet, Int32.self),
        let size = buffer.load(at: packet + 4, Int32.self)
      else { return nil }
      entries.append(
        Entry(
          stream: stream, size: size, position: Int(number(0) ?? 0), events: Int(number(2) ?? 0),
          firstTime: number(3) ?? 0, lastTime: number(4)))
    }
    return entries
  }

  /// Entries of a table that is written here, at most.
  static let largest = 1 << 20

  /// The table of `entries`, without compression.
  static func write(_ entries: [Entry]) -> [UInt8] {
    // Root, identifier, 2 bytes to align, vtable, table with the offset of the vector, the vector.
    var words: [UInt32] = [0, 16, 0x4241_5446, 0x0006_0000, 0x0004_0008, 6, 4]
    words.append(UInt32(entries.count))
    // The vtable of the entries takes 14 bytes; one entry 44. Their 8-byte fields stand at multiples of 8 from the start.
    var vtable = 4 * (words.count + entries.count)
    if vtable % 8 != 0 { vtable += 4 }
    let first = vtable + 20
    let stride = 48
    for index in entries.indices {
      words.append(UInt32(first + stride * index - 4 * words.count))
    }
    if 4 * words.count < vtable { words.append(0) }
    // Sizes of the vtable and the entry, then where its fields stand: 12, 4, 20, 28, 36.
    words += [44 << 16 | 14, 4 << 16 | 12, 28 << 16 | 20, 36, 0]
    for (index, entry) in entries.enumerated() {
      words.append(UInt32(first + stride * index - vtable))
      words += [UInt32(bitPattern: entry.stream), UInt32(bitPattern: entry.size)]
      for number in [
        Int64(entry.position), Int64(entry.events), entry.firstTime, entry.lastTime ?? 0,
      ] {
        let bits = UInt64(bitPattern: number)
        words += [UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32)]
      }
      words.append(0)
    }
    words[0] = UInt32(4 * words.count - 4)
    return words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
  }
}
