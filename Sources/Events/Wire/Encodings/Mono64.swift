/// The words of ``WireEncoding/mono64``, which reach 4.29 s after `t_base`.
enum Mono64: RecordCodec {
  static let name = WireEncoding.mono64.rawValue
  static let size = 8
  static let largest = (t: Int64(UInt32.max / 1000), x: UInt16.max, y: UInt16(0x7FFF))

  @inline(__always)
  static func load(_ record: UnsafeRawPointer) -> WireRecord {
    let word = record.little(0, as: UInt64.self)
    return WireRecord(
      t: Int64(UInt32(truncatingIfNeeded: word) / 1000), x: word >> 32 & 0xFFFF,
      y: word >> 48 & 0x7FFF, polarity: word >> 63)
  }

  @inline(__always)
  static func store(t: Int64, x: UInt16, y: UInt16, on: Bool, at record: UnsafeMutableRawPointer) {
    let pixel = UInt64(x) << 32 | UInt64(y) << 48 | (on ? 1 << 63 : 0)
    record.storeLittle(UInt64(bitPattern: t) &* 1000 | pixel, at: 0)
  }
}
