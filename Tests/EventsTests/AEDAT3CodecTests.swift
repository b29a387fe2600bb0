import Events
import Testing

/// AEDAT 3.1 against packets written by hand from iniVation's description of the format.
@Suite struct AEDAT3CodecTests {
  static func header(_ lines: String = "#Format: RAW\r\n#Source 1: DVS128\r\n") -> [UInt8] {
    Array(
      "#!AER-DAT3.1\r\n\(lines)#Start-Time: 2016-01-02 03:04:05 (TZ+0100)\r\n#!END-HEADER\r\n".utf8)
  }

  static func packet(
    type: Int16 = 1, size: Int32 = 8, timeOffset: Int32 = 4, overflow: Int32 = 0, number: Int32
  ) -> [UInt8] {
    little(type) + little(Int16(1)) + little(size) + little(timeOffset) + little(overflow)
      + little(number) + little(number) + little(number)
  }

  /// One polarity event, bit by bit.
  static func event(_ x: UInt32, _ y: UInt32, on: Bool, valid: Bool = true, _ t: Int32) -> [UInt8] {
    little(x << 17 | y << 2 | (on ? 2 : 0) | (valid ? 1 : 0)) + little(t)
  }

  static let body: [UInt8] =
    packet(number: 2) + event(5, 7, on: true, 42) + event(127, 0, on: false, valid: false, 43)
    + packet(type: 2, size: 36, timeOffset: 12, number: 1) + [UInt8](repeating: 0xFF, count: 36)
    + packet(type: 0, number: 0)
    + packet(overflow: 3, number: 1) + event(32767, 32767, on: true, .max)
    + packet(type: 3, size: 0, number: .max)
    + packet(number: 0)
    + packet(overflow: .max, number: 1) + event(0, 1, on: false, 1)
  static let events = EventBatch([
    Event(t: 42, x: 5, y: 7, on: true), Event(t: 43, x: 127, y: 0, on: false),
    Event(t: 3 << 31 | 0x7FFF_FFFF, x: 32767, y: 32767, on: true),
    Event(t: 0x7FFF_FFFF << 31 | 1, x: 0, y: 1, on: false),
  ])

  @Test func readsPacketsAsDescribed() throws {
    #expect(try AEDAT3Codec.decode(Self.header() + Self.body) == Self.events)
    #expect(try AEDAT3Codec.decode(Self.header()) == EventBatch())
    #expect(Array(Self.body[28..<36]) == [0x1F, 0, 0x0A, 0, 42, 0, 0, 0])
  }

  @Test func piecesOfAnySizeGiveTheSameEvents() throws {
    try expectPiecesAlike(AEDAT3Codec.self, Self.header() + Self.body, Self.events)
    var random = SplitMix64(seed: 3)
    let events = randomEvents(10_000, width: 346, height: 260, step: 1_000_000, using: &random)
    let layout = RecordingLayout(geometry: SensorGeometry(width: 346, height: 260))
    try expectPiecesAlike(
      AEDAT3Codec.self, try AEDAT3Codec.encode(events, layout: layout), events)
  }

  static let sources: [(lines: String, geometry: SensorGeometry?)] = [
    ("#Format: RAW\r\n#Source 1: DVS128\r\n", SensorGeometry(width: 128, height: 128)),
    ("#Format: RAW\r\n#Source 0: DAVIS240C\r\n", SensorGeometry(width: 240, height: 180)),
    ("#Source 0: DAVIS346B\r\n", SensorGeometry(width: 346, height: 260)),
    ("#Source 12: DAVIS640\r\n", SensorGeometry(width: 640, height: 480)),
    ("#Source 2: NoiseFilter\r\n#-Source 1: DVS128\r\n", SensorGeometry(width: 128, height: 128)),
    ("#Source 1: Test\r\n", nil), ("#Source 1\r\n", nil), ("# a comment: DVS128\r\n", nil),
  ]

  @Test(arguments: sources.indices) func theSourceTellsTheSensor(index: Int) throws {
    let bytes = Self.header(Self.sources[index].lines)
    var decoder = AEDAT3Codec.Decoder()
    for cut in 0..<bytes.count {
      let length = try unaligned(Array(bytes[..<cut])) {
        try decoder.readHeader($0, isLast: false)
      }
      #expect(length == nil)
    }
    let length = try unaligned(bytes) { try decoder.readHeader($0, isLast: true) }
    #expect(length == bytes.count)
    #expect(decoder.geometry == Self.sources[index].geometry)
  }

