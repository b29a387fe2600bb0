/// Reads what a sensor, or the program in front of it, sends over the network.
///
/// Sockets are no matter of a decoder: bytes are handed in as they come, datagram by datagram, or a stream in pieces.
public protocol BridgeDecoder: Sendable {
  /// The sensor, as far as the protocol tells.
  var geometry: SensorGeometry? { get }
  /// Datagrams that did not arrive, by their numbers.
  var missing: UInt64 { get }
  /// Datagrams that were passed over, for what they go on with did not arrive.
  var skipped: Int { get }

  /// Appends the events of `bytes`, in times of the sensor's clock, which has 64 bits here.
  ///
  /// - Parameter arrival: the time for events that have none, in microseconds.
  /// - Returns: bytes taken in: all of a datagram. What is left of a stream is to come again with more behind it.
  /// - Throws: ``WireError``. A datagram that is refused leaves no events; a stream cannot be read on.
  mutating func decode(
    _ bytes: UnsafeRawBufferPointer, arrival: Int64, into batch: inout EventBatch
  ) throws(WireError) -> Int
}

extension BridgeDecoder {
  public var geometry: SensorGeometry? { nil }
  public var missing: UInt64 { 0 }
  public var skipped: Int { 0 }
}

extension SensorGeometry {
  /// Every pixel that an event can name: for decoders that do not know the sensor.
  static let any = SensorGeometry(width: 65536, height: 65536)
}

extension EventBatch {
  /// Appends the events of `payload`, with the clock of the encoding made endless.
  mutating func append(
    _ payload: UnsafeRawBufferPointer, _ encoding: WireEncoding, clock: inout ClockUnwrapper
  ) throws(WireError) {
    var events = try encoding.decode(payload, tBase: 0, geometry: .any)
    if encoding.clockBits != nil { events.unwrap(&clock) }
    append(events)
  }
}
