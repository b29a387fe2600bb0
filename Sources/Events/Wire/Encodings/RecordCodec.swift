/// An encoding of records of one size, each of which is an event on its own. It says what a record is; all checks and loops
/// are here.
protocol RecordCodec: WireCodec {
  static var name: String { get }
  /// Bytes a record.
  static var size: Int { get }
  /// The largest time after `t_base`, in microseconds, the largest x and the largest y of a record.
  static var largest: (t: Int64, x: UInt16, y: UInt16) { get }
  /// Whether the field of the time is signed.
  static var timesAreSigned: Bool { get }
  /// What a record that is none of this encoding looks like, for the error.
  static var misfit: String { get }

  /// Whether a record is of this encoding at all.
  static func fits(_ record: UnsafeRawPointer) -> Bool
  static func load(_ record: UnsafeRawPointer) -> WireRecord
  /// Writes an event that lies within ``largest``.
  static func store(t: Int64, x: UInt16, y: UInt16, on: Bool, at record: UnsafeMutableRawPointer)
}

extension RecordCodec {
  static var recordSize: Int? { size }
  static var clockBits: Int? { nil }
  static var timesAreSigned: Bool { false }
  static var misfit: String { "" }

  @inline(__always)
  static func fits(_ record: UnsafeRawPointer) -> Bool { true }

  static func decode(
    _ payload: UnsafeRawBufferPointer, _ context: WireContext
  ) throws(WireError) -> EventBatch {
    try decodeRecords(payload, context)
  }

  static func encode(
    _ batch: EventBatch, _ range: Range<Int>, _ tBase: Int64, into bytes: inout [UInt8]
  ) throws(WireError) {
    try encodeRecords(batch, range, tBase, into: &bytes)
  }

  /// Checks that `payload` is whole records, and not too many.
  ///
  /// - Returns: their number.
  static func count(
    _ payload: UnsafeRawBufferPointer, _ context: WireContext
  ) throws(WireError) -> Int {
    guard payload.count.isMultiple(of: size) else {
      throw WireError(
        .count, "\(payload.count) bytes are no multiple of the \(size) bytes of \(name)")
    }
    try context.check(count: payload.count / size)
    return payload.count / size
  }

  static func decodeRecords(
    _ payload: UnsafeRawBufferPointer, _ context: WireContext
  ) throws(WireError) -> EventBatch {
    let count = try count(payload, context)
    guard let base = payload.baseAddress else { return EventBatch() }
    // Ends at the first record that does not hold; what is wrong with it is found out afterwards.
    var batch = EventBatch()
    batch.append(upTo: count) { columns in
      let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
      var index = 0
      while index < count {
        let bytes = base + index * size
        guard fits(bytes),
          let event = RecordCheck.event(load(bytes), context, timesAreSigned: timesAreSigned)
        else { break }
        t[index] = event.t
        x[index] = event.x
        y[index] = event.y
        on[index] = event.on
        index += 1
      }
      columns.count = index
    }
    guard batch.count < count else { return batch }
    let (index, bytes) = (batch.count, base + batch.count * size)
    guard fits(bytes) else {
      throw WireError(.encoding, "event \(index) \(misfit), which \(name) does not have")
    }
    throw RecordCheck.refusal(load(bytes), index, context, timesAreSigned: timesAreSigned)
  }

  static func encodeRecords(
    _ batch: EventBatch, _ range: Range<Int>, _ tBase: Int64, into bytes: inout [UInt8]
  ) throws(WireError) {
    let begin = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: range.count * size))
    let largest = largest
    var done = range.count
    bytes.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      batch.withColumns(range) { t, x, y, on in
        for index in 0..<range.count {
          let (time, overflow) = t[index].subtractingReportingOverflow(tBase)
          guard !overflow, (0...largest.t).contains(time), x[index] <= largest.x,
            y[index] <= largest.y
          else {
            done = index
            return
          }
          store(
            t: time, x: x[index], y: y[index], on: on[index], at: base + begin + index * size)
        }
      }
    }
    if done < range.count {
      bytes.removeLast((range.count - done) * size)
      throw refusal(batch[range.lowerBound + done], range.lowerBound + done, tBase)
    }
  }

  private static func refusal(_ event: Event, _ index: Int, _ tBase: Int64) -> WireError {
    let (time, overflow) = event.t.subtractingReportingOverflow(tBase)
    guard !overflow, (0...largest.t).contains(time) else {
      return WireError(
        .time,
        "event \(index) has t = \(event.t) us, \(name) holds 0 to \(largest.t) us after "
          + "t_base = \(tBase)")
    }
    guard event.x <= largest.x else {
      return WireError(
        .geometry, "event \(index) has x = \(event.x), \(name) holds 0 to \(largest.x)")
    }
    return WireError(
      .geometry, "event \(index) has y = \(event.y), \(name) holds 0 to \(largest.y)")
  }
}