  static let refusals: [(bytes: [UInt8], offset: Int, reason: String)] = [
    (packet(size: -1, number: 1), 0, "a packet with events of -1 bytes"),
    (packet(number: -2), 0, "a packet of -2 events"),
    (packet(size: 12, number: 1), 0, "a packet with polarity events of 12 bytes, not 8"),
    (packet(timeOffset: 0, number: 1), 0, "a packet with times at byte 0 of an event, not 4"),
    (
      packet(overflow: -1, number: 1), 0,
      "a packet with time overflow -1, which cannot be negative"
    ),
    (
      packet(number: 2) + event(1, 1, on: true, 0) + event(1, 1, on: true, -5), 40,
      "a time of -5 us, which cannot be negative"
    ),
  ]

  @Test(arguments: refusals.indices) func refusesWhatHasNoMeaning(index: Int) {
    let (bytes, offset, reason) = Self.refusals[index]
    let before = Self.header() + Self.packet(number: 1) + Self.event(9, 9, on: true, 9)
    let (events, error) = decodeAnything(AEDAT3Codec.self, before + bytes)
    #expect(events.count == (index == 5 ? 2 : 1))
    #expect(error == .malformed(path: nil, offset: before.count + offset, reason: reason))
  }

  @Test func refusesOtherFormatsByName() throws {
    for format in ["SERIAL_TS", "PNG", "COMPRESSED"] {
      let error = decodeAnything(AEDAT3Codec.self, Self.header("#Format: \(format)\r\n")).error
      #expect(
        error
          == .unsupported(
            path: nil, reason: "its packets are in the format \(format), only RAW is read"))
    }
    let noEnd = Array("#!AER-DAT3.1\r\n#Format: RAW\r\n".utf8)
    #expect(
      decodeAnything(AEDAT3Codec.self, noEnd + Self.body).error
        == .malformed(
          path: nil, offset: noEnd.count, reason: "the header is not ended by #!END-HEADER"))
    for version in ["1.0", "3.0"] {
      let error = #expect(throws: RecordingError.self) {
        try recognise(Array("#!AER-DAT\(version)\r\n".utf8))
      }
      #expect(error?.description.contains("AEDAT \(version) is not read") == true)
    }
  }

  @Test func aFileIsRecognised() throws {
    #expect(try recognise(Self.header()) == .aedat3)
    let isOther = try unaligned(Array("#!AER-DAT4.0\r\n".utf8)) {
      try AEDAT3Codec.recognises(RecordingHead(bytes: $0, fileSize: nil))
    }
    #expect(!isOther)
  }

  @Test func cutAndDamagedFilesAreSafe() throws {
    let bytes = Self.header() + Self.body
    let header = Self.header().count
    var whole: Set<Int> = []
    var place = header
    for size in [44, 64, 28, 36, 28, 28, 36] {
      whole.insert(place)
      place += size
    }
    try expectCutsGivePrefixes(AEDAT3Codec.self, bytes, wholeAt: whole)
    expectDamageIsHarmless(AEDAT3Codec.self, bytes)
    expectDamageIsHarmless(AEDAT3Codec.self, bytes, from: header)
  }

  @Test func aCutInsideASkippedPacketIsTold() {
    let start = Self.header().count
    let bytes = Self.header() + Self.packet(type: 2, size: 100, number: 10) + [1, 2, 3]
    #expect(
      decodeAnything(AEDAT3Codec.self, bytes).error
        == .truncated(path: nil, offset: start, bytes: 31))
  }

  /// A libcaer stream is packets without the text header.
  @Test func livePacketsAreReadByThemselves() throws {
    var decoder = AEDAT3PacketDecoder()
    var events = EventBatch()
    var rest: [UInt8] = []
    for byte in Self.body {
      rest.append(byte)
      let taken = try unaligned(rest) { try decoder.decode($0, into: &events) }
      rest.removeFirst(taken)
      #expect(rest.count < 28)
    }
    #expect(events == Self.events && rest.isEmpty && decoder.unfinishedPacket == nil)
  }

}
