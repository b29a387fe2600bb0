/// What an address of an AEDAT 2.0 file means: it depends on the chip.
struct AEDAT2Chip: Equatable, Sendable {
  enum Kind: Sendable {
    /// The bits of ``DVS128Addresses``.
    case dvs128
    /// The bits of ``DAVISAddresses``.
    case davis
    /// The bits of ``CochleaAddresses``.
    case cochlea
  }

  var kind: Kind
  var geometry: SensorGeometry
  /// The class of jAER that stands in the header of what is written.
  var name: String

  private init(_ kind: Kind, _ width: Int, _ height: Int, _ name: String) {
    self.kind = kind
    geometry = SensorGeometry(width: width, height: height)
    self.name = name
  }

  static let dvs128 = AEDAT2Chip(.dvs128, 128, 128, "ch.unizh.ini.jaer.chip.retina.DVS128")
  static let cochlea = AEDAT2Chip(.cochlea, 1024, 1, "ch.unizh.ini.jaer.chip.cochlea.CochleaAMS1c")

  /// Chips by the beginning of their class's name.
  private static let known = [
    dvs128, cochlea, AEDAT2Chip(.cochlea, 1024, 1, "ch.unizh.ini.jaer.chip.cochlea.CochleaAMS1b"),
    AEDAT2Chip(.davis, 128, 128, "eu.seebetter.ini.chips.davis.DAVIS128"),
    AEDAT2Chip(.davis, 240, 180, "eu.seebetter.ini.chips.davis.DAVIS240C"),
    AEDAT2Chip(.davis, 240, 180, "eu.seebetter.ini.chips.davis.DAVIS240"),
    AEDAT2Chip(.davis, 346, 260, "eu.seebetter.ini.chips.davis.Davis346B"),
    AEDAT2Chip(.davis, 346, 260, "eu.seebetter.ini.chips.davis.Davis346"),
    AEDAT2Chip(.davis, 640, 480, "eu.seebetter.ini.chips.davis.Davis640"),
  ]

  /// The chip of the class `name`, in whatever package; nothing where its addresses are not known here.
  static func named(_ name: String) -> AEDAT2Chip? {
    func last(_ name: String) -> String { name.split(separator: ".").last?.lowercased() ?? "" }
    return known.first { last(name).hasPrefix(last($0.name)) }
  }

  /// The chip with this sensor.
  static func with(_ geometry: SensorGeometry) -> AEDAT2Chip? {
    known.first { $0.geometry == geometry }
  }

  /// The chip that has all of the addresses whose bits `addresses` holds, for files whose header names none.
  static func guess(_ addresses: UInt32) -> AEDAT2Chip? {
    addresses < 1 << 10 ? cochlea : addresses < 1 << 16 ? dvs128 : nil
  }
}

/// How the addresses of a chip are taken apart, and put together.
protocol AEDAT2Addresses {
  /// Whether the address is that of an event, not something else that stands between the events.
  func isEvent(_ address: UInt32) -> Bool
  func x(_ address: UInt32) -> UInt16
  func y(_ address: UInt32) -> UInt16
  func on(_ address: UInt32) -> Bool
  func address(_ event: Event) -> UInt32
}

/// DVS128: polarity in bit 0 (0 = ON), x from the right in bits 1 to 7, y in bits 8 to 14; bit 15 marks external events.
struct DVS128Addresses: AEDAT2Addresses {
  @inline(__always) func isEvent(_ address: UInt32) -> Bool { address & 0x8000 == 0 }
  @inline(__always) func x(_ address: UInt32) -> UInt16 {
    UInt16(truncatingIfNeeded: 127 &- (address >> 1 & 127))
  }
  @inline(__always) func y(_ address: UInt32) -> UInt16 {
    UInt16(truncatingIfNeeded: address >> 8 & 127)
  }
  @inline(__always) func on(_ address: UInt32) -> Bool { address & 1 == 0 }
  @inline(__always) func address(_ event: Event) -> UInt32 {
    UInt32(event.y) << 8 | (127 - UInt32(event.x)) << 1 | (event.on ? 0 : 1)
  }
}

/// DAVIS: polarity in bit 11 (1 = ON), x from the right in bits 12 to 21, y in bits 22 to 30. Bit 31 marks samples of
/// frames and of the inertial unit, bit 10 external events.
struct DAVISAddresses: AEDAT2Addresses {
  /// The last column.
  var right: UInt32

  @inline(__always) func isEvent(_ address: UInt32) -> Bool { address & 0x8000_0400 == 0 }
  /// 65536 less for what is left of the sensor.
  @inline(__always) func x(_ address: UInt32) -> UInt16 {
    UInt16(truncatingIfNeeded: right &- (address >> 12 & 0x3FF))
  }
  @inline(__always) func y(_ address: UInt32) -> UInt16 {
    UInt16(truncatingIfNeeded: address >> 22 & 0x1FF)
  }
  @inline(__always) func on(_ address: UInt32) -> Bool { address & 0x800 != 0 }
  @inline(__always) func address(_ event: Event) -> UInt32 {
    UInt32(event.y) << 22 | (right - UInt32(event.x)) << 12 | (event.on ? 0x800 : 0)
  }
}

/// Silicon cochleas: the address of 10 bits (channel, ear, filter) is taken as x, y is 0, and all events are OFF. Longer
/// ones are readings of analogue inputs.
struct CochleaAddresses: AEDAT2Addresses {
  @inline(__always) func isEvent(_ address: UInt32) -> Bool { address < 1024 }
  @inline(__always) func x(_ address: UInt32) -> UInt16 { UInt16(truncatingIfNeeded: address) }
  @inline(__always) func y(_ address: UInt32) -> UInt16 { 0 }
  @inline(__always) func on(_ address: UInt32) -> Bool { false }
  @inline(__always) func address(_ event: Event) -> UInt32 { UInt32(event.x) }
}
