extension AEDAT2Codec {
  /// Writes the header of the chip with the layout's sensor, then words: 128x128 as DVS128, 240x180 as DAVIS240C, 346x260 as
  /// DAVIS346, 640x480 as DAVIS640, 1024x1 as a cochlea.
  ///
  /// Refused are other sensors, events outside the sensor, ON events of a cochlea, a first time that has more than 32 bits, and times
  /// 2^31 us or more from the one before.
  public struct Encoder: RecordingEncoder {
    private let chip: AEDAT2Chip
    private var time: Int64?
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) {
      guard let chip = AEDAT2Chip.with(layout.geometry) else {
        throw .unsupported(path: nil, reason: "AEDAT 2.0 has no chip of \(layout.geometry) pixels")
      }
      self.chip = chip
    }

    public mutating func begin(into bytes: inout [UInt8]) throws(RecordingError) {
      let header = """
        \(AEDAT2Codec.signature)\r
        # This is a raw AE data file - do not edit\r
        # Data format is int32 address, int32 timestamp (8 bytes total), repeated for each event\r
        # Timestamps tick is 1 us\r
        # AEChip: \(chip.name)\r
        \(AEDAT2Codec.lastLine)\r\n
        """
      bytes.append(contentsOf: header.utf8)
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      bytes.reserveCapacity(bytes.count + range.count * AEDAT2Codec.wordSize)
      switch chip.kind {
      case .dvs128:
        try encode(batch, range, DVS128Addresses(), into: &bytes)
      case .davis:
        let addresses = DAVISAddresses(right: UInt32(chip.geometry.width - 1))
        try encode(batch, range, addresses, into: &bytes)
      case .cochlea:
        try encode(batch, range, CochleaAddresses(), into: &bytes)
      }
    }

    @inline(__always)
    private mutating func encode(
      _ batch: EventBatch, _ range: Range<Int>, _ addresses: some AEDAT2Addresses,
      into bytes: inout [UInt8]
    ) throws(RecordingError) {
      for position in range {
        let event = batch[position]
        try check(event)
        let word = UInt64(addresses.address(event)) << 32 | UInt64(event.t & 0xFFFF_FFFF)
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
        time = event.t
        index += 1
      }
    }

    private func check(_ event: Event) throws(RecordingError) {
      let (width, height) = (chip.geometry.width, chip.geometry.height)
      guard event.x < width else { throw refused("x", Int64(event.x), "0 to \(width - 1)") }
      guard event.y < height else { throw refused("y", Int64(event.y), "0 to \(height - 1)") }
      guard chip.kind != .cochlea || !event.on else { throw refused("on", 1, "0 for a cochlea") }
      let times = time.map { $0 - 1 << 31...$0 + (1 << 31 - 1) } ?? 0...1 << 32 - 1
      guard times.contains(event.t) else {
        throw refused("t", event.t, "\(times.lowerBound) to \(times.upperBound) us here")
      }
    }

    private func refused(_ field: String, _ value: Int64, _ limit: String) -> RecordingError {
      .notRepresentable(index: index, field: field, value: value, limit: limit)
    }
  }
}
