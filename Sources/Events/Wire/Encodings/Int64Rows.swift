/// The rows of ``WireEncoding/i64x4``. Times may lie before `t_base`.
enum Int64Rows: RecordCodec {
  static let name = WireEncoding.i64x4.rawValue
  static let size = 32
  static let timesAreSigned = true
  static let largest = (t: WireEncoding.timeLimit - 1, x: UInt16.max, y: UInt16.max)

  @inline(__always)
  static func load(_ record: UnsafeRawPointer) -> WireRecord {
    WireRecord(
      t: record.little(0, as: Int64.self), x: record.little(8, as: Int64.self),
      y: record.little(16, as: Int64.self), polarity: record.little(24, as: Int64.self))
  }

  @inline(__always)
  static func store(t: Int64, x: UInt16, y: UInt16, on: Bool, at record: UnsafeMutableRawPointer) {
    record.storeLittle(t, at: 0)
    record.storeLittle(Int64(x), at: 8)
    record.storeLittle(Int64(y), at: 16)
    record.storeLittle(Int64(on ? 1 : 0), at: 24)
  }
}
