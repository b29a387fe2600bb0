/// How events lie in the payload of a message. All fields are little-endian; times count from the header's `t_base`.
///
/// The order is that of the numbers in the binary header: a new encoding goes to the end.
public enum WireEncoding: String, Sendable, Codable, CaseIterable {
  /// 8 bytes: time uint32 in microseconds, x uint16, then y (15 bits) and polarity (bit 0). The name is faery's.
  case t32x16y15on1 = "t32_x16_y15_on1"
  /// 13 bytes: time uint64 in microseconds, x uint16, y uint16, polarity uint8 (0 or 1). The name is faery's.
  case t64x16y16on8 = "t64_x16_y16_on8"
  /// 8 bytes: polarity uint8, y uint8, x uint8, one that is not used, time uint32 in microseconds. samna's and AEStream's.
  case samna8
  /// 32 bytes: time in microseconds, x, y, polarity, each int64. The rows of PyAER.
  case i64x4
  /// 4 bytes: bit 31 set, x in bits 30 to 16, polarity in bit 15, y in bits 14 to 0. SPIF's words, without a time: all
  /// events happen at `t_base`.
  case spif32
  /// 8 bytes: SPIF's word with bit 31 clear, then time uint32 in microseconds.
  case spif64
  /// 8 bytes: nanoseconds in bits 31 to 0, x in bits 47 to 32, y in bits 62 to 48, polarity in bit 63. The `mono` of ROS
  /// event_camera_msgs; times are rounded down to microseconds.
  case mono64
  /// Words of 4 bytes of Prophesee's EVT 2.0, see ``EVT2Codec``; the first is TIME_HIGH.
  case evt2
  /// Words of 2 bytes of Prophesee's EVT 3.0, see ``EVT3Codec``; the first is TIME_HIGH, and TIME_LOW, ADDR_Y and, for
  /// vectors, VECT_BASE_X come before the first event.
  case evt3
  /// The body of one packet of events of AEDAT 4, without compression, as dv-processing makes them, see ``AEDAT4Events``.
  case aedat4

  /// How this encoding is read and written.
  var codec: any WireCodec.Type {
    switch self {
    case .t32x16y15on1: T32X16Y15On1.self
    case .t64x16y16on8: T64X16Y16On8.self
    case .samna8: Samna8.self
    case .i64x4: Int64Rows.self
    case .spif32: Spif32.self
    case .spif64: Spif64.self
    case .mono64: Mono64.self
    case .evt2: EVT2Words.self
    case .evt3: EVT3Words.self
    case .aedat4: AEDAT4Body.self
    }
  }

  /// Bytes an event, where all have the same size.
  public var recordSize: Int? { codec.recordSize }

  /// Bits of the clock that the payload's times are read from, where it begins again at 0 while a sensor runs.
  public var clockBits: Int? { codec.clockBits }

  /// Whether events keep their times: those of ``spif32`` have none.
  public var keepsTimes: Bool { self != .spif32 }

  /// The number of the encoding in the binary header.
  public var code: UInt16 { UInt16((Self.allCases.firstIndex(of: self) ?? 0) + 1) }

  public init?(code: UInt16) {
    guard (1...Self.allCases.count).contains(Int(code)) else { return nil }
    self = Self.allCases[Int(code) - 1]
  }

  /// The largest stream time, about 146,000 years: sums of two such times cannot overflow.
  public static let timeLimit: Int64 = 1 << 62

  /// Times that a header or a label may state.
  static let headerTimes: ClosedRange<Int64> = -(1 << 61)...(1 << 61)

  /// Decodes a whole payload.
  ///
  /// - Parameter mostEvents: a payload that holds more is refused; it bounds the memory that is taken.
  /// - Throws: ``WireError`` with the index of the event, its value and the limit.
  public func decode(
    _ payload: UnsafeRawBufferPointer, tBase: Int64, geometry: SensorGeometry,
    mostEvents: Int = 1 << 22
  ) throws(WireError) -> EventBatch {
    try codec.decode(
      payload, WireContext(tBase: tBase, geometry: geometry, mostEvents: mostEvents))
  }

  /// Appends the events of `batch[range]` to `bytes`, with times counted from `tBase`.
  ///
  /// - Throws: ``WireError`` for an event that the encoding cannot hold.
  public func encode(
    _ batch: EventBatch, range: Range<Int>, tBase: Int64, into bytes: inout [UInt8]
  ) throws(WireError) {
    try codec.encode(batch, range, tBase, into: &bytes)
  }
}
