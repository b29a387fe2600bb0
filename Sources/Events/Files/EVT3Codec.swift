/// Prophesee EVT 3.0 `.raw` files.
///
/// 16-bit words, least significant byte first, with a type in the top 4 bits; each changes the state, and some are
/// events: ADDR_Y (0) sets the row, ADDR_X (2) is an event at x with its polarity in bit 11, VECT_BASE_X (3) sets x and
/// polarity for the VECT_12 (4) and VECT_8 (5) that follow, whose bits are events at x, x + 1 and so on, and which
/// move x by 12 and 8. TIME_LOW (6) and TIME_HIGH (8) set 12 bits each of the time, which starts again at 0 after 2^24
/// us; a new TIME_HIGH sets the lower bits to 0. x has 11 bits: it counts on beyond 2047 from 0. Other words
/// (triggers, counters) are passed over, and so are events before the first TIME_HIGH.
/// Source: docs.prophesee.ai, EVT 3.0 format; for what it leaves open, the decoder in Prophesee's OpenEB.
public enum EVT3Codec: RecordingCodec {
  /// The types of words that are read and written.
  enum Word {
    static let row: UInt16 = 0
    static let event: UInt16 = 2
    static let base: UInt16 = 3
    static let vector12: UInt16 = 4
    static let vector8: UInt16 = 5
    static let timeLow: UInt16 = 6
    static let timeHigh: UInt16 = 8

    /// Whether a word is VECT_12 or VECT_8.
    @inline(__always)
    static func isVector(_ word: UInt16) -> Bool { word >> 13 == vector12 >> 1 }

    /// The time of a TIME_HIGH.
    @inline(__always)
    static func time(_ word: UInt16) -> Int64 { Int64(word & 0xFFF) << lowBits }

    /// The TIME_HIGH of a time.
    static func timeHigh(_ time: Int64) -> UInt16 {
      timeHigh << 12 | UInt16(truncatingIfNeeded: time >> lowBits) & 0xFFF
    }
  }

  static let lowBits: Int64 = 12
  static let highBits: Int64 = 12

  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    try PropheseeHeader.begins(head) { $0 == .evt3 }
  }

  /// Reads 16-bit words.
  ///
  /// Also for words without a file: a decoder whose header is never read decodes a live stream, message by message, as
  /// long as it is kept from one to the next. A message that is to be read alone begins with TIME_HIGH, TIME_LOW and
  /// ADDR_Y.
  public struct Decoder: RecordingDecoder {
    public private(set) var geometry: SensorGeometry?
    private var high = WrappingTime(range: 1 << (EVT3Codec.lowBits + EVT3Codec.highBits))
    private var hasTime = false
    private var state = State()

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
      let words = bytes.count / 2
      guard words > 0, let start = bytes.baseAddress else { return 0 }
      let first = hasTime ? 0 : begin(start, words: words)
      // Every word but a vector is at most one event. A vector writes up to 16, some of which do not count; those
      // that find no room are left for the next call.
      let room = 2 * words + 16
      var taken = 0
      try batch.append(upTo: room) { columns throws(RecordingError) in
        try PixelGroup.all.withUnsafeBufferPointer { groups throws(RecordingError) in
          try State.effects.withUnsafeBufferPointer { effects throws(RecordingError) in
            let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
            var (high, state) = (self.high, self.state)
            var (count, index) = (0, first)
            var lastHigh = Word.timeHigh(high.time)
            while index < words {
              let word = start.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
                .littleEndian
              if Word.isVector(word) {
                guard count &+ (words &- index) &+ 16 <= room else { break }
                let (base, time) = (state.base, high.time &+ state.low)
                let isOn = base & 0x800 != 0
                let group = groups[Int(word & 0xFF)]
                group.write(to: columns, at: count, t: time, x: base, y: state.row, on: isOn)
                count &+= group.count
                if word >> 12 == Word.vector12 {
                  let group = groups[Int(word >> 8 & 0xF)]
                  group.write(
                    to: columns, at: count, t: time, x: base &+ 8, y: state.row, on: isOn)
                  count &+= group.count
                }
                state.moveBase(after: word)
              } else if (word ^ lastHigh) &- 1 < 0xFFF {
                // A TIME_HIGH that is not the last one again: cameras repeat it all the time.
                guard high.set(Word.time(word)) else {
                  columns.count = count
                  throw WrappingTime.beyond(offset + index * 2)
                }
                state.clearLow()
                lastHigh = word
              } else {
                // Written for every word, kept for events: a branch would be guessed wrong.
                t[count] = high.time &+ state.low
                x[count] = word & 0x7FF
                y[count] = state.row
                on[count] = word & 0x800 != 0
                let effect = effects[Int(word >> 12)]
                count &+= effect.events
                state.set(word & 0xFFF, effect)
              }
              index &+= 1
            }
            columns.count = count
            taken = index * 2
            (self.high, self.state) = (high, state)
          }
        }
      }
      return taken
    }

    /// Follows the state up to the first TIME_HIGH.
    ///
    /// - Returns: words taken.
    private mutating func begin(_ start: UnsafeRawPointer, words: Int) -> Int {
      for index in 0..<words {
        let word = start.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self).littleEndian
        if word >> 12 == Word.timeHigh {
          hasTime = high.set(Word.time(word))
          state.clearLow()
          return index + 1
        }
        if Word.isVector(word) {
          state.moveBase(after: word)
        } else {
          state.set(word & 0xFFF, State.effects[Int(word >> 12)])
        }
      }
      return words
    }
  }
}
