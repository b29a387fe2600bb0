/// The body of a packet of events in AEDAT 4, without compression: a size-prefixed `EVTS` FlatBuffer with one vector of events.
///
/// An event is 16 bytes: the time (8 bytes, signed, microseconds), x and y (2 bytes each, signed), the polarity (1 byte, not 0 =
/// ON), and 3 that say nothing. dv-processing sends the same bodies over its network streams.
public enum AEDAT4Events {
  static let identifier = "EVTS"
  static let eventSize = 16
  /// Bytes before the first event, in what is written here.
  static let headSize = 32

  /// Appends the events of one body.
  ///
  /// - Parameter offset: where the packet stands in the file or stream, for errors.
  /// - Throws: ``RecordingError/malformed(path:offset:reason:)`` for other bytes, a negative x or y, and a time beyond 2^62
  ///   us; the events before it have been appended.
  public static func decode(
    _ body: UnsafeRawBufferPointer, at offset: Int = 0, into batch: inout EventBatch
  ) throws(RecordingError) {
    guard let buffer = FlatBuffer(sizePrefixed: body, identifier: identifier),
      let table = buffer.root, buffer.load(at: table, Int32.self) != nil
    else {
      throw .malformed(path: nil, offset: offset, reason: "a packet of events without EVTS")
    }
    guard let field = buffer.place(ofField: 0, in: table) else { return }
    guard let events = buffer.vector(at: field, stride: eventSize) else {
      throw .malformed(path: nil, offset: offset, reason: "events that lie outside their packet")
    }
    let bytes = buffer.slice(events.start, count: events.count * eventSize)
    try batch.append(upTo: events.count) { columns throws(RecordingError) in
      let wrong = copy(bytes, events.count, &columns)
      guard wrong, let bad = firstBad(columns, events.count) else { return }
      columns.count = bad
      throw .malformed(
        path: nil, offset: offset,
        reason: "event \(bad) of a packet has t = \(columns.t[bad]), "
          + "x = \(Int16(bitPattern: columns.x[bad])), y = \(Int16(bitPattern: columns.y[bad]))")
    }
  }

  /// - Returns: whether one of the events cannot be.
  @inline(__always)
  private static func copy(
    _ bytes: UnsafeRawBufferPointer, _ count: Int, _ columns: inout EventColumns
  ) -> Bool {
    let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
    var (times, places): (UInt64, UInt64) = (0, 0)
    for index in 0..<count {
      let place = index &* eventSize
      let time = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int64.self))
      let rest = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: place &+ 8, as: UInt64.self))
      // The top bit is set where the time is beyond 2^62.
      times |= UInt64(bitPattern: time &+ 1 << 62)
      places |= rest
      t[index] = time
      x[index] = UInt16(truncatingIfNeeded: rest)
      y[index] = UInt16(truncatingIfNeeded: rest >> 16)
      on[index] = rest & 0xFF_0000_0000 != 0
    }
    columns.count = count
    return times >> 63 != 0 || places & 0x8000_8000 != 0
  }

  private static func firstBad(_ columns: borrowing EventColumns, _ count: Int) -> Int? {
    for index in 0..<count
    where columns.x[index] > 0x7FFF || columns.y[index] > 0x7FFF
      || columns.t[index] >= 1 << 62 || columns.t[index] < -1 << 62
    {
      return index
    }
    return nil
  }

  /// Puts the size and the table in front of `count` events.
  static func writeHead(_ count: Int, into body: UnsafeMutableRawBufferPointer) {
    let size = UInt32(headSize - 4 + count * eventSize)
    // Root, identifier, 2 bytes to align, vtable, table with the offset of the vector, the vector's length.
    let words: [UInt32] = [
      size, 16, 0x5354_5645, 0x0006_0000, 0x0004_0008, 6, 4, UInt32(count),
    ]
    for (index, word) in words.enumerated() {
      body.storeBytes(of: word.littleEndian, toByteOffset: 4 * index, as: UInt32.self)
    }
  }

  /// Puts event `index` of a body in place.
  @inline(__always)
  static func write(_ event: Event, index: Int, into body: UnsafeMutableRawBufferPointer) {
    let place = headSize &+ index &* eventSize
    let rest = UInt64(event.x) | UInt64(event.y) << 16 | (event.on ? 1 << 32 : 0)
    body.storeBytes(of: event.t.littleEndian, toByteOffset: place, as: Int64.self)
    body.storeBytes(of: rest.littleEndian, toByteOffset: place &+ 8, as: UInt64.self)
  }

  /// What of `event` the format cannot hold.
  @inline(__always)
  static func refusal(_ event: Event) -> (field: String, value: Int64, limit: String)? {
    if event.x > 0x7FFF { return ("x", Int64(event.x), "0 to 32767") }
    if event.y > 0x7FFF { return ("y", Int64(event.y), "0 to 32767") }
    if event.t >= 1 << 62 || event.t < -1 << 62 { return ("t", event.t, "-2^62 to 2^62 - 1 us") }
    return nil
  }

  /// The body of a packet with the events of `batch[range]`.
  ///
  /// - Throws: ``RecordingError/notRepresentable(path:index:field:value:limit:)``, with the index in `batch`.
  public static func encode(_ batch: EventBatch, range: Range<Int>) throws(RecordingError)
    -> [UInt8]
  {
    for index in range {
      guard let (field, value, limit) = refusal(batch[index]) else { continue }
      throw .notRepresentable(index: index, field: field, value: value, limit: limit)
    }
    var body = [UInt8](repeating: 0, count: headSize + range.count * eventSize)
    body.withUnsafeMutableBytes { body in
      writeHead(range.count, into: body)
      for index in range { write(batch[index], index: index - range.lowerBound, into: body) }
    }
    return body
  }
}
