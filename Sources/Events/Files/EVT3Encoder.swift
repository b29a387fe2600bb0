extension EVT3Codec {
  /// Writes 16-bit words, with vectors where they are shorter than single events.
  ///
  /// The order of the events stays. Vectors come as VECT_12, VECT_12, VECT_8 for 32 pixels, as cameras send them. Refused
  /// are x or y above 2047, and a time that is negative, older than the last start at 0, 2^23 us or more before the
  /// latest, or 2^16 starts or more after it.
  public struct Encoder: RecordingEncoder {
    private let geometry: SensorGeometry
    private var high = TimeHighWriter(lowBits: EVT3Codec.lowBits, highBits: EVT3Codec.highBits)
    private var time: Int64?
    private var row: UInt16?
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) { geometry = layout.geometry }

    public mutating func begin(into bytes: inout [UInt8]) throws(RecordingError) {
      bytes += PropheseeHeader.raw(evt: "3.0", format: "EVT3", geometry).utf8
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      var position = range.lowerBound
      while position < range.upperBound {
        let event = batch[position]
        try event.check(index: index, columns: 2048, rows: 2048, times: high.reach)
        setTime(event.t, &bytes)
        if event.y != row {
          append(Word.row, event.y, &bytes)
          row = event.y
        }
        let end = endOfRun(batch, position..<range.upperBound)
        write(batch, position..<end, &bytes)
        index += end - position
        position = end
      }
    }

    private func append(_ type: UInt16, _ content: UInt16, _ bytes: inout [UInt8]) {
      bytes.append(littleEndian: type << 12 | content)
    }

    private mutating func setTime(_ time: Int64, _ bytes: inout [UInt8]) {
      guard time != self.time else { return }
      if !high.holds(time) {
        for part in high.parts(to: time) {
          append(Word.timeHigh, UInt16(truncatingIfNeeded: part), &bytes)
        }
      }
      append(Word.timeLow, UInt16(time & 0xFFF), &bytes)
      self.time = time
    }

    /// Where events of the same time, row and polarity with x growing end.
    private func endOfRun(_ batch: EventBatch, _ range: Range<Int>) -> Int {
      let first = batch[range.lowerBound]
      var x = first.x
      for position in range.dropFirst() {
        let event = batch[position]
        guard event.t == first.t, event.y == first.y, event.on == first.on, event.x > x,
          event.x < 2048
        else { return position }
        x = event.x
      }
      return range.upperBound
    }

    /// Writes a run: three words for 32 pixels, a fourth where they do not go on from the vectors before, and a word an
    /// event where that is shorter.
    private func write(_ batch: EventBatch, _ range: Range<Int>, _ bytes: inout [UInt8]) {
      var position = range.lowerBound
      var base: UInt16?
      while position < range.upperBound {
        let x = batch.x[position]
        let polarity: UInt16 = batch.on[position] ? 0x800 : 0
        let isNext = base.map { x - $0 < 32 } ?? false
        let start = isNext ? base ?? x : x
        let mask = mask(batch, position..<range.upperBound, from: start)
        guard mask.nonzeroBitCount > (isNext ? 3 : 4) else {
          append(Word.event, polarity | x, &bytes)
          position += 1
          base = nil
          continue
        }
        if !isNext { append(Word.base, polarity | start, &bytes) }
        append(Word.vector12, UInt16(mask & 0xFFF), &bytes)
        append(Word.vector12, UInt16(mask >> 12 & 0xFFF), &bytes)
        append(Word.vector8, UInt16(mask >> 24), &bytes)
        position += mask.nonzeroBitCount
        base = start + 32
      }
    }

    private func mask(_ batch: EventBatch, _ range: Range<Int>, from start: UInt16) -> UInt32 {
      var mask: UInt32 = 0
      for position in range {
        let place = batch.x[position] - start
        guard place < 32 else { break }
        mask |= 1 << UInt32(place)
      }
      return mask
    }
  }
}
