import Events
import Testing

/// AEDAT 2.0 against words written by hand from iniVation's description and jAER's address layouts.
@Suite struct AEDAT2CodecTests {
  static func header(_ chip: String?, end: String = "#End Of ASCII Header\r\n") -> [UInt8] {
    let line = chip.map { "# AEChip: \($0)\r\n" } ?? ""
    return Array(
      "#!AER-DAT2.0\r\n# a comment\twith a tab, and \u{E9}\r\n\(line)#<x/>\r\n\(end)".utf8)
  }

  static let dvs128 = header("ch.unizh.ini.jaer.chip.retina.DVS128")
  static let davis240 = header("eu.seebetter.ini.chips.davis.DAVIS240C")
  static let cochlea = header("ch.unizh.ini.jaer.chip.cochlea.CochleaAMS1c")

  static func word(_ address: UInt32, _ time: UInt32) -> [UInt8] {
    little(address).reversed() + little(time).reversed()
  }

  @Test func readsTheWordsOfADVS128() throws {
    let bytes =
      Self.dvs128
      // y = 0x48, x = 127 - 0x0F, OFF; y = 0, x = 127, ON; an external event; y = 127, x = 0, OFF
      + [0, 0, 0x48, 0x1F, 0xA0, 0x88, 0xE7, 0xCD] + Self.word(0, 0xA088_E7CE)
      + Self.word(0x8001, 0xA088_E7CF) + Self.word(0xFFFF_7FFF, 0xA088_E7D0)
    let events = EventBatch([
      Event(t: 2_693_326_797, x: 112, y: 72, on: false),
      Event(t: 2_693_326_798, x: 127, y: 0, on: true),
      Event(t: 2_693_326_800, x: 0, y: 127, on: false),
    ])
    #expect(try AEDAT2Codec.decode(bytes) == events)
    try expectPiecesAlike(AEDAT2Codec.self, bytes, events)
    #expect(try recognise(bytes) == .aedat2)
  }

