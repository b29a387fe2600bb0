import Events
import Testing

/// AEDAT 4 against files written by hand from its schemas.
@Suite struct AEDAT4CodecTests {
  typealias Bytes = AEDAT4Bytes

  private func error(_ bytes: [UInt8]) -> RecordingError? {
    decodeAnything(AEDAT4Codec.self, bytes).error
  }

  private var start: Int { Bytes.file([]).count }

  @Test func readsPacketsAsDescribed() throws {
    let packets =
      Bytes.packet(0, Bytes.body(Bytes.first)) + Bytes.packet(3, [1, 2, 3])
      + Bytes.packet(0, Bytes.body([])) + Bytes.packet(-7, [])
      + Bytes.packet(0, Bytes.body(Bytes.second))
    let bytes = Bytes.file(packets)
    #expect(try AEDAT4Codec.decode(bytes) == Bytes.events)
    try expectPiecesAlike(AEDAT4Codec.self, bytes, Bytes.events)
    #expect(try recognise(bytes) == .aedat4)
    #expect(try AEDAT4Codec.decode(Bytes.file([])) == EventBatch())
  }

  @Test func readsFramesOfBothCompressions() throws {
    for (code, frame) in [
      (1, Bytes.lz4), (2, Bytes.lz4), (3, Bytes.zstd), (4, Bytes.zstd),
    ] {
      let packets =
        Bytes.packet(0, frame(Bytes.body(Bytes.first))) + Bytes.packet(1, [9])
        + Bytes.packet(0, frame(Bytes.body(Bytes.second)))
      let bytes = Bytes.file(compression: Int32(code), packets)
      #expect(try AEDAT4Codec.decode(bytes) == Bytes.events)
      try expectPiecesAlike(AEDAT4Codec.self, bytes, Bytes.events)
    }
  }

