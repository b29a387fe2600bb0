/// The records of ``WireEncoding/samna8``: the events of a Speck, whose pixels have 8 bits each way.
enum Samna8: RecordCodec {
  static let name = WireEncoding.samna8.rawValue
  static let size = 8
  static let clockBits: Int? = 32
  static let largest = (t: Int64(UInt32.max), x: UInt16(255), y: UInt16(255))

  @inline(__always)
  static func load(_ record: UnsafeRawPointer) -> WireRecord {
    // The byte at 3 only fills a structure of C up, and may hold anything.
    WireRecord(
      t: Int64(record.little(4, as: UInt32.self)), x: record.little(2, as: UInt8.self),
      y: record.little(1, as: UInt8.self), polarity: record.little(0, as: UInt8.self))
  }

  @inline(__always)
  static func store(t: Int64, x: UInt16, y: UInt16, on: Bool, at record: UnsafeMutableRawPointer) {
    record.storeLittle(UInt8(on ? 1 : 0), at: 0)
    record.storeLittle(UInt8(truncatingIfNeeded: y), at: 1)
    record.storeLittle(UInt8(truncatingIfNeeded: x), at: 2)
    record.storeLittle(UInt8(0), at: 3)
    record.storeLittle(UInt32(truncatingIfNeeded: t), at: 4)
  }
}
