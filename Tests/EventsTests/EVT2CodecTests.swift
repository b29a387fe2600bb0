import Events
import Testing

/// EVT 2.0 against words written by hand: type in bits 31 to 28, then 6 bits of time, 11 of x, 11 of y.
@Suite struct EVT2CodecTests {
  static func word(_ type: UInt32, _ low: UInt32, _ x: UInt32, _ y: UInt32) -> [UInt8] {
    little(type << 28 | low << 22 | x << 11 | y)
  }
  static func high(_ value: UInt32) -> [UInt8] { little(0x8000_0000 | value) }

  static let bytes: [UInt8] =
    oldHeader("2.0") + word(1, 3, 1, 1)  // nobody knows when
    + high(0x123) + word(1, 5, 639, 479) + word(0, 63, 2047, 2047)
    + word(0xA, 7, 0, 1) + word(0xE, 8, 9, 10) + word(0xF, 9, 9, 9) + word(5, 1, 1, 1)  // no events
    + word(0, 0, 0, 0) + high(0x122) + word(1, 1, 2, 3)  // a step back
    + high(0xFFF_FFFF) + word(0, 63, 4, 5) + high(0) + word(1, 0, 6, 7)  // a start at 0
  static let events = EventBatch([
    Event(t: 0x123 << 6 + 5, x: 639, y: 479, on: true),
    Event(t: 0x123 << 6 + 63, x: 2047, y: 2047, on: false),
    Event(t: 0x123 << 6, x: 0, y: 0, on: false), Event(t: 0x122 << 6 + 1, x: 2, y: 3, on: true),
    Event(t: 1 << 34 - 1, x: 4, y: 5, on: false), Event(t: 1 << 34, x: 6, y: 7, on: true),
  ])

  @Test func readsWordsAsDescribed() throws {
    #expect(try EVT2Codec.decode(Self.bytes) == Self.events)
    try expectSound(EVT2Codec.self, Self.bytes, header: oldHeader("2.0").count)
  }

