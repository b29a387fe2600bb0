import Events
import Testing

@Suite struct WireEncodingTests {
  static let short: [UInt8] = [
    0x0A, 0, 0, 0, 0x05, 0, 0x0F, 0,  // 10, x 5, y 7, ON
    0xFF, 0xFF, 0xFF, 0xFF, 0x02, 0x01, 0x00, 0x80,  // 2^32 - 1, x 258, y 16384, OFF
    0x04, 0x03, 0x02, 0x01, 0xFF, 0xFF, 0xFF, 0xFF,  // 0x01020304, x 65535, y 32767, ON
  ]
  static let long: [UInt8] = [
    0x0A, 0, 0, 0, 0, 0, 0, 0, 5, 0, 7, 0, 1,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x3F, 0x02, 0x01, 0xFF, 0xFF, 0,  // 2^62 - 1
    0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 0xFF, 0xFF, 0, 0, 1,
  ]
  static let largest = SensorGeometry(width: 65536, height: 65536)

  private func decode(
    _ encoding: WireEncoding, _ bytes: [UInt8], tBase: Int64 = 0,
    geometry: SensorGeometry = largest
  ) throws -> EventBatch {
    try unaligned(bytes) { try encoding.decode($0, tBase: tBase, geometry: geometry) }
  }

