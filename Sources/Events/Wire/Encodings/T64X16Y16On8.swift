/// The records of ``WireEncoding/t64x16y16on8``.
enum T64X16Y16On8: RecordCodec {
  static let name = WireEncoding.t64x16y16on8.rawValue
  static let size = 13
  static let largest = (t: WireEncoding.timeLimit - 1, x: UInt16.max, y: UInt16.max)

  @inline(__always)
  static func load(_ record: UnsafeRawPointer) -> WireRecord {
    WireRecord(
      t: record.little(0, as: Int64.self), x: record.little(8, as: UInt16.self),
      y: record.little(10, as: UInt16.self), polarity: record.little(12, as: UInt8.self))
  }

  @inline(__always)
  static func store(t: Int64, x: UInt16, y: UInt16, on: Bool, at record: UnsafeMutableRawPointer) {
    record.storeLittle(t, at: 0)
    record.storeLittle(x, at: 8)
    record.storeLittle(y, at: 10)
    record.storeLittle(UInt8(on ? 1 : 0), at: 12)
  }
}
