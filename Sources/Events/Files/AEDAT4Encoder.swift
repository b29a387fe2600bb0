extension AEDAT4Codec {
  /// Writes one stream of events, in packets of 10000 as dv-processing does, and the table of packets.
  ///
  /// Refused are x and y above 32767, and times beyond 2^62 us. A file of more than 2^20 packets gets no table.
  public struct Encoder: RecordingEncoder {
    /// Events of a packet.
    static let packetCount = 10_000

    private let layout: RecordingLayout
    /// The packet in the making.
    private var body: [UInt8]
    private var count = 0
    private var firstTime: Int64 = 0
    private var lastTime: Int64 = 0
    private var index = 0
    /// Bytes of the file so far.
    private var size = 0
    private var packets = 0
    private var table: [AEDAT4Table.Entry] = []

    public init(_ layout: RecordingLayout) throws(RecordingError) {
      self.layout = layout
      body = [UInt8](
        repeating: 0, count: AEDAT4Events.headSize + Self.packetCount * AEDAT4Events.eventSize)
    }

    public mutating func begin(into bytes: inout [UInt8]) throws(RecordingError) {
      let header = Array(AEDAT4Codec.signature.utf8) + AEDAT4Header.write(layout)
      bytes.append(contentsOf: header)
      size = header.count
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      for position in range {
        let event = batch[position]
        if let (field, value, limit) = AEDAT4Events.refusal(event) {
          throw .notRepresentable(index: index, field: field, value: value, limit: limit)
        }
        firstTime = count == 0 ? event.t : min(firstTime, event.t)
        lastTime = count == 0 ? event.t : max(lastTime, event.t)
        body.withUnsafeMutableBytes { AEDAT4Events.write(event, index: count, into: $0) }
        count += 1
        index += 1
        if count == Self.packetCount { try flush(into: &bytes) }
      }
    }

    public mutating func finish(
      into bytes: inout [UInt8]
    ) throws(RecordingError) -> RecordingPatch? {
      try flush(into: &bytes)
      guard packets <= AEDAT4Table.largest else { return nil }
      bytes.append(contentsOf: try compressed(AEDAT4Table.write(table)[...]))
      return RecordingPatch(
        offset: AEDAT4Codec.signature.utf8.count + AEDAT4Header.tablePositionOffset,
        bytes: withUnsafeBytes(of: Int64(size).littleEndian) { Array($0) })
    }

    private mutating func flush(into bytes: inout [UInt8]) throws(RecordingError) {
      guard count > 0 else { return }
      body.withUnsafeMutableBytes { AEDAT4Events.writeHead(count, into: $0) }
      let used = AEDAT4Events.headSize + count * AEDAT4Events.eventSize
      let packet = try compressed(body[..<used])
      let entry = AEDAT4Table.Entry(
        stream: 0, size: Int32(packet.count), position: size + 8, events: count,
        firstTime: firstTime, lastTime: lastTime)
      bytes.append(contentsOf: entry.head)
      bytes.append(contentsOf: packet)
      size += 8 + packet.count
      packets += 1
      if packets <= AEDAT4Table.largest { table.append(entry) }
      count = 0
    }

    private func compressed(_ bytes: ArraySlice<UInt8>) throws(RecordingError) -> [UInt8] {
      var failure: RecordingError?
      let packet = bytes.withUnsafeBytes { bytes -> [UInt8] in
        do throws(RecordingError) {
          return try layout.compression.deflate(bytes)
        } catch {
          failure = error
          return []
        }
      }
      if let failure { throw failure }
      return packet
    }
  }
}

extension AEDAT4Header {
  /// Where the place of the table stands in what ``write(_:)`` gives.
  static let tablePositionOffset = 40

  /// The header of a file with one stream of events, number 0, and no table yet.
  static func write(_ layout: RecordingLayout) -> [UInt8] {
    let (name, code): (String, UInt32) =
      switch layout.compression {
      case .none: ("NONE", 0)
      case .lz4: ("LZ4", 1)
      case .zstd: ("ZSTD", 3)
      }
    let xml = """
      <dv version="2.0">
          <node name="outInfo" path="/outInfo/">
              <node name="0" path="/outInfo/0/">
                  <attr key="compression" type="string">\(name)</attr>
                  <attr key="originalModuleName" type="string">afferent</attr>
                  <attr key="originalOutputName" type="string">events</attr>
                  <attr key="typeDescription" type="string">Array of events (polarity ON/OFF).</attr>
                  <attr key="typeIdentifier" type="string">EVTS</attr>
                  <node name="info" path="/outInfo/0/info/">
                      <attr key="sizeX" type="int">\(layout.geometry.width)</attr>
                      <attr key="sizeY" type="int">\(layout.geometry.height)</attr>
                      <attr key="source" type="string">afferent</attr>
                  </node>
              </node>
          </node>
      </dv>

      """
    // The text ends with a zero and is filled up to a multiple of 4.
    let text = Array(xml.utf8) + [UInt8](repeating: 0, count: 4 - xml.utf8.count % 4)
    // Root, identifier, 6 bytes to align, vtable, then the table: compression, text, -1 for the table's place.
    let words: [UInt32] = [
      UInt32(52 - 4 + 4 + text.count), 24, 0x4548_4F49, 0, 0x000A_0000, 0x0004_0018, 0x0008_000C,
      10, code, 16, .max, .max, 0, UInt32(xml.utf8.count),
    ]
    return words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } } + text
  }
}
