/// Reads and writes one encoding: a file of its own each, and a line in ``WireEncoding``.
protocol WireCodec {
  /// See ``WireEncoding/recordSize``.
  static var recordSize: Int? { get }
  /// See ``WireEncoding/clockBits``.
  static var clockBits: Int? { get }

  /// Decodes a whole payload.
  static func decode(
    _ payload: UnsafeRawBufferPointer, _ context: WireContext
  ) throws(WireError) -> EventBatch

  /// Appends events to `bytes`.
  static func encode(
    _ batch: EventBatch, _ range: Range<Int>, _ tBase: Int64, into bytes: inout [UInt8]
  ) throws(WireError)
}

/// What a payload is read against.
struct WireContext {
  var tBase: Int64
  var geometry: SensorGeometry
  var mostEvents: Int

  func check(count: Int) throws(WireError) {
    guard count <= mostEvents else {
      throw WireError(.size, "\(count) events, the limit is \(mostEvents) a message")
    }
  }

  /// Puts events that were read by the decoder of a file in their place and time.
  func settle(_ events: inout EventBatch) throws(WireError) {
    if let index = events.firstOutside(geometry) {
      throw WireError(
        .geometry,
        "event \(index) has x = \(events.x[index]), y = \(events.y[index]), outside \(geometry)")
    }
    guard let span = events.timeSpan else { return }
    for time in [span.lowerBound, span.upperBound] {
      let (sum, overflow) = tBase.addingReportingOverflow(time)
      guard !overflow, sum.magnitude < WireEncoding.timeLimit.magnitude else {
        throw WireError(
          .time, "an event is \(time) us after t_base = \(tBase), the limit is +-2^62")
      }
    }
    events.shift(by: tBase)
  }
}

extension EventBatch {
  /// The events of `range` with times counted from `tBase`.
  func relative(_ range: Range<Int>, to tBase: Int64) throws(WireError) -> EventBatch {
    var part = EventBatch()
    part.append(self, range: range)
    guard let span = part.timeSpan else { return part }
    for time in [span.lowerBound, span.upperBound]
    where time.subtractingReportingOverflow(tBase).overflow {
      throw WireError(.time, "an event has t = \(time) us, t_base is \(tBase)")
    }
    part.shift(by: 0 &- tBase)
    return part
  }
}