  private func refusal(
    _ encoding: WireEncoding, _ bytes: [UInt8], tBase: Int64 = 0,
    geometry: SensorGeometry = largest
  ) -> WireError? {
    #expect(throws: WireError.self) {
      try decode(encoding, bytes, tBase: tBase, geometry: geometry)
    }
  }

  private func encode(
    _ encoding: WireEncoding, _ events: [Event], tBase: Int64
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try encoding.encode(EventBatch(events), range: 0..<events.count, tBase: tBase, into: &bytes)
    return bytes
  }

  @Test func namesSizesAndNumbers() {
    // Publishers hold these in their sources: they may never change.
    let known: [(UInt16, String, Int?, Int?)] = [
      (1, "t32_x16_y15_on1", 8, 32), (2, "t64_x16_y16_on8", 13, nil), (3, "samna8", 8, 32),
      (4, "i64x4", 32, nil), (5, "spif32", 4, nil), (6, "spif64", 8, 32), (7, "mono64", 8, nil),
      (8, "evt2", nil, 34), (9, "evt3", nil, 24), (10, "aedat4", nil, nil),
    ]
    #expect(known.count == WireEncoding.allCases.count)
    for (code, name, size, bits) in known {
      let encoding = WireEncoding(code: code)
      #expect(encoding == WireEncoding(rawValue: name) && encoding?.code == code)
      #expect(encoding?.recordSize == size && encoding?.clockBits == bits)
    }
    #expect(WireEncoding(code: 0) == nil && WireEncoding(code: .max) == nil)
    #expect(WireEncoding(code: UInt16(known.count + 1)) == nil)
  }

  @Test func readsAndWritesEightByteRecords() throws {
    for tBase: Int64 in [0, 1000, -1000, 1 << 61, -1 << 61] {
      let events = [
        Event(t: tBase + 10, x: 5, y: 7, on: true),
        Event(t: tBase + 4_294_967_295, x: 258, y: 16384, on: false),
        Event(t: tBase + 0x0102_0304, x: 65535, y: 32767, on: true),
      ]
      #expect(try decode(.t32x16y15on1, Self.short, tBase: tBase) == EventBatch(events))
      #expect(try encode(.t32x16y15on1, events, tBase: tBase) == Self.short)
    }
  }

  @Test func readsAndWritesThirteenByteRecords() throws {
    let events = [
      Event(t: 10, x: 5, y: 7, on: true),
      Event(t: 1 << 62 - 1, x: 258, y: 65535, on: false),
      Event(t: 0x0102_0304_0506_0708, x: 65535, y: 0, on: true),
    ]
    #expect(try decode(.t64x16y16on8, Self.long) == EventBatch(events))
    #expect(try encode(.t64x16y16on8, events, tBase: 0) == Self.long)
    let first = Array(Self.long[..<13])
    for tBase: Int64 in [7, -7, 1 << 61, -1 << 61] {
      let event = Event(t: tBase + 10, x: 5, y: 7, on: true)
      #expect(try decode(.t64x16y16on8, first, tBase: tBase) == EventBatch([event]))
      #expect(try encode(.t64x16y16on8, [event], tBase: tBase) == first)
    }
  }

  @Test func anEmptyPayloadHoldsNoEvents() throws {
    for encoding in WireEncoding.allCases { #expect(try decode(encoding, []).isEmpty) }
  }

  @Test func bytesMustBeWholeRecords() throws {
    for (encoding, bytes) in [(WireEncoding.t32x16y15on1, Self.short), (.t64x16y16on8, Self.long)] {
      let size = try #require(encoding.recordSize)
      for count in 0...bytes.count where !count.isMultiple(of: size) {
        let error = refusal(encoding, Array(bytes[..<count]))
        #expect(error?.reason == .count)
        #expect(
          error?.description
            == "\(count) bytes are no multiple of the \(size) bytes of "
            + encoding.rawValue)
      }
    }
  }

  @Test func eventsMustLieOnTheSensor() throws {
    let geometry = SensorGeometry(width: 6, height: 8)
    for encoding in WireEncoding.allCases {
      let inside = Event(t: 0, x: 5, y: 7, on: true)
      let good = try encode(encoding, [inside], tBase: 0)
      #expect(try decode(encoding, good, geometry: geometry) == EventBatch([inside]))
      for (x, y): (UInt16, UInt16) in [(6, 7), (5, 8), (65535, 0), (0, 32767)]
      where encoding.widest.contains(x: x, y: y) {
        let bytes = try encode(encoding, [inside, Event(t: 0, x: x, y: y, on: true)], tBase: 0)
        let error = refusal(encoding, bytes, geometry: geometry)
        #expect(error == WireError(.geometry, "event 1 has x = \(x), y = \(y), outside 6x8"))
      }
    }
  }

  @Test func timesHaveALimit() throws {
    for time: UInt64 in [1 << 62, 1 << 63, .max] {
      let error = refusal(.t64x16y16on8, Array(Self.long[..<13]) + little(time) + [0, 0, 0, 0, 0])
      #expect(error?.reason == .time)
      #expect(error?.description == "event 1 has t = \(time) us, above the limit of 2^62")
    }
    // The sum with t_base counts, for two times are added later.
    let last = Array(Self.long[13..<26])
    #expect(try decode(.t64x16y16on8, last, tBase: -1).t == [1 << 62 - 2])
    #expect(refusal(.t64x16y16on8, last, tBase: 1)?.reason == .time)
    for encoding in WireEncoding.allCases {
      let bytes = try encode(encoding, [Event(t: 0, x: 0, y: 0, on: true)], tBase: 0)
      for tBase in [Int64.min, .max, 1 << 62, -1 << 62 - 4] {
        let error = refusal(encoding, bytes, tBase: tBase)
        #expect(error?.reason == .time)
        #expect(error?.description.contains("2^62") == true)
      }
    }
  }

  @Test func polarityIsZeroOrOne() {
    for polarity: UInt8 in [2, 3, 128, 255] {
      let error = refusal(
        .t64x16y16on8, Array(Self.long[..<25]) + [polarity] + Array(Self.long[26...]))
      #expect(
        error == WireError(.encoding, "event 1 has polarity \(polarity), which must be 0 or 1"))
    }
  }

  @Test func whatCannotBeWrittenIsRefused() throws {
    let rows: [(WireEncoding, Event, Int64, WireError.Reason, String)] = [
      (
        .t32x16y15on1, Event(t: 1 << 32, x: 0, y: 0, on: true), 0, .time,
        "event 1 has t = 4294967296 us, t32_x16_y15_on1 holds 0 to 4294967295 us after t_base = 0"
      ),
      (
        .t32x16y15on1, Event(t: 9, x: 0, y: 0, on: true), 10, .time,
        "event 1 has t = 9 us, t32_x16_y15_on1 holds 0 to 4294967295 us after t_base = 10"
      ),
      (
        .t32x16y15on1, Event(t: 20, x: 0, y: 32768, on: true), 10, .geometry,
        "event 1 has y = 32768, t32_x16_y15_on1 holds 0 to 32767"
      ),
      (
        .t64x16y16on8, Event(t: 1 << 62, x: 0, y: 0, on: true), 0, .time,
        "event 1 has t = 4611686018427387904 us, t64_x16_y16_on8 holds 0 to "
          + "4611686018427387903 us after t_base = 0"
      ),
    ]
    for (encoding, event, tBase, reason, text) in rows {
      let events = [Event(t: tBase, x: 0, y: 0, on: true), event]
      let error = #expect(throws: WireError.self) { try encode(encoding, events, tBase: tBase) }
      #expect(error == WireError(reason, text))
    }
    for (t, tBase): (Int64, Int64) in [(.max, -1), (.min, 1), (.max, .min), (.min, .max)] {
      for encoding in WireEncoding.allCases {
        let error = #expect(throws: WireError.self) {
          try encode(encoding, [Event(t: t, x: 0, y: 0, on: true)], tBase: tBase)
        }
        #expect(error?.reason == .time)
      }
    }
  }

  @Test func randomEventsComeBack() throws {
    var random = SplitMix64(seed: 14)
    for encoding in WireEncoding.timed {
      for tBase: Int64 in [0, -40_000, 7_000_000_000] {
        let events = randomEvents(
          1000, width: encoding.widest.width, height: encoding.widest.height, start: tBase,
          step: 1000, using: &random)
        var bytes: [UInt8] = [1, 2, 3]
        try encoding.encode(events, range: 100..<900, tBase: tBase, into: &bytes)
        var part = EventBatch()
        part.append(events, range: 100..<900)
        #expect(bytes.prefix(3) == [1, 2, 3])
        #expect(try decode(encoding, Array(bytes.dropFirst(3)), tBase: tBase) == part)
      }
    }
  }

  /// All encodings hold the same events, on whatever stretch of a batch and wherever they are counted from.
  @Test(arguments: WireEncoding.allCases) func manyEventsComeBack(_ encoding: WireEncoding) throws {
    var random = SplitMix64(seed: 4)
    for tBase in [-1 << 61, -5, 0, 1 << 33, 1 << 61] as [Int64] {
      let events = (0..<300).map { _ in
        Event(
          t: tBase + Int64(random.nextInteger(below: Int(min(encoding.reach, 1 << 32) + 1))),
          x: UInt16(random.nextInteger(below: encoding.widest.width)),
          y: UInt16(random.nextInteger(below: encoding.widest.height)),
          on: random.nextUniform() < 0.5)
      }
      var bytes: [UInt8] = [1, 2, 3]
      try encoding.encode(EventBatch(events), range: 10..<290, tBase: tBase, into: &bytes)
      #expect(bytes.prefix(3) == [1, 2, 3])
      let decoded = try decode(encoding, Array(bytes.dropFirst(3)), tBase: tBase)
      #expect(decoded == EventBatch(events[10..<290]))
    }
  }

  /// What is refused leaves nothing behind.
  @Test func aRefusedBatchWritesTheEventsBeforeItOnly() throws {
    let events = [Event(t: 5, x: 1, y: 2, on: true), Event(t: -1, x: 1, y: 2, on: true)]
    var bytes: [UInt8] = []
    #expect(throws: WireError.self) {
      try WireEncoding.t32x16y15on1.encode(EventBatch(events), range: 0..<2, tBase: 0, into: &bytes)
    }
    #expect(bytes == [5, 0, 0, 0, 1, 0, 5, 0])
  }
}
