import Events

/// AEDAT 4 files made by hand from the FlatBuffer schemas of dv-processing.
enum AEDAT4Bytes {
  static func stream(_ id: Int, _ type: String, _ size: String = "") -> String {
    """
    <node name="\(id)" path="/outInfo/\(id)/">
      <attr key="compression" type="string">NONE</attr>
      <attr key="typeIdentifier" type="string">\(type)</attr>
      <node name="info" path="/outInfo/\(id)/info/">\(size)</node>
    </node>
    """
  }

  static func size(_ width: Int, _ height: Int) -> String {
    "<attr key=\"sizeX\" type=\"int\">\(width)</attr><attr key=\"sizeY\" type=\"int\">\(height)</attr>"
  }

  static func xml(_ streams: String) -> String {
    "<dv version=\"2.0\">\n<node name=\"outInfo\" path=\"/outInfo/\">\n\(streams)\n</node>\n</dv>\n"
  }

  static let oneStream = xml(stream(0, "EVTS", size(320, 240)))

  /// The header without the line in front: as a network stream begins.
  static func header(
    _ xml: String = oneStream, compression: Int32 = 0, table: Int64 = -1
  ) -> [UInt8] {
    let text = Array(xml.utf8) + [0]
    let content: [UInt8] =
      little(UInt32(24)) + Array("IOHE".utf8) + [0, 0, 0, 0, 0, 0]
      // vtable: its size, the table's size, compression, place of the table, text
      + little(UInt16(10)) + little(UInt16(24)) + little(UInt16(4)) + little(UInt16(12))
      + little(UInt16(8))
      + little(Int32(10)) + little(compression) + little(UInt32(16)) + little(table) + [0, 0, 0, 0]
      + little(UInt32(text.count - 1)) + text
    return little(UInt32(content.count)) + content
  }

  static func file(
    _ xml: String = oneStream, compression: Int32 = 0, table: Int64 = -1, _ packets: [UInt8]
  ) -> [UInt8] {
    Array("#!AER-DAT4.0\r\n".utf8) + header(xml, compression: compression, table: table) + packets
  }

  static func file(_ packets: [UInt8]) -> [UInt8] { file(oneStream, packets) }

  static func packet(_ stream: Int32, _ body: [UInt8]) -> [UInt8] {
    little(stream) + little(Int32(body.count)) + body
  }

  static func event(_ t: Int64, _ x: Int16, _ y: Int16, _ on: UInt8) -> [UInt8] {
    little(t) + little(x) + little(y) + [on, 0xAA, 0xBB, 0xCC]
  }

  /// The body of a packet of events; `count` may lie.
  static func body(_ events: [[UInt8]], count: Int? = nil, identifier: String = "EVTS") -> [UInt8] {
    let content: [UInt8] =
      little(UInt32(16)) + Array(identifier.utf8) + [0, 0]
      + little(UInt16(6)) + little(UInt16(8)) + little(UInt16(4))
      + little(Int32(6)) + little(UInt32(4)) + little(UInt32(count ?? events.count))
      + events.flatMap { $0 }
    return little(UInt32(content.count)) + content
  }

  /// An LZ4 frame whose only block is not compressed; 0x82 is the header's checksum.
  static func lz4(_ bytes: [UInt8]) -> [UInt8] {
    [0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0x82] + little(UInt32(bytes.count) | 1 << 31) + bytes
      + [0, 0, 0, 0]
  }

  /// A Zstandard frame whose only block is not compressed; its size is not stated, the window is 1 MiB.
  static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    let head = UInt32(bytes.count) << 3 | 1
    return [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50] + little(head)[..<3] + bytes
  }

  /// A Zstandard frame of `count` blocks of 128 KiB zeros each, in 4 bytes each.
  static func zstdBomb(_ count: Int) -> [UInt8] {
    let blocks = (1...count).flatMap { block in
      little(UInt32(1 << 17) << 3 | 1 << 1 | (block == count ? 1 : 0))[..<3] + [0]
    }
    return [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50] + blocks
  }

  static let first = [event(1000, 0, 0, 1), event(1001, 319, 239, 0), event(999, 5, 6, 7)]
  static let second = [event(1 << 61, 32767, 32767, 1), event(-(1 << 62), 0, 1, 0)]
  static let events = EventBatch([
    Event(t: 1000, x: 0, y: 0, on: true), Event(t: 1001, x: 319, y: 239, on: false),
    Event(t: 999, x: 5, y: 6, on: true),
    Event(t: 1 << 61, x: 32767, y: 32767, on: true), Event(t: -(1 << 62), x: 0, y: 1, on: false),
  ])
}