  @Test func whatStandsBehindThePacketsIsNotRead() throws {
    let packets =
      Bytes.packet(0, Bytes.body(Bytes.first)) + Bytes.packet(0, Bytes.body(Bytes.second))
    let end = start + packets.count
    let bytes = Bytes.file(table: Int64(end), packets + [UInt8](repeating: 0xFF, count: 40))
    #expect(try AEDAT4Codec.decode(bytes) == Bytes.events)
    try expectPiecesAlike(AEDAT4Codec.self, bytes, Bytes.events)
    // A file that ends before its table has lost something.
    #expect(error(Array(bytes[..<start])) == .truncated(path: nil, offset: start, bytes: 0))
    #expect(
      error(Bytes.file(table: Int64(end - 1), packets))
        == .malformed(
          path: nil, offset: end - 8 - Bytes.body(Bytes.second).count,
          reason: "a packet of \(Bytes.body(Bytes.second).count) bytes, beyond the last packet, "
            + "which ends at \(end - 1)"))
  }

  static let descriptions: [(xml: String, stream: Int32, geometry: SensorGeometry?)] = [
    (Bytes.oneStream, 0, SensorGeometry(width: 320, height: 240)),
    (Bytes.xml(Bytes.stream(0, "EVTS")), 0, nil),
    (
      Bytes.xml(
        Bytes.stream(0, "FRME", Bytes.size(7, 7)) + Bytes.stream(2, "EVTS", Bytes.size(1, 65536))
          + Bytes.stream(1, "EVTS", Bytes.size(9, 9))), 2, SensorGeometry(width: 1, height: 65536)
    ),
    (
      "<?xml version=\"1.0\"?><!-- <node --><dv version=\"2.0\"><node name=\"mainloop\"/>"
        + "<attr key=\"sizeX\">1</attr>" + "<node  path=\"/a/outInfo/\" name=\"outInfo\" >"
        + "<node name=\"x\"><attr key=\"typeIdentifier\">EVTS</attr></node>"
        + Bytes.stream(
          5, "EVTS", "<node name=\"a\"><attr key=\"sizeX\">3</attr></node>" + Bytes.size(34, 35))
        + "</node></dv>", 5, SensorGeometry(width: 34, height: 35)
    ),
  ]

  @Test(arguments: descriptions.indices) func theDescriptionTellsTheStream(index: Int) throws {
    let (xml, stream, geometry) = Self.descriptions[index]
    let bytes = Bytes.header(xml)
    for cut in 0..<bytes.count {
      let isNeeded = try unaligned(Array(bytes[..<cut])) { try AEDAT4Header.read($0) == nil }
      #expect(isNeeded)
    }
    let read = try unaligned(bytes + [1, 2]) { try AEDAT4Header.read($0) }
    let (header, length) = try #require(read)
    #expect(length == bytes.count)
    #expect(header.eventStream.id == stream && header.geometry == geometry)
    let packets = [Int32(0), 1, 2, 5].flatMap { id in
      Bytes.packet(id, id == stream ? Bytes.body(Bytes.first) : [0])
    }
    #expect(try AEDAT4Codec.decode(Bytes.file(xml, packets)).count == 3)
  }

  @Test func refusesHeadersWithoutMeaning() throws {
    let at = "#!AER-DAT4.0\r\n".utf8.count
    func malformed(_ reason: String) -> RecordingError {
      .malformed(path: nil, offset: at, reason: reason)
    }
    #expect(
      error(Bytes.file(Bytes.xml(Bytes.stream(0, "FRME") + Bytes.stream(1, "IMUS")), []))
        == .unsupported(path: nil, reason: "it has no stream of events (EVTS), only: FRME, IMUS"))
    #expect(
      error(Bytes.file(compression: 5, []))
        == .unsupported(
          path: nil, reason: "its packets are compressed by an unknown method, number 5"))
    #expect(
      error(Bytes.file(table: 20, [])) == malformed("a data table at 20, inside the header"))
    for (width, height) in [(0, 240), (320, 65537), (-1, 1)] {
      let xml = Bytes.xml(Bytes.stream(0, "EVTS", Bytes.size(width, height)))
      #expect(
        error(Bytes.file(xml, []))
          == malformed(
            "a sensor of \(width)x\(height) pixels; each side must be 1 to 65536"))
    }
    var bytes = Bytes.file([])
    bytes[at + 8] = 0x4A
    #expect(error(bytes) == malformed("no IOHE FlatBuffer as header"))
    bytes.replaceSubrange(at..<at + 4, with: little(UInt32(1 << 24 + 1)))
    #expect(error(bytes) == malformed("a header of 16777217 bytes, more than 16777216"))
  }

  @Test func refusesPacketsWithoutMeaning() throws {
    let good = Bytes.packet(0, Bytes.body(Bytes.first))
    func reason(_ packet: [UInt8], compression: Int32 = 0) -> String? {
      let before = compression == 0 ? good : []
      let found = decodeAnything(
        AEDAT4Codec.self, Bytes.file(compression: compression, before + packet))
      guard case .malformed(nil, let offset, let reason) = found.error else { return nil }
      #expect(offset == start + before.count && found.events.count >= before.count / 87 * 3)
      return reason
    }
    #expect(reason(little(Int32(0)) + little(Int32(-5))) == "a packet of -5 bytes")
    #expect(reason(little(Int32(9)) + little(Int32.min)) == "a packet of -2147483648 bytes")
    #expect(
      reason(little(Int32(0)) + little(Int32(1 << 26)))
        == "a packet of 67108864 bytes, more than 67108856")
    #expect(reason(Bytes.packet(0, [])) == "a packet of events without EVTS")
    #expect(
      reason(Bytes.packet(0, Bytes.body([], identifier: "FRME")))
        == "a packet of events without EVTS")
    for count in [4, 1 << 28, 0xFFFF_FFFF] {
      #expect(
        reason(Bytes.packet(0, Bytes.body(Bytes.first, count: count)))
          == "events that lie outside their packet")
    }
    for (event, text) in [
      (Bytes.event(7, -1, 2, 1), "t = 7, x = -1, y = 2"),
      (Bytes.event(7, 1, -32768, 1), "t = 7, x = 1, y = -32768"),
      (Bytes.event(1 << 62, 1, 2, 1), "t = 4611686018427387904, x = 1, y = 2"),
      (Bytes.event(.min, 1, 2, 1), "t = -9223372036854775808, x = 1, y = 2"),
    ] {
      #expect(
        reason(Bytes.packet(0, Bytes.body(Bytes.first + [event] + Bytes.second)))
          == "event 3 of a packet has \(text)")
    }
    #expect(
      reason(Bytes.packet(0, Bytes.body(Bytes.first)), compression: 1)
        == "a packet that is no lz4 frame of up to 67108864 bytes")
  }

  /// A small packet must not become a large one: no more than 64 MiB.
  @Test func packetsThatSwellAreRefused() throws {
    #expect(
      error(Bytes.file(compression: 3, Bytes.packet(0, Bytes.zstdBomb(513))))
        == .malformed(
          path: nil, offset: start,
          reason: "a packet that is no zstd frame of up to 67108864 bytes"))
    #expect(
      error(Bytes.file(compression: 3, Bytes.packet(0, Bytes.zstdBomb(100))))
        == .malformed(path: nil, offset: start, reason: "a packet of events without EVTS"))
  }

  @Test func cutAndDamagedFilesAreSafe() throws {
    for (code, frame) in [
      (Int32(0), { $0 }), (1, Bytes.lz4), (3, Bytes.zstd),
    ] as [(Int32, ([UInt8]) -> [UInt8])] {
      let packets = [
        Bytes.packet(0, frame(Bytes.body(Bytes.first))), Bytes.packet(1, [9, 9]),
        Bytes.packet(0, frame(Bytes.body(Bytes.second))),
      ]
      let bytes = Bytes.file(compression: code, packets.flatMap { $0 })
      let whole = packets.indices.map { start + packets[..<$0].joined().count }
      try expectCutsGivePrefixes(AEDAT4Codec.self, bytes, wholeAt: Set(whole))
      expectDamageIsHarmless(AEDAT4Codec.self, bytes)
      expectDamageIsHarmless(AEDAT4Codec.self, bytes, from: start)
    }
  }

  @Test func livePacketsAreReadByThemselves() throws {
    let bytes =
      Bytes.header() + Bytes.packet(0, Bytes.body(Bytes.first))
      + Bytes.packet(0, Bytes.body(Bytes.second))
    let read = try unaligned(bytes) { try AEDAT4Header.read($0) }
    let (header, length) = try #require(read)
    var decoder = AEDAT4PacketDecoder(header)
    var events = EventBatch()
    var rest: [UInt8] = []
    for byte in bytes[length...] {
      rest.append(byte)
      let taken = try unaligned(rest) { try decoder.decode($0, into: &events) }
      rest.removeFirst(taken)
    }
    #expect(events == Bytes.events && rest.isEmpty && decoder.unfinishedPacket == nil)
    // A body by itself, as others would send it.
    var again = EventBatch()
    try unaligned(try AEDAT4Events.encode(events, range: 1..<4)) {
      try AEDAT4Events.decode($0, into: &again)
    }
    #expect(again.t == [1001, 999, 1 << 61])
  }

}
