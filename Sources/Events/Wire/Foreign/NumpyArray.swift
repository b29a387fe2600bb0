import Foundation

/// An array of numpy that is described by `{"dtype": ..., "shape": ...}` and follows as a buffer: one element an event
/// where the dtype has fields, rows of t, x, y and polarity where it is a whole number.
///
/// The dtype is `str(a.dtype)` or `a.dtype.descr`. Times are in microseconds.
struct NumpyArray {
  let layout: NumpyLayout
  let count: Int

  /// Reads the description.
  init(_ json: UnsafeRawBufferPointer) throws(WireError) {
    guard json.count <= EventHeader.largestJSON else {
      throw WireError(
        .header,
        "a description of \(json.count) bytes, the limit is \(EventHeader.largestJSON)")
    }
    let object = try? JSONSerialization.jsonObject(with: Data(json))
    guard let fields = object as? [String: Any], let dtype = fields["dtype"],
      let shape = fields["shape"] as? [Int]
    else {
      throw WireError(
        .header, "an array takes {\"dtype\": ..., \"shape\": [...]} before its buffer")
    }
    if let name = dtype as? String, name.first.map({ !"[{".contains($0) }) ?? true {
      guard shape.count == 2, shape[1] == 4, shape[0] >= 0 else {
        throw WireError(.header, "an array of the shape \(shape); rows of t, x, y, p have [n, 4]")
      }
      layout = try NumpyLayout(rows: name)
    } else {
      guard shape.count == 1, shape[0] >= 0 else {
        throw WireError(.header, "an array of the shape \(shape); events with fields have [n]")
      }
      layout = try NumpyLayout(fields: (dtype as? String).map(Self.literal) ?? dtype)
    }
    count = shape[0]
  }

  /// What a literal of Python says, as JSON would; nothing that is a dtype where it says nothing.
  private static func literal(_ text: String) -> Any {
    Array(text.utf8).withUnsafeBytes { bytes in
      var parser = PythonLiteral.Parser(bytes[...], at: 0)
      return (try? parser.parse()).map(plain) ?? 0
    }
  }

  private static func plain(_ literal: PythonLiteral) -> Any {
    switch literal {
    case .string(let text), .name(let text): text
    case .integer(let number): number
    case .sequence(let items): items.map(plain)
    case .dictionary(let items): items.mapValues(plain)
    }
  }

  func message(
    source: String, _ buffer: UnsafeRawBufferPointer, _ limits: EventMessage.Limits
  ) throws(WireError) -> EventMessage {
    let context = WireContext(
      tBase: 0, geometry: limits.geometry, mostEvents: limits.mostEvents)
    let events = try decode(buffer, context)
    // What is said of the clock: one of 32 bits begins again.
    let encoding: WireEncoding = layout.t.size == 4 ? .t32x16y15on1 : .i64x4
    try limits.check(span: events, clockBits: encoding.clockBits)
    return .unnumbered(source, encoding, events, limits.geometry)
  }

  private func decode(
    _ buffer: UnsafeRawBufferPointer, _ context: WireContext
  ) throws(WireError) -> EventBatch {
    guard buffer.count % layout.size == 0, buffer.count / layout.size == count else {
      throw WireError(
        .count, "\(buffer.count) bytes for \(count) elements of \(layout.size) bytes")
    }
    try context.check(count: count)
    guard let base = buffer.baseAddress else { return EventBatch() }
    let layout = layout
    var batch = EventBatch()
    batch.append(upTo: count) { columns in
      while columns.count < count,
        let event = RecordCheck.event(layout.record(base + columns.count * layout.size), context)
      {
        columns.append(t: event.t, x: event.x, y: event.y, on: event.on)
      }
    }
    if batch.count < count {
      let record = layout.record(base + batch.count * layout.size)
      throw RecordCheck.refusal(record, batch.count, context, timesAreSigned: true)
    }
    return batch
  }
}

extension NumpyLayout {
  @inline(__always)
  func record(_ element: UnsafeRawPointer) -> WireRecord {
    WireRecord(
      t: t.load(element), x: x.load(element), y: y.load(element), polarity: polarity.load(element))
  }
}
