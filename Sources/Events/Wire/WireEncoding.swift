/// How events lie in the payload of a message; the names are faery's. All fields are little-endian.
public enum WireEncoding: String, Sendable, Codable, CaseIterable {
  /// 8 bytes: time uint32 in microseconds after the header's `t_base`, x uint16, then y (15 bits) and polarity (bit 0).
  case t32x16y15on1 = "t32_x16_y15_on1"
  /// 13 bytes: time uint64 in microseconds after `t_base`, x uint16, y uint16, polarity uint8 (0 or 1).
  case t64x16y16on8 = "t64_x16_y16_on8"

  /// Bytes an event.
  public var recordSize: Int {
    switch self {
    case .t32x16y15on1: 8
    case .t64x16y16on8: 13
    }
  }

  /// The number of the encoding in the binary header.
  public var code: UInt16 {
    switch self {
    case .t32x16y15on1: 1
    case .t64x16y16on8: 2
    }
  }

  public init?(code: UInt16) {
    guard let encoding = Self.allCases.first(where: { $0.code == code }) else { return nil }
    self = encoding
  }

  /// The largest stream time, about 146,000 years: sums of two such times cannot overflow.
  public static let timeLimit: Int64 = 1 << 62

  /// Times that a header or a label may state.
  static let headerTimes: ClosedRange<Int64> = -(1 << 61)...(1 << 61)

  /// Decodes a whole payload.
  ///
  /// - Throws: ``WireError`` with the index of the event, its value and the limit.
  public func decode(
    _ payload: UnsafeRawBufferPointer, tBase: Int64, geometry: SensorGeometry
  ) throws(WireError) -> EventBatch {
    guard payload.count.isMultiple(of: recordSize) else {
      throw WireError(
        .count, "\(payload.count) bytes are no multiple of the \(recordSize) bytes of \(rawValue)")
    }
    if self == .t32x16y15on1, let batch = CompactRecords.decode(payload, tBase, geometry) {
      return batch
    }
    var batch = EventBatch()
    batch.reserveCapacity(payload.count / recordSize)
    for offset in stride(from: 0, to: payload.count, by: recordSize) {
      let event = try decodeRecord(payload, at: offset, tBase: tBase)
      guard geometry.contains(x: event.x, y: event.y) else {
        throw WireError(
          .geometry,
          "event \(batch.count) has x = \(event.x), y = \(event.y), outside \(geometry)")
      }
      batch.append(event)
    }
    return batch
  }

  private func decodeRecord(
    _ payload: UnsafeRawBufferPointer, at offset: Int, tBase: Int64
  ) throws(WireError) -> Event {
    func load<T: FixedWidthInteger>(_ shift: Int, as type: T.Type) -> T {
      T(littleEndian: payload.loadUnaligned(fromByteOffset: offset + shift, as: type))
    }
    switch self {
    case .t32x16y15on1:
      let packed = load(6, as: UInt16.self)
      return Event(
        t: try streamTime(Int64(load(0, as: UInt32.self)), at: offset, tBase: tBase),
        x: load(4, as: UInt16.self), y: packed >> 1, on: packed & 1 == 1)
    case .t64x16y16on8:
      let time = load(0, as: UInt64.self)
      guard time < UInt64(Self.timeLimit) else {
        throw WireError(
          .time, "event \(offset / recordSize) has t = \(time) us, above the limit of 2^62")
      }
      let polarity = payload[offset + 12]
      guard polarity < 2 else {
        throw WireError(
          .encoding, "event \(offset / recordSize) has polarity \(polarity), which must be 0 or 1")
      }
      return Event(
        t: try streamTime(Int64(time), at: offset, tBase: tBase), x: load(8, as: UInt16.self),
        y: load(10, as: UInt16.self), on: polarity == 1)
    }
  }

  private func streamTime(
    _ time: Int64, at offset: Int, tBase: Int64
  ) throws(WireError) -> Int64 {
    let (sum, overflow) = tBase.addingReportingOverflow(time)
    guard !overflow, sum.magnitude < Self.timeLimit.magnitude else {
      throw WireError(
        .time,
        "event \(offset / recordSize) is \(time) us after t_base = \(tBase), the limit is +-2^62")
    }
    return sum
  }

  /// Appends the records of `batch[range]` to `bytes`, with times counted from `tBase`.
  ///
  /// - Throws: ``WireError`` for an event that the encoding cannot hold.
  public func encode(
    _ batch: EventBatch, range: Range<Int>, tBase: Int64, into bytes: inout [UInt8]
  ) throws(WireError) {
    if self == .t32x16y15on1, CompactRecords.encode(batch, range, tBase, into: &bytes) { return }
    bytes.reserveCapacity(bytes.count + range.count * recordSize)
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    for index in range {
      let (time, overflow) = batch.t[index].subtractingReportingOverflow(tBase)
      let limit = self == .t32x16y15on1 ? Int64(UInt32.max) : Self.timeLimit - 1
      guard !overflow, time >= 0, time <= limit else {
        throw WireError(
          .time,
          "event \(index) has t = \(batch.t[index]) us, "
            + "\(rawValue) holds 0 to \(limit) us after t_base = \(tBase)")
      }
      switch self {
      case .t32x16y15on1:
        guard batch.y[index] < 1 << 15 else {
          throw WireError(
            .geometry, "event \(index) has y = \(batch.y[index]), \(rawValue) holds 0 to 32767")
        }
        append(UInt32(time))
        append(batch.x[index])
        append(batch.y[index] << 1 | (batch.on[index] ? 1 : 0))
      case .t64x16y16on8:
        append(UInt64(time))
        append(batch.x[index])
        append(batch.y[index])
        append(UInt8(batch.on[index] ? 1 : 0))
      }
    }
  }
}
