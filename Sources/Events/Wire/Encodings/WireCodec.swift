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
}
