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
    private var state = State()

    /// What words have set.
    private struct State {
      var high = WrappingTime(range: 1 << (EVT3Codec.lowBits + EVT3Codec.highBits))
      var time: Int64 = 0
      var hasTime = false
      var row: UInt16 = 0
      /// x of the next vector, with its polarity in bit 11.
      var base: UInt16 = 0
    }

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
      // Every word but a vector is at most one event. A vector writes up to 16, some of which do not count; those
      // that find no room are left for the next call.
      let room = 2 * words + 16
      let rare: UInt16 = 1 << Word.vector12 | 1 << Word.vector8 | 1 << Word.timeHigh
      var index = 0
      var state = self.state
      try batch.append(upTo: room) { columns throws(RecordingError) in
        try PixelGroup.all.withUnsafeBufferPointer { groups throws(RecordingError) in
          let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
          var count = 0
          while index < words {
            let place = index &* 2
            let word = UInt16(
              littleEndian: start.loadUnaligned(fromByteOffset: place, as: UInt16.self))
            let type = word >> 12
            if rare >> type & 1 == 0 {
              // Written for every word, kept for events: a branch would be guessed wrong.
              t[count] = state.time
              x[count] = word & 0x7FF
              y[count] = state.row
              on[count] = word & 0x800 != 0
              count &+= type == Word.event ? 1 : 0
              state.row = type == Word.row ? word & 0x7FF : state.row
              state.base = type == Word.base ? word & 0xFFF : state.base
              state.time =
                type == Word.timeLow ? state.high.time &+ Int64(word & 0xFFF) : state.time
            } else if type == Word.timeHigh {
              let before = state.high.time
              guard state.high.set(Int64(word & 0xFFF) << EVT3Codec.lowBits) else {
                columns.count = count
                throw WrappingTime.beyond(offset + place)
              }
              if state.high.time != before { state.time = state.high.time }
              if !state.hasTime { (count, state.hasTime) = (0, true) }
            } else {
              guard count &+ (words &- index) &+ 16 <= room else { break }
              let isOn = state.base & 0x800 != 0
              let first = groups[Int(word & 0xFF)]
              first.write(
                to: columns, at: count, t: state.time, x: state.base, y: state.row, on: isOn)
              count &+= first.count
              var step: UInt16 = 8
              if type == Word.vector12 {
                let rest = groups[Int(word >> 8 & 0xF)]
                rest.write(
                  to: columns, at: count, t: state.time, x: state.base &+ 8, y: state.row, on: isOn)
                count &+= rest.count
                step = 12
              }
              state.base = state.base & 0x800 | (state.base &+ step) & 0x7FF
            }
            index &+= 1
          }
          columns.count = state.hasTime ? count : 0
        }
      }
      self.state = state
      return index * 2
    }
  }
}