  @Test func readsTheWordsOfADAVIS() throws {
    let bytes =
      Self.davis240
      // y = 36, x = 239 - 156, ON; a sample of a frame; an external event; y = 179, x = 0, OFF
      + Self.word(36 << 22 | 156 << 12 | 1 << 11, 5) + Self.word(1 << 31 | 36 << 22, 6)
      + Self.word(36 << 22 | 1 << 10, 7) + Self.word(179 << 22 | 239 << 12, 8)
    let events = EventBatch([
      Event(t: 5, x: 83, y: 36, on: true), Event(t: 8, x: 0, y: 179, on: false),
    ])
    #expect(try AEDAT2Codec.decode(bytes) == events)
    try expectPiecesAlike(AEDAT2Codec.self, bytes, events)
    let beyond = bytes + Self.word(1 << 31 | 240 << 12, 9) + Self.word(240 << 12, 9)
    let (found, error) = decodeAnything(AEDAT2Codec.self, beyond)
    #expect(found == events)
    #expect(
      error
        == .malformed(
          path: nil, offset: bytes.count + 8,
          reason: "an event left of the sensor, which has 240 columns"))
  }

  @Test func readsTheWordsOfACochlea() throws {
    let words =
      Self.word(39, 744_094_585) + Self.word(0x2000, 744_094_586) + Self.word(1023, 744_094_587)
    let events = EventBatch([
      Event(t: 744_094_585, x: 39, y: 0, on: false),
      Event(t: 744_094_587, x: 1023, y: 0, on: false),
    ])
    #expect(try AEDAT2Codec.decode(Self.cochlea + words) == events)
    try expectPiecesAlike(AEDAT2Codec.self, Self.cochlea + words, events)
  }

  @Test func timesGoOnWhereTheyWrap() throws {
    let times: [UInt32] = [
      0xFFFF_FFF0, 0xFFFF_FFFF, 0, 0xFFFF_FFFE, 3, 0x8000_0000, 0xFFFF_FFFF, 7,
    ]
    let bytes = Self.cochlea + times.flatMap { Self.word(1, $0) }
    let wrap = Int64(1) << 32
    let expected = [
      wrap - 16, wrap - 1, wrap, wrap - 2, wrap + 3, wrap + 1 << 31, 2 * wrap - 1, 2 * wrap + 7,
    ]
    #expect(try AEDAT2Codec.decode(bytes).t == expected)
    try expectPiecesAlike(AEDAT2Codec.self, bytes, try AEDAT2Codec.decode(bytes))
  }

  static let chips: [(name: String, geometry: SensorGeometry)] = [
    ("ch.unizh.ini.jaer.chip.retina.DVS128", SensorGeometry(width: 128, height: 128)),
    ("eu.seebetter.ini.chips.davis.DAVIS240A", SensorGeometry(width: 240, height: 180)),
    ("eu.seebetter.ini.chips.davis.DAVIS240C  trailing", SensorGeometry(width: 240, height: 180)),
    ("eu.seebetter.ini.chips.davis.Davis346blue", SensorGeometry(width: 346, height: 260)),
    ("Davis346B", SensorGeometry(width: 346, height: 260)),
    ("eu.seebetter.ini.chips.davis.Davis640", SensorGeometry(width: 640, height: 480)),
    ("ch.unizh.ini.jaer.chip.cochlea.CochleaAMS1b", SensorGeometry(width: 1024, height: 1)),
  ]

  @Test(arguments: chips.indices) func theHeaderTellsTheChip(index: Int) throws {
    for end in ["#End Of ASCII Header\r\n", "", "#End\n"] {
      let bytes = Self.header(Self.chips[index].name, end: end)
      try withFile(bytes + Self.word(1, 2)) { path in
        let reader = try RecordingReader(path: path)
        #expect(reader.geometry == Self.chips[index].geometry && reader.offset == bytes.count)
      }
    }
  }

  @Test func otherChipsAreRefusedByName() {
    for name in ["es.cnm.imse.jaer.chip.retina.RetinaTeresa2", "com.sec.dvs.SecDvs640Gen2"] {
      #expect(
        decodeAnything(AEDAT2Codec.self, Self.header(name)).error
          == .unsupported(
            path: nil, reason: "the addresses of the chip \(name) are not known here"))
    }
  }

  @Test func addressesTellAChipThatIsNotNamed() throws {
    func geometry(_ addresses: [UInt32]) throws -> SensorGeometry? {
      let bytes = Self.header(nil, end: "") + addresses.flatMap { Self.word($0, 1) }
      if addresses.count < 10 {
        try expectPiecesAlike(AEDAT2Codec.self, bytes, try AEDAT2Codec.decode(bytes))
      }
      var found: SensorGeometry?
      try withFile(bytes) { found = try RecordingReader(path: $0).geometry }
      return found
    }
    #expect(try geometry([1023, 0, 512]) == SensorGeometry(width: 1024, height: 1))
    #expect(try geometry([1023, 1024]) == SensorGeometry(width: 128, height: 128))
    #expect(try geometry([0xFFFF]) == SensorGeometry(width: 128, height: 128))
    // Only the first 8192 are looked at.
    let many = [UInt32](repeating: 5, count: 8191)
    #expect(try geometry(many + [1 << 12]) == SensorGeometry(width: 128, height: 128))
    #expect(try geometry(many + [5, 1 << 12]) == SensorGeometry(width: 1024, height: 1))
    let error = decodeAnything(AEDAT2Codec.self, Self.header(nil) + Self.word(1 << 16, 0)).error
    #expect(error?.description.contains("names no chip (# AEChip:)") == true)
  }

  /// The first byte of an event may be the `#` of a comment.
  @Test func anEventMayBeginLikeAComment() throws {
    let words = Self.word(0x23FF_F800 & 0x7FC0_F800, 0x2040_6080) + Self.word(0, 0x2040_6081)
    for end in ["#End Of ASCII Header\r\n", ""] {
      let bytes = Self.header("DAVIS240C", end: end) + words
      #expect(try AEDAT2Codec.decode(bytes).t == [0x2040_6080, 0x2040_6081])
    }
  }

  @Test func commentsMayBeLong() throws {
    let line = "#" + String(repeating: "<entry/>", count: 200) + "\r\n"
    let comments = String(repeating: line, count: 300)
    let bytes = Self.header("DVS128", end: comments) + Self.word(3, 4)
    #expect(bytes.count > 400_000)
    try withFile(bytes) { path in
      let events = try RecordingReader.readAll(path: path)
      #expect(events == EventBatch([Event(t: 4, x: 126, y: 0, on: false)]))
    }
    let endless = Self.header("DVS128", end: "#") + [UInt8](repeating: 0x20, count: 1 << 24)
    guard case .malformed(nil, _, let reason) = decodeAnything(AEDAT2Codec.self, endless).error
    else { return #expect(Bool(false)) }
    #expect(reason == "comments of more than 16777216 bytes")
  }

  /// Any words at all, taken apart in the plainest way.
  @Test func anyWordsAreReadAsByTheDenseTwin() throws {
    var random = SplitMix64(seed: 12)
    for (header, kind) in [(Self.dvs128, 0), (Self.davis240, 1), (Self.cochlea, 2)] {
      for _ in 0..<20 {
        var (bytes, events) = (header, EventBatch())
        var time: Int64?
        for _ in 0..<500 {
          var address = UInt32(truncatingIfNeeded: random.next())
          if kind == 1, address >> 12 & 0x3FF > 239 { address &= ~(0x3FF << 12) }
          if kind == 2 { address &= 0x7FF }
          let stamp = UInt32(truncatingIfNeeded: random.next())
          bytes += Self.word(address, stamp)
          var full = time ?? Int64(stamp)
          let near = Int64(stamp)
          // The time with these low bits that is nearest to the one before.
          full = full - full & 0xFFFF_FFFF + near
          if let time, full - time >= 1 << 31 { full -= 1 << 32 }
          if let time, full - time < -(1 << 31) { full += 1 << 32 }
          time = full
          let bit = { (index: UInt32) in address >> index & 1 == 1 }
          let part = { (low: UInt32, count: UInt32) in
            UInt16(address >> low & (1 << count - 1))
          }
          switch kind {
          case 0 where !bit(15):
            events.append(t: full, x: 127 - part(1, 7), y: part(8, 7), on: !bit(0))
          case 1 where !bit(31) && !bit(10):
            events.append(t: full, x: 239 - part(12, 10), y: part(22, 9), on: bit(11))
          case 2 where !bit(10):
            events.append(t: full, x: part(0, 10), y: 0, on: false)
          default: break
          }
        }
        #expect(try AEDAT2Codec.decode(bytes) == events)
      }
    }
  }

  @Test func cutAndDamagedFilesAreSafe() throws {
    for (header, address) in [
      (Self.dvs128, UInt32(0x1234)), (Self.davis240, 0x09C0_9800), (Self.cochlea, 77),
    ] {
      let bytes = header + (0..<6).flatMap { Self.word(address, 100 * $0) }
      let whole = Set((0...6).map { header.count + 8 * $0 })
      let events = try AEDAT2Codec.decode(bytes)
      for cut in header.count..<bytes.count {
        let (part, error) = decodeAnything(AEDAT2Codec.self, Array(bytes[..<cut]))
        #expect(part.count == (cut - header.count) / 8)
        #expect(part.indices.allSatisfy { part[$0] == events[$0] })
        #expect((error == nil) == whole.contains(cut))
      }
      for cut in 0..<header.count {
        #expect(decodeAnything(AEDAT2Codec.self, Array(bytes[..<cut])).events.count <= cut / 8)
      }
      expectDamageIsHarmless(AEDAT2Codec.self, bytes)
      expectDamageIsHarmless(AEDAT2Codec.self, bytes, from: header.count)
    }
  }

}
