/// Prophesee EVT 2.0 `.raw` files.
///
/// 32-bit words, least significant byte first, with a type in the top 4 bits. An event has type 0 (OFF) or 1 (ON), the
/// lower 6 bits of its time, x and y of 11 bits each. Type 8 (TIME_HIGH) has the upper 28 bits of the times that
/// follow, which start again at 0 after 2^34 us. Other words (triggers, counters) are passed over, and so are events
/// before the first TIME_HIGH, whose time nobody knows. Source: docs.prophesee.ai, EVT 2.0 format.
public enum EVT2Codec: RecordingCodec {
  static let timeHigh: UInt32 = 8
  static let lowBits: Int64 = 6
  static let highBits: Int64 = 28
  static let timeRange: Int64 = 1 << (lowBits + highBits)

  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    try PropheseeHeader.begins(head) { $0 == .evt2 }
  }

  /// Reads 32-bit words.
  ///
  /// Also for words without a file: a decoder whose header is never read decodes a live stream, message by message, as
  /// long as it is kept from one to the next.
  public struct Decoder: RecordingDecoder {
    public private(set) var geometry: SensorGeometry?
    private var high = WrappingTime(range: EVT2Codec.timeRange)
    private var hasTime = false

    public init() {}

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      let header = try PropheseeHeader(bytes, isLast: isLast)
      guard header.isComplete else { return nil }
      geometry = try header.geometry
      return header.length
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      let words = bytes.count / 4
      guard words > 0, let start = bytes.baseAddress else { return 0 }
      try batch.append(upTo: words) { columns throws(RecordingError) in
        let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
        var (high, hasTime, count) = (self.high, self.hasTime, 0)
        for index in 0..<words {
          let place = index &* 4
          let word = UInt32(
            littleEndian: start.loadUnaligned(fromByteOffset: place, as: UInt32.self))
          let type = word >> 28
          if type == EVT2Codec.timeHigh {
            guard high.set(Int64(word & 0xFFF_FFFF) << EVT2Codec.lowBits) else {
              columns.count = count
              throw WrappingTime.beyond(offset + place)
            }
            if !hasTime { (count, hasTime) = (0, true) }
            continue
          }
          // Written for every word, kept for events: a branch would be guessed wrong.
          t[count] = high.time &+ Int64(word >> 22 & 0x3F)
          x[count] = UInt16(truncatingIfNeeded: word >> 11 & 0x7FF)
          y[count] = UInt16(truncatingIfNeeded: word & 0x7FF)
          on[count] = type == 1
          count &+= type < 2 ? 1 : 0
        }
        columns.count = hasTime ? count : 0
        (self.high, self.hasTime) = (high, hasTime)
      }
      return words * 4
    }
  }

  /// Writes 32-bit words.
  ///
  /// Refused are x or y above 2047, and a time that is negative, older than the last start at 0, 2^33 us or more before
  /// the latest, or 2^16 starts or more after it.
  public struct Encoder: RecordingEncoder {
    private let geometry: SensorGeometry
    private var time = TimeHighWriter(lowBits: EVT2Codec.lowBits, highBits: EVT2Codec.highBits)
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) { geometry = layout.geometry }

    public mutating func begin(into bytes: inout [UInt8]) throws(RecordingError) {
      bytes += PropheseeHeader.raw(evt: "2.0", format: "EVT2", geometry).utf8
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      bytes.reserveCapacity(bytes.count + 4 * range.count)
      for position in range {
        let event = batch[position]
        try event.check(index: index, columns: 2048, rows: 2048, times: time.reach)
        if !time.holds(event.t) {
          for part in time.parts(to: event.t) {
            bytes.append(littleEndian: EVT2Codec.timeHigh << 28 | part)
          }
        }
        let low = UInt32(truncatingIfNeeded: event.t & 0x3F)
        let place = UInt32(event.x) << 11 | UInt32(event.y)
        bytes.append(littleEndian: (event.on ? 1 << 28 : 0) | low << 22 | place)
        index += 1
      }
    }
  }
}
