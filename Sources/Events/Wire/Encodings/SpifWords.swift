/// The words of SPIF, the SpiNNaker peripheral interface: a mark in bit 31, x in bits 30 to 16, polarity in bit 15, y in
/// bits 14 to 0. The mark is set where no time follows.
enum SpifWord {
  static let untimed: UInt32 = 1 << 31

  @inline(__always)
  static func record(_ word: UInt32, t: Int64) -> WireRecord {
    WireRecord(t: t, x: word >> 16 & 0x7FFF, y: word & 0x7FFF, polarity: word >> 15 & 1)
  }

  @inline(__always)
  static func word(x: UInt16, y: UInt16, on: Bool) -> UInt32 {
    UInt32(x) << 16 | (on ? 1 << 15 : 0) | UInt32(y)
  }
}

/// The words of ``WireEncoding/spif32``.
enum Spif32: RecordCodec {
  static let name = WireEncoding.spif32.rawValue
  static let size = 4
  static let largest = (t: Int64(0), x: UInt16(0x7FFF), y: UInt16(0x7FFF))
  static let misfit = "announces a time (bit 31 is clear)"

  @inline(__always)
  static func fits(_ record: UnsafeRawPointer) -> Bool {
    record.little(0, as: UInt32.self) & SpifWord.untimed != 0
  }

  @inline(__always)
  static func load(_ record: UnsafeRawPointer) -> WireRecord {
    SpifWord.record(record.little(0, as: UInt32.self), t: 0)
  }

  @inline(__always)
  static func store(t: Int64, x: UInt16, y: UInt16, on: Bool, at record: UnsafeMutableRawPointer) {
    record.storeLittle(SpifWord.word(x: x, y: y, on: on) | SpifWord.untimed, at: 0)
  }
}

/// The words of ``WireEncoding/spif64``.
enum Spif64: RecordCodec {
  static let name = WireEncoding.spif64.rawValue
  static let size = 8
  static let clockBits: Int? = 32
  static let largest = (t: Int64(UInt32.max), x: UInt16(0x7FFF), y: UInt16(0x7FFF))
  static let misfit = "announces that it has no time (bit 31 is set)"

  @inline(__always)
  static func fits(_ record: UnsafeRawPointer) -> Bool {
    record.little(0, as: UInt32.self) & SpifWord.untimed == 0
  }

  @inline(__always)
  static func load(_ record: UnsafeRawPointer) -> WireRecord {
    SpifWord.record(
      record.little(0, as: UInt32.self), t: Int64(record.little(4, as: UInt32.self)))
  }

  @inline(__always)
  static func store(t: Int64, x: UInt16, y: UInt16, on: Bool, at record: UnsafeMutableRawPointer) {
    record.storeLittle(SpifWord.word(x: x, y: y, on: on), at: 0)
    record.storeLittle(UInt32(truncatingIfNeeded: t), at: 4)
  }
}
