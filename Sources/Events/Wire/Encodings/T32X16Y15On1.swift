/// The records of ``WireEncoding/t32x16y15on1``, which most messages have: a column at a time. What cannot be coded is
/// found that way, not named: that is left to the way by single events.
enum T32X16Y15On1: RecordCodec {
  static let name = WireEncoding.t32x16y15on1.rawValue
  static let size = 8
  static let clockBits: Int? = 32
  static let largest = (t: Int64(UInt32.max), x: UInt16.max, y: UInt16(0x7FFF))

  @inline(__always)
  static func load(_ record: UnsafeRawPointer) -> WireRecord {
    let packed = record.little(6, as: UInt16.self)
    return WireRecord(
      t: Int64(record.little(0, as: UInt32.self)), x: record.little(4, as: UInt16.self),
      y: packed >> 1, polarity: packed & 1)
  }

  @inline(__always)
  static func store(t: Int64, x: UInt16, y: UInt16, on: Bool, at record: UnsafeMutableRawPointer) {
    record.storeLittle(UInt32(truncatingIfNeeded: t), at: 0)
    record.storeLittle(x, at: 4)
    record.storeLittle(y << 1 | (on ? 1 : 0), at: 6)
  }

  static func decode(
    _ payload: UnsafeRawBufferPointer, _ context: WireContext
  ) throws(WireError) -> EventBatch {
    let count = try count(payload, context)
    if let batch = columns(payload, count, context) { return batch }
    return try decodeRecords(payload, context)
  }

  static func encode(
    _ batch: EventBatch, _ range: Range<Int>, _ tBase: Int64, into bytes: inout [UInt8]
  ) throws(WireError) {
    if !columns(batch, range, tBase, into: &bytes) {
      try encodeRecords(batch, range, tBase, into: &bytes)
    }
  }

  /// - Returns: nothing if an event lies outside the sensor, or a time might lie outside its limits.
  private static func columns(
    _ payload: UnsafeRawBufferPointer, _ count: Int, _ context: WireContext
  ) -> EventBatch? {
    let tBase = context.tBase
    guard WireEncoding.headerTimes.contains(tBase) else { return nil }
    let t = column(count) { index in
      tBase &+ Int64(UInt32(littleEndian: load(payload, index * 8)))
    }
    var (right, bottom): (UInt16, UInt16) = (0, 0)
    let x = column(count) { index in
      let x = UInt16(littleEndian: load(payload, index * 8 + 4))
      right = max(right, x)
      return x
    }
    let y = column(count) { index in
      let y = UInt16(littleEndian: load(payload, index * 8 + 6)) >> 1
      bottom = max(bottom, y)
      return y
    }
    guard context.geometry.contains(x: right, y: bottom) else { return nil }
    return EventBatch(t: t, x: x, y: y, on: column(count) { payload[$0 * 8 + 6] & 1 == 1 })
  }

  /// - Returns: whether every event can be written; nothing is, otherwise.
  private static func columns(
    _ batch: EventBatch, _ range: Range<Int>, _ tBase: Int64, into bytes: inout [UInt8]
  ) -> Bool {
    let latest = tBase.addingReportingOverflow(Int64(UInt32.max))
    guard !latest.overflow else { return false }
    var isWhole = true
    let records = [UInt64](unsafeUninitializedCapacity: range.count) { records, count in
      batch.withColumns(range) { t, x, y, on in
        for index in 0..<range.count {
          isWhole = isWhole && t[index] >= tBase && t[index] <= latest.partialValue
          isWhole = isWhole && y[index] < 1 << 15
          let pixel = UInt64(x[index]) | UInt64(y[index] << 1 | (on[index] ? 1 : 0)) << 16
          let time = UInt64(UInt32(truncatingIfNeeded: t[index] &- tBase))
          records.initializeElement(at: index, to: (time | pixel << 32).littleEndian)
        }
      }
      count = range.count
    }
    guard isWhole else { return false }
    records.withUnsafeBytes { bytes.append(contentsOf: $0) }
    return true
  }

  @inline(__always)
  private static func load<T: FixedWidthInteger>(
    _ payload: UnsafeRawBufferPointer, _ offset: Int
  ) -> T {
    payload.loadUnaligned(fromByteOffset: offset, as: T.self)
  }

  @inline(__always)
  private static func column<T>(_ count: Int, _ element: (Int) -> T) -> [T] {
    [T](unsafeUninitializedCapacity: count) { column, initialized in
      for index in 0..<count { column.initializeElement(at: index, to: element(index)) }
      initialized = count
    }
  }
}
