/// An event as a record states it, before anything is checked.
struct WireRecord {
  /// Microseconds after `t_base`; of an unsigned field, its bits.
  var t: Int64
  var x: Int64
  var y: Int64
  var polarity: Int64

  @inline(__always)
  init(t: Int64, x: some BinaryInteger, y: some BinaryInteger, polarity: some BinaryInteger) {
    self.t = t
    self.x = Int64(truncatingIfNeeded: x)
    self.y = Int64(truncatingIfNeeded: y)
    self.polarity = Int64(truncatingIfNeeded: polarity)
  }
}

/// What must hold for every record, whatever it looked like.
enum RecordCheck {
  /// - Returns: nothing where ``refusal(_:_:_:timesAreSigned:)`` has something to say.
  @inline(__always)
  static func event(
    _ record: WireRecord, _ context: WireContext, timesAreSigned: Bool = true
  ) -> Event? {
    let (time, overflow) = context.tBase.addingReportingOverflow(record.t)
    guard isTime(record.t, timesAreSigned), !overflow, isTime(time, true),
      UInt64(bitPattern: record.x) < UInt64(context.geometry.width),
      UInt64(bitPattern: record.y) < UInt64(context.geometry.height),
      UInt64(bitPattern: record.polarity) < 2
    else { return nil }
    return Event(
      t: time, x: UInt16(truncatingIfNeeded: record.x), y: UInt16(truncatingIfNeeded: record.y),
      on: record.polarity == 1)
  }

  @inline(__always)
  private static func isTime(_ bits: Int64, _ isSigned: Bool) -> Bool {
    (isSigned ? bits.magnitude : UInt64(bitPattern: bits)) < WireEncoding.timeLimit.magnitude
  }

  /// Why a record is no event.
  static func refusal(
    _ record: WireRecord, _ index: Int, _ context: WireContext, timesAreSigned: Bool
  ) -> WireError {
    guard isTime(record.t, timesAreSigned) else {
      let time = timesAreSigned ? "\(record.t)" : "\(UInt64(bitPattern: record.t))"
      return WireError(.time, "event \(index) has t = \(time) us, above the limit of 2^62")
    }
    let (time, overflow) = context.tBase.addingReportingOverflow(record.t)
    guard !overflow, isTime(time, true) else {
      return WireError(
        .time,
        "event \(index) is \(record.t) us after t_base = \(context.tBase), the limit is +-2^62")
    }
    guard record.polarity == 0 || record.polarity == 1 else {
      return WireError(
        .encoding, "event \(index) has polarity \(record.polarity), which must be 0 or 1")
    }
    return WireError(
      .geometry,
      "event \(index) has x = \(record.x), y = \(record.y), outside \(context.geometry)")
  }
}

extension UnsafeRawPointer {
  /// The little-endian integer at `offset`.
  @inline(__always)
  func little<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
    T(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}

extension UnsafeMutableRawPointer {
  @inline(__always)
  func storeLittle(_ value: some FixedWidthInteger & BitwiseCopyable, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: type(of: value))
  }
}
