/// AEDAT 2.0 files, as jAER writes them (iniVation, "AEDAT 2.0"; the address layouts are those of jAER).
///
/// Comment lines, then words of 8 bytes, most significant first: an address and a time in microseconds, of 4 bytes each. What
/// an address means depends on the chip, which jAER names in the comments (`# AEChip:`): DVS128, DAVIS128, DAVIS240,
/// DAVIS346, DAVIS640 or a cochlea. Others are refused. Where none is named, it is taken for a cochlea if the first 8192 addresses
/// have 10 bits at most, for a DVS128 if they have 16. As jAER shows it, x is mirrored, and y is as the chip gave it.
///
/// Times are unsigned, and go on where they wrap: each is taken as the one within 2^31 us of the word before.
public enum AEDAT2Codec: RecordingCodec {
  static let signature = "#!AER-DAT2.0"
  static let lastLine = "#End Of ASCII Header"
  static let wordSize = 8
  /// Words by whose addresses a chip is told that the header does not name.
  static let looked = 8192

  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    head.begins(with: signature)
  }

  /// Reads the header, then words.
  public struct Decoder: RecordingDecoder {
    private var header = AEDATHeader()
    private var hasHeader = false
    private var chip: AEDAT2Chip?
    /// The time of the last word.
    private var time: Int64?

    public init() {}

    public var geometry: SensorGeometry? { chip?.geometry }

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      while !hasHeader {
        switch try header.next(bytes, isLast: isLast) {
        case .unfinished: return nil
        case .end: hasHeader = true
        case .line(let line): try read(line)
        }
      }
      if chip == nil {
        let words = UnsafeRawBufferPointer(rebasing: bytes[header.length...])
        guard isLast || words.count >= AEDAT2Codec.looked * AEDAT2Codec.wordSize else {
          return nil
        }
        try guess(words)
      }
      return header.length
    }

    private mutating func read(_ line: String) throws(RecordingError) {
      if line == AEDAT2Codec.lastLine { hasHeader = true }
      guard let name = AEDATHeader.value(of: "# AEChip:", in: line) else { return }
      chip = AEDAT2Chip.named(name)
      guard chip != nil else {
        throw .unsupported(
          path: nil, reason: "the addresses of the chip \(name.prefix(100)) are not known here")
      }
    }

    private mutating func guess(_ words: UnsafeRawBufferPointer) throws(RecordingError) {
      var bits: UInt32 = 0
      for word in 0..<min(words.count / AEDAT2Codec.wordSize, AEDAT2Codec.looked) {
        bits |= UInt32(
          bigEndian: words.loadUnaligned(
            fromByteOffset: word * AEDAT2Codec.wordSize, as: UInt32.self))
      }
      chip = AEDAT2Chip.guess(bits)
      guard chip != nil else {
        throw .unsupported(
          path: nil,
          reason: "its header names no chip (# AEChip:), and its addresses are of more than 16 bits"
        )
      }
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      guard let chip else { return 0 }
      switch chip.kind {
      case .dvs128:
        return try decode(bytes, DVS128Addresses(), at: offset, into: &batch)
      case .davis:
        let addresses = DAVISAddresses(right: UInt32(chip.geometry.width - 1))
        return try decode(bytes, addresses, at: offset, into: &batch)
      case .cochlea:
        return try decode(bytes, CochleaAddresses(), at: offset, into: &batch)
      }
    }

    @inline(__always)
    private mutating func decode(
      _ bytes: UnsafeRawBufferPointer, _ addresses: some AEDAT2Addresses, at offset: Int,
      into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      let words = bytes.count / AEDAT2Codec.wordSize
      guard words > 0 else { return 0 }
      var time = self.time ?? Int64(Self.word(bytes, 0) & 0xFFFF_FFFF)
      var left: UInt16 = 0
      batch.append(upTo: words) { columns in
        var count = 0
        let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
        for index in 0..<words {
          let word = Self.word(bytes, index)
          let stamp = UInt32(truncatingIfNeeded: word)
          time &+= Int64(Int32(bitPattern: stamp &- UInt32(truncatingIfNeeded: time)))
          let address = UInt32(truncatingIfNeeded: word >> 32)
          let column = addresses.x(address)
          let isEvent = addresses.isEvent(address)
          t[count] = time
          x[count] = column
          y[count] = addresses.y(address)
          on[count] = addresses.on(address)
          left |= isEvent ? column : 0
          count &+= isEvent ? 1 : 0
        }
        // Events before one that is left of the sensor are good.
        if left > 0x7FFF { count = (0..<count).first { x[$0] > 0x7FFF } ?? count }
        columns.count = count
      }
      self.time = time
      if left > 0x7FFF { throw outside(bytes, addresses, at: offset) }
      // 2^31 us for a word: no chunk reaches from here to 2^62.
      guard time.magnitude < 1 << 61 else {
        throw .malformed(path: nil, offset: offset, reason: "times that reach \(time) us")
      }
      return words * AEDAT2Codec.wordSize
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt64 {
      UInt64(
        bigEndian: bytes.loadUnaligned(
          fromByteOffset: index &* AEDAT2Codec.wordSize, as: UInt64.self))
    }

    private func outside(
      _ bytes: UnsafeRawBufferPointer, _ addresses: some AEDAT2Addresses, at offset: Int
    ) -> RecordingError {
      let words = 0..<bytes.count / AEDAT2Codec.wordSize
      let bad = words.first {
        let address = UInt32(truncatingIfNeeded: Self.word(bytes, $0) >> 32)
        return addresses.isEvent(address) && addresses.x(address) > 0x7FFF
      }
      return .malformed(
        path: nil, offset: offset + (bad ?? 0) * AEDAT2Codec.wordSize,
        reason: "an event left of the sensor, which has \(chip?.geometry.width ?? 0) columns")
    }
  }
}