  @Test func wordsWithoutAFileAreReadToo() throws {
    var decoder = EVT2Codec.Decoder()
    var batch = EventBatch()
    for message in [Self.high(7), Self.word(1, 2, 3, 4), Self.word(0, 5, 6, 7)] {
      let taken = try unaligned(message) {
        try decoder.decode($0, at: 0, isLast: false, into: &batch)
      }
      #expect(taken == 4)
    }
    #expect(
      batch
        == EventBatch([
          Event(t: 7 << 6 + 2, x: 3, y: 4, on: true), Event(t: 7 << 6 + 5, x: 6, y: 7, on: false),
        ]))
  }

  @Test func randomWordsAreReadAsTheyAreDescribed() throws {
    var random = SplitMix64(seed: 20)
    for _ in 0..<50 {
      let words = (0..<400).map { _ -> UInt32 in
        let word = UInt32(truncatingIfNeeded: random.next())
        let type = UInt32([0, 1, 0, 1, 8, 8, 10, 14, 15, 3][random.nextInteger(below: 10)])
        return type << 28 | word & 0xFFF_FFFF
      }
      var clock: PlainClock?
      var expected = EventBatch()
      for word in words {
        if word >> 28 == 8 {
          clock = clock ?? PlainClock(range: 1 << 34)
          clock?.set(Int64(word & 0xFFF_FFFF) * 64)
        } else if word >> 28 < 2, let clock {
          expected.append(
            t: clock.time + Int64(word >> 22) % 64, x: UInt16((word >> 11) % 2048),
            y: UInt16(word % 2048), on: word >> 28 == 1)
        }
      }
      let bytes = Array("% evt 2.0\n% end\n".utf8) + words.flatMap(little)
      #expect(try EVT2Codec.decode(bytes) == expected && !expected.isEmpty)
    }
  }

  /// Every pair of words adds 2^34 us: after enough of them the next time would not be one.
  @Test func timesStayBelowTheirLimit() throws {
    let turn = Self.high(0) + Self.high(0xFFF_FFFF)
    let bytes = [UInt8]((0..<1 << 15).flatMap { _ in turn })
    var decoder = EVT2Codec.Decoder()
    var batch = EventBatch()
    var found: RecordingError?
    for _ in 0..<1 << 13 + 1 where found == nil {
      do throws(RecordingError) {
        var failure: RecordingError?
        bytes.withUnsafeBytes { bytes in
          do throws(RecordingError) {
            _ = try decoder.decode(bytes, at: 1000, isLast: false, into: &batch)
          } catch {
            failure = error
          }
        }
        if let failure { throw failure }
      } catch {
        found = error
      }
    }
    guard case .malformed(nil, let offset, let reason)? = found else {
      Issue.record("\(String(describing: found))")
      return
    }
    #expect(offset >= 1000 && reason == "a time of 2^62 us or more")
  }

  @Test func writesWordsAsDescribed() throws {
    let layout = RecordingLayout(geometry: SensorGeometry(width: 640, height: 480))
    let header = Array(
      "% evt 2.0\n% format EVT2;height=480;width=640\n% geometry 640x480\n% end\n".utf8)
    let bytes = try EVT2Codec.encode(Self.events, layout: layout)
    #expect(
      bytes == header + Self.high(0x123) + Self.word(1, 5, 639, 479)
        + Self.word(0, 63, 2047, 2047) + Self.word(0, 0, 0, 0) + Self.high(0x122)
        + Self.word(1, 1, 2, 3) + Self.high(0x122 + 0x800_0000) + Self.high(0xFFF_FFFF)
        + Self.word(0, 63, 4, 5) + Self.high(0) + Self.word(1, 0, 6, 7))
    #expect(try EVT2Codec.encode(EventBatch(), layout: layout) == header)
  }

  static let refusals: [(event: Event, field: String, value: Int64)] = [
    (Event(t: 99, x: 2048, y: 0, on: true), "x", 2048),
    (Event(t: 99, x: 0, y: 2048, on: true), "y", 2048),
    (Event(t: -1, x: 0, y: 0, on: true), "t", -1),
    (Event(t: .min, x: 0, y: 0, on: true), "t", .min),
    (Event(t: .max, x: 0, y: 0, on: true), "t", .max),
    (Event(t: 1 << 51, x: 0, y: 0, on: true), "t", 1 << 51),
  ]

  @Test(arguments: refusals.indices) func refusesWhatTheFormatCannotHold(index: Int) throws {
    let (event, field, value) = Self.refusals[index]
    func refuse(_ codec: (some RecordingCodec).Type) throws {
      func check<Codec: RecordingCodec>(_: Codec.Type) throws {
        var encoder = try Codec.Encoder(RecordingLayout(geometry: .nmnist))
        var bytes: [UInt8] = []
        let good = Event(t: 99, x: 2047, y: 2047, on: true)
        try write(EventBatch([good, good]), to: &encoder, &bytes)
        let error = #expect(throws: RecordingError.self) {
          try write(EventBatch([good, event]), to: &encoder, &bytes)
        }
        guard case .notRepresentable(nil, 3, field, value, let limit)? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(limit == (field == "t" ? "0 to \(1 << 50 + 1 << 34 - 1) us here" : "0 to 2047"))
      }
      try check(codec)
    }
    try refuse(EVT2Codec.self)
    try refuse(EVT21Codec.self)
  }

  @Test func timesBeforeAStartAtZeroAreRefused() throws {
    var encoder = try EVT2Codec.Encoder(RecordingLayout(geometry: .nmnist))
    var bytes: [UInt8] = []
    try write(EventBatch([Event(t: 1 << 34 + 70, x: 0, y: 0, on: true)]), to: &encoder, &bytes)
    try write(EventBatch([Event(t: 1 << 34, x: 0, y: 0, on: true)]), to: &encoder, &bytes)
    #expect(throws: RecordingError.self) {
      try write(EventBatch([Event(t: 1 << 34 - 1, x: 0, y: 0, on: true)]), to: &encoder, &bytes)
    }
  }

  @Test func randomEventsComeBack() throws {
    var random = SplitMix64(seed: 3)
    let layout = RecordingLayout(geometry: SensorGeometry(width: 2048, height: 2048))
    for step in [Int64(0), 1, 50, 5000, 1 << 20, 1 << 35, 1 << 45] {
      for start in [Int64(0), 913_716_224, 1 << 36] {
        let events = sceneEvents(
          500, width: 2048, height: 2048, start: start, step: step, back: min(step, 1000) / 2,
          using: &random)
        guard
          step < 1 << 30
            || !events.indices.dropFirst().contains(where: { events.t[$0] < events.t[$0 - 1] })
        else { continue }
        #expect(try EVT2Codec.decode(EVT2Codec.encode(events, layout: layout)) == events)
        #expect(try EVT21Codec.decode(EVT21Codec.encode(events, layout: layout)) == events)
      }
    }
  }
}
