/// Words of a Prophesee camera as they come, without the header of a file.
///
/// Their meaning depends on the words before them. Here each message is read alone, so that one that is lost takes no other
/// with it: it begins with the time, and states a row before its first event.
protocol EVTWords: WireCodec {
  associatedtype Recording: RecordingCodec
  static var encoding: WireEncoding { get }
  /// Bytes of a word.
  static var size: Int { get }
  /// What keeps the words from being read alone.
  static func problem(_ words: UnsafeRawBufferPointer) -> String?
}

extension EVTWords {
  static var recordSize: Int? { nil }

  static func decode(
    _ payload: UnsafeRawBufferPointer, _ context: WireContext
  ) throws(WireError) -> EventBatch {
    guard payload.count.isMultiple(of: size) else {
      throw WireError(
        .count,
        "\(payload.count) bytes are no multiple of the \(size) bytes of a word of \(encoding.rawValue)"
      )
    }
    if !payload.isEmpty, let problem = problem(payload) { throw WireError(.encoding, problem) }
    var batch = EventBatch()
    var decoder = Recording.Decoder()
    var place = 0
    while place < payload.count {
      do throws(RecordingError) {
        let rest = UnsafeRawBufferPointer(rebasing: payload[place...])
        place += try decoder.decode(rest, at: place, isLast: true, into: &batch)
      } catch {
        throw WireError(.time, "\(error)")
      }
      try context.check(count: batch.count)
    }
    try context.settle(&batch)
    return batch
  }

  static func encode(
    _ batch: EventBatch, _ range: Range<Int>, _ tBase: Int64, into bytes: inout [UInt8]
  ) throws(WireError) {
    let part = try batch.relative(range, to: tBase)
    do throws(RecordingError) {
      var encoder = try Recording.Encoder(RecordingLayout(geometry: .any))
      try encoder.encode(part, range: part.indices, into: &bytes)
    } catch {
      throw WireError(error, in: encoding, from: range.lowerBound, tBase)
    }
  }
}

extension WireError {
  /// What the encoder of a file refused, of a message whose first event has the index `first` in its batch.
  init(_ error: RecordingError, in encoding: WireEncoding, from first: Int, _ tBase: Int64) {
    guard case .notRepresentable(_, let index, let field, let value, let limit) = error else {
      self.init(.encoding, "\(error)")
      return
    }
    self.init(
      field == "t" ? .time : .geometry,
      "event \(first + index) has \(field) = \(value), \(encoding.rawValue) holds \(limit)"
        + (field == "t" ? " after t_base = \(tBase)" : ""))
  }
}

/// The words of ``WireEncoding/evt2``.
enum EVT2Words: EVTWords {
  typealias Recording = EVT2Codec
  static let encoding = WireEncoding.evt2
  static let size = 4
  static let clockBits: Int? = 34

  static func problem(_ words: UnsafeRawBufferPointer) -> String? {
    let type = words[3] >> 4
    guard type != EVT2Codec.timeHigh else { return nil }
    return "the first word has type \(type), not 8 (TIME_HIGH); each message is read alone"
  }
}

/// The words of ``WireEncoding/evt3``.
enum EVT3Words: EVTWords {
  typealias Recording = EVT3Codec
  static let encoding = WireEncoding.evt3
  static let size = 2
  static let clockBits: Int? = 24

  static func problem(_ words: UnsafeRawBufferPointer) -> String? {
    typealias Word = EVT3Codec.Word
    let first = words[1] >> 4
    guard first == Word.timeHigh else {
      return "the first word has type \(first), not 8 (TIME_HIGH); each message is read alone"
    }
    var seen: UInt16 = 0
    let needed: UInt16 = 1 << Word.timeLow | 1 << Word.row
    for place in stride(from: 1, to: words.count, by: 2) {
      let type = UInt16(words[place] >> 4)
      let isVector = type == Word.vector12 || type == Word.vector8
      if isVector || type == Word.event {
        let missing = (needed | (isVector ? 1 << Word.base : 0)) & ~seen
        if missing != 0 {
          let what =
            missing >> Word.timeLow & 1 == 1
            ? "6 (TIME_LOW)" : missing >> Word.row & 1 == 1 ? "0 (ADDR_Y)" : "3 (VECT_BASE_X)"
          return "word \(place / 2) has events before any word of type \(what); "
            + "each message is read alone"
        }
      }
      seen |= 1 << type
      if seen & needed == needed, seen >> Word.base & 1 == 1 { return nil }
    }
    return nil
  }
}
