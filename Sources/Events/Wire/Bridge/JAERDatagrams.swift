/// The datagrams of jAER: a number, then an address and a time in microseconds for each event, 4 bytes each and big-endian
/// unless jAER is told otherwise.
public struct JAERDatagrams: BridgeDecoder {
  /// How a chip's addresses are laid out.
  public enum Chip: String, Sendable, CaseIterable {
    /// As in the AEDAT 2.0 files of a DVS128, with x from the right of its 128 columns.
    case dvs128
    /// As in those of a DAVIS, with x from the right of the sensor. Words of frames, inertial sensors and external events
    /// are passed over.
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
  private let right: UInt32
  private let options: Options
  private var clock = ClockUnwrapper()
  private var expected: UInt32?

  /// - Parameter geometry: the sensor of the chip; that of a DVS128 is known.
  public init(_ chip: Chip, geometry: SensorGeometry, options: Options = Options()) {
    self.chip = chip
    right = UInt32(truncatingIfNeeded: geometry.width - 1)
    self.options = options
  }

  public mutating func decode(
    _ bytes: UnsafeRawBufferPointer, arrival: Int64, into batch: inout EventBatch
  ) throws(WireError) -> Int {
    switch chip {
    case .dvs128: try decode(bytes, DVS128Addresses(), into: &batch)
    case .davis: try decode(bytes, DAVISAddresses(right: right), into: &batch)
    }
    return bytes.count
  }

  private mutating func decode(
    _ bytes: UnsafeRawBufferPointer, _ addresses: some AEDAT2Addresses, into batch: inout EventBatch
  ) throws(WireError) {
    let head = options.isNumbered ? 4 : 0
    guard bytes.count >= head, (bytes.count - head).isMultiple(of: 8) else {
      throw WireError(
        .count, "\(bytes.count) bytes are no number of \(head) bytes and events of 8 bytes")
    }
    guard let base = bytes.baseAddress else { return }
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
        let bits = word(place + address)
        guard addresses.isEvent(bits) else { continue }
        columns.append(t: t, x: addresses.x(bits), y: addresses.y(bits), on: addresses.on(bits))
      }
    }
    self.clock = clock
  }

  /// A number that goes back is one of a sender that counts anew, or of a datagram that was overtaken.
  private mutating func note(_ number: UInt32) {
    if let expected {
      let ahead = number &- expected
      if ahead < 1 << 31 { missing &+= UInt64(ahead) }
    }
    expected = number &+ 1
  }
}
