/// The datagrams of jAER: a number, then an address and a time in microseconds for each event, 4 bytes each and big-endian
/// unless jAER is told otherwise.
public struct JAERDatagrams: BridgeDecoder {
  /// How a chip's addresses are laid out.
  public enum Chip: String, Sendable, CaseIterable {
    /// x in bits 1 to 7, mirrored; y in bits 8 to 14; ON where bit 0 is clear.
    case dvs128
    /// x in bits 12 to 21, mirrored; y in bits 22 to 30; ON where bit 11 is set. Words of frames, inertial sensors and
    /// external events (bits 31 and 10) are passed over.
    case davis

    /// The layout of a sensor of this size.
    public init(_ geometry: SensorGeometry) {
      self = geometry == SensorGeometry(width: 128, height: 128) ? .dvs128 : .davis
    }
  }

  /// What can be chosen in jAER's dialogue.
  public struct Options: Sendable, Equatable {
    /// A number before the events.
    public var isNumbered = true
    /// Addresses before times.
    public var isAddressFirst = true
    public var isBigEndian = true

    public init() {}
  }

  public private(set) var missing: UInt64 = 0
  private let chip: Chip
  private let width: Int
  private let options: Options
  private var clock = ClockUnwrapper()
  private var expected: UInt32?

  public init(_ chip: Chip, geometry: SensorGeometry, options: Options = Options()) {
    self.chip = chip
    width = geometry.width
    self.options = options
  }

  public mutating func decode(
    _ bytes: UnsafeRawBufferPointer, arrival: Int64, into batch: inout EventBatch
  ) throws(WireError) -> Int {
    let head = options.isNumbered ? 4 : 0
    guard bytes.count >= head, (bytes.count - head).isMultiple(of: 8) else {
      throw WireError(
        .count, "\(bytes.count) bytes are no number of \(head) bytes and events of 8 bytes")
    }
    guard let base = bytes.baseAddress else { return 0 }
    let word = { [options] (place: Int) in
      let bits = base.little(place, as: UInt32.self)
      return options.isBigEndian ? bits.byteSwapped : bits
    }
    if options.isNumbered { note(word(0)) }
    let (address, time) = options.isAddressFirst ? (0, 4) : (4, 0)
    var clock = clock
    batch.append(upTo: bytes.count / 8) { columns in
      for place in stride(from: head, to: bytes.count, by: 8) {
        let t = clock.unwrap(Int64(word(place + time)))
        guard let (x, y, on) = pixel(word(place + address)) else { continue }
        columns.append(t: t, x: x, y: y, on: on)
      }
    }
    self.clock = clock
    return bytes.count
  }

  /// A number that goes back is one of a sender that counts anew, or of a datagram that was overtaken.
  private mutating func note(_ number: UInt32) {
    if let expected {
      let ahead = number &- expected
      if ahead < 1 << 31 { missing &+= UInt64(ahead) }
    }
    expected = number &+ 1
  }

  private func pixel(_ address: UInt32) -> (x: UInt16, y: UInt16, on: Bool)? {
    let x: UInt32
    let y: UInt32
    let on: Bool
    switch chip {
    case .dvs128:
      guard address >> 15 & 1 == 0 else { return nil }
      (x, y, on) = (address >> 1 & 0x7F, address >> 8 & 0x7F, address & 1 == 0)
    case .davis:
      guard address & (1 << 31 | 1 << 10) == 0 else { return nil }
      (x, y, on) = (address >> 12 & 0x3FF, address >> 22 & 0x1FF, address >> 11 & 1 == 1)
    }
    // Beyond the sensor the mirror image is negative, and out of every sensor as a large number.
    return (UInt16(truncatingIfNeeded: width - 1 - Int(x)), UInt16(y), on)
  }
}
