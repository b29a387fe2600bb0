/// Prophesee EVT 2.1 `.raw` files.
///
/// 64-bit words, least significant byte first; with `endianness=legacy` in the header the upper half comes first. The
/// upper half is a word of EVT 2.0, the lower one a mask: bit i stands for an event at x + i. x counts on beyond
/// 2047 from 0. Other words (triggers, counters) are passed over, and so are events before the first TIME_HIGH.
/// Source: docs.prophesee.ai, EVT 2.1 format.
public enum EVT21Codec: RecordingCodec {
  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    try PropheseeHeader.begins(head) { encoding in
      if case .evt21 = encoding { true } else { false }
    }
  }

  /// Reads 64-bit words; those of a live stream too, as in ``EVT2Codec/Decoder``.
  public struct Decoder: RecordingDecoder {
    public private(set) var geometry: SensorGeometry?
    private var isLegacy = false
    private var high = WrappingTime(range: EVT2Codec.timeRange)
    private var hasTime = false

    public init() {}

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      let header = try PropheseeHeader(bytes, isLast: isLast)
      guard header.isComplete else { return nil }
      geometry = try header.geometry
      isLegacy = try header.encoding == .evt21(isLegacy: true)
      return header.length
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      let words = bytes.count / 8
      guard words > 0, let start = bytes.baseAddress else { return 0 }
      let halves: (upper: Int, lower: Int) = isLegacy ? (0, 4) : (4, 0)
      // A word writes up to 32 events, and seven more that do not count. Rarely are so many there: what finds no room
      // is left for the next call.
      let room = 8 * words + 40
      var taken = 0
      try batch.append(upTo: room) { columns throws(RecordingError) in
        try PixelGroup.all.withUnsafeBufferPointer { groups throws(RecordingError) in
          var (high, hasTime) = (self.high, self.hasTime)
          var (count, index) = (0, 0)
          while index < words, count <= room &- 40 {
            let place = index &* 8
            let word = UInt32(
              littleEndian: start.loadUnaligned(
                fromByteOffset: place &+ halves.upper, as: UInt32.self))
            let type = word >> 28
            if type < 2 {
              var mask = UInt32(
                littleEndian: start.loadUnaligned(
                  fromByteOffset: place &+ halves.lower, as: UInt32.self))
              let t = high.time &+ Int64(word >> 22 & 0x3F)
              var x = UInt16(truncatingIfNeeded: word >> 11 & 0x7FF)
              let y = UInt16(truncatingIfNeeded: word & 0x7FF)
              while mask != 0 {
                let group = groups[Int(mask & 0xFF)]
                group.write(to: columns, at: count, t: t, x: x, y: y, on: type == 1)
                count &+= group.count
                x &+= 8
                mask >>= 8
              }
            } else if type == EVT2Codec.timeHigh {
              guard high.set(Int64(word & 0xFFF_FFFF) << EVT2Codec.lowBits) else {
                columns.count = count
                throw WrappingTime.beyond(offset + place)
              }
              if !hasTime { (count, hasTime) = (0, true) }
            }
            index &+= 1
          }
          columns.count = hasTime ? count : 0
          taken = index * 8
          (self.high, self.hasTime) = (high, hasTime)
        }
      }
      return taken
    }
  }

  /// Writes 64-bit words: one for neighbouring events of the same time, row and polarity with x growing, as long as they
  /// lie in the same 32 pixels.
  ///
  /// The order of the events stays. Refused is what ``EVT2Codec/Encoder`` refuses.
  public struct Encoder: RecordingEncoder {
    private let geometry: SensorGeometry
    private var time = TimeHighWriter(lowBits: EVT2Codec.lowBits, highBits: EVT2Codec.highBits)
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) { geometry = layout.geometry }

    public mutating func begin(into bytes: inout [UInt8]) throws(RecordingError) {
      let format = "EVT21;endianness=little"
      bytes += PropheseeHeader.raw(evt: "2.1", format: format, geometry).utf8
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      var position = range.lowerBound
      while position < range.upperBound {
        let event = batch[position]
        try event.check(index: index, columns: 2048, rows: 2048, times: time.reach)
        if !time.holds(event.t) {
          for part in time.parts(to: event.t) {
            bytes.append(littleEndian: UInt64(EVT2Codec.timeHigh << 28 | part) << 32)
          }
        }
        var mask: UInt32 = 0
        var next = event
        repeat {
          mask |= 1 << UInt32(next.x & 31)
          position += 1
          index += 1
          guard position < range.upperBound else { break }
          next = batch[position]
        } while next.follows(event, in: mask)
        let low = UInt32(truncatingIfNeeded: event.t & 0x3F)
        let place = UInt32(event.x & ~31) << 11 | UInt32(event.y)
        let upper = (event.on ? 1 << 28 : 0) | low << 22 | place
        bytes.append(littleEndian: UInt64(upper) << 32 | UInt64(mask))
      }
    }
  }
}

extension Event {
  /// Whether it can stand in one word with `first`, behind the events of `mask`.
  fileprivate func follows(_ first: Event, in mask: UInt32) -> Bool {
    t == first.t && y == first.y && on == first.on && x & ~31 == first.x & ~31
      && mask >> UInt32(x & 31) == 0
  }
}
