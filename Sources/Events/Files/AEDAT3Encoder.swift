extension AEDAT3Codec {
  /// Writes the header of the camera with the layout's sensor, then packets of up to 4096 polarity events, all valid.
  ///
  /// Refused are sensors that no camera has, x and y above 32767, and times that are negative or 2^62 us and more.
  public struct Encoder: RecordingEncoder {
    /// Events of a packet.
    static let packetCount = 4096

    private let camera: String
    private var packet: [UInt8] = []
    private var overflow: Int64 = 0
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) {
      guard let camera = AEDAT3Codec.camera(of: layout.geometry) else {
        throw .unsupported(
          path: nil, reason: "AEDAT 3.1 has no camera of \(layout.geometry) pixels")
      }
      self.camera = camera
      packet.reserveCapacity(AEDAT3Packet.headerSize + 8 * Self.packetCount)
    }

    public mutating func begin(into bytes: inout [UInt8]) throws(RecordingError) {
      // A fixed time: the same events give the same file.
      let header = """
        \(AEDAT3Codec.signature)\r\n#Format: RAW\r\n#Source 1: \(camera)\r
        #Start-Time: 1970-01-01 00:00:00 (TZ+0000)\r\n#!END-HEADER\r\n
        """
      bytes.append(contentsOf: header.utf8)
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      for position in range {
        let event = batch[position]
        guard event.x < 1 << 15 else { throw refused("x", Int64(event.x), "0 to 32767") }
        guard event.y < 1 << 15 else { throw refused("y", Int64(event.y), "0 to 32767") }
        guard event.t >= 0, event.t < 1 << 62 else {
          throw refused("t", event.t, "0 to 2^62 - 1 us")
        }
        if event.t >> 31 != overflow { flush(into: &bytes) }
        if packet.isEmpty { open(event.t >> 31) }
        let data = UInt64(event.x) << 17 | UInt64(event.y) << 2 | (event.on ? 3 : 1)
        append(UInt64(event.t & 0x7FFF_FFFF) << 32 | data)
        index += 1
        if packet.count == AEDAT3Packet.headerSize + 8 * Self.packetCount { flush(into: &bytes) }
      }
    }

    public mutating func finish(
      into bytes: inout [UInt8]
    ) throws(RecordingError) -> RecordingPatch? {
      flush(into: &bytes)
      return nil
    }

    private mutating func open(_ overflow: Int64) {
      self.overflow = overflow
      append(AEDAT3Packet.polarity)
      append(Int16(1))
      for word in [8, 4, Int32(overflow), 0, 0, 0] { append(word) }
    }

    private mutating func flush(into bytes: inout [UInt8]) {
      guard !packet.isEmpty else { return }
      let count = Int32((packet.count - AEDAT3Packet.headerSize) / 8)
      // Capacity, number and valid.
      packet.withUnsafeMutableBytes { packet in
        for place in [16, 20, 24] {
          packet.storeBytes(of: count.littleEndian, toByteOffset: place, as: Int32.self)
        }
      }
      bytes.append(contentsOf: packet)
      packet.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { packet.append(contentsOf: $0) }
    }

    private func refused(_ field: String, _ value: Int64, _ limit: String) -> RecordingError {
      .notRepresentable(index: index, field: field, value: value, limit: limit)
    }
  }
}
