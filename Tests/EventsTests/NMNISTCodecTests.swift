import Events
import Testing

/// The records against bytes written by hand from the description of the format: x, y, polarity
/// (1 = ON) in the top bit of a 24-bit number, time in the other 23, most significant byte first.
@Suite struct NMNISTCodecTests {
  static let bytes: [UInt8] = [
    5, 7, 0x80, 0x00, 0x2A,  // ON at 42
    255, 239, 0x7F, 0xFF, 0xFF,  // OFF at 2^23 - 1
    0, 0, 0x81, 0x02, 0x03,  // ON at 0x010203
    9, 240, 0xFF, 0xFF, 0xFF,  // the clock overflowed
    1, 241, 0x00, 0x00, 0x01,  // OFF at 1 + 8192
    9, 240, 0x00, 0x00, 0x00, 9, 240, 0x00, 0x00, 0x00,  // twice
    2, 3, 0x80, 0x00, 0x00,  // ON at 3 * 8192
  ]
  static let events = EventBatch([
    Event(t: 42, x: 5, y: 7, on: true), Event(t: 8_388_607, x: 255, y: 239, on: false),
    Event(t: 66_051, x: 0, y: 0, on: true), Event(t: 8193, x: 1, y: 241, on: false),
    Event(t: 24_576, x: 2, y: 3, on: true),
  ])

  /// Decodes `bytes` in pieces, each as long as `length` says.
  private func decode(
    _ bytes: [UInt8], pieces length: () -> Int
  ) -> (events: EventBatch, decoder: NMNISTCodec.Decoder) {
    var decoder = NMNISTCodec.Decoder()
    var batch = EventBatch()
    var start = 0
    while start < bytes.count {
      let end = min(start + length(), bytes.count)
      bytes[start..<end].withUnsafeBytes { decoder.decode($0, into: &batch) }
      start = end
    }
    return (batch, decoder)
  }

  @Test func readsRecordsAsDescribed() throws {
    let (events, decoder) = decode(Self.bytes) { 1000 }
    #expect(events == Self.events)
    #expect(decoder.offset == Self.bytes.count)
    try decoder.finish()
  }

  @Test func piecesOfAnySizeGiveTheSameEvents() throws {
    for size in 1...17 {
      let (events, decoder) = decode(Self.bytes) { size }
      #expect(events == Self.events, "pieces of \(size)")
      #expect(decoder.offset == Self.bytes.count)
      try decoder.finish()
    }
    var random = SplitMix64(seed: 11)
    let events = randomEvents(2000, step: 20_000, using: &random)
    let bytes = try NMNISTCodec.encode(events)
    for _ in 0..<50 {
      let result = decode(bytes) { random.nextInteger(below: 23) }
      #expect(result.events == events)
      try result.decoder.finish()
    }
  }

  @Test func aFileCutAnywhereGivesTheEventsBeforeTheCut() {
    for cut in 0...Self.bytes.count {
      for size in [2, 1000] {
        let (events, decoder) = decode(Array(Self.bytes[..<cut])) { size }
        var whole = decode(Array(Self.bytes[..<(cut / 5 * 5)])) { 1000 }
        #expect(events == whole.events)
        whole.events.removeAll()
        let rest = cut % 5
        var found: RecordingError?
        do { try decoder.finish() } catch { found = error }
        let expected = RecordingError.truncated(
          path: nil, offset: cut - rest, bytes: rest, recordSize: 5)
        #expect(found == (rest == 0 ? nil : expected))
      }
    }
    let error = RecordingError.truncated(path: "a.bin", offset: 40, bytes: 3, recordSize: 5)
    #expect(
      error.description == "a.bin: the file ends inside a record: 3 of 5 bytes at offset 40")
  }

  @Test func writesRecordsAsDescribed() throws {
    let bytes = try NMNISTCodec.encode(
      EventBatch([
        Event(t: 42, x: 5, y: 7, on: true), Event(t: 8_388_607, x: 255, y: 239, on: false),
        Event(t: 66_051, x: 0, y: 0, on: true),
      ]))
    #expect(bytes == Array(Self.bytes[..<15]))
    #expect(try NMNISTCodec.encode(EventBatch()) == [])
  }

  @Test func timesBeyond23BitsTakeMarkers() throws {
    let bytes = try NMNISTCodec.encode(
      EventBatch([
        Event(t: 8_388_608, x: 1, y: 2, on: false),
        Event(t: 8_388_607, x: 3, y: 4, on: true),
        Event(t: 8_404_992, x: 5, y: 6, on: true),
      ]))
    #expect(
      bytes == [
        0, 240, 0, 0, 0, 1, 2, 0x7F, 0xE0, 0x00,  // 2^23 - 2^13
        3, 4, 0xFF, 0xDF, 0xFF,
        0, 240, 0, 0, 0, 0, 240, 0, 0, 0, 5, 6, 0xFF, 0xE0, 0x00,
      ])
    let times: [Int64] = [0, 8_388_607, 8_388_608, 8_400_000, 20_000_000, 20_000_001, 900_000_000]
    let events = EventBatch(times.map { Event(t: $0, x: 1, y: 1, on: true) })
    #expect(decode(try NMNISTCodec.encode(events)) { 1 << 20 }.events == events)
  }

  static let refusals: [(event: Event, field: String, value: Int64, limit: String)] = [
    (Event(t: 0, x: 256, y: 0, on: true), "x", 256, "0 to 255"),
    (Event(t: 0, x: 65535, y: 0, on: true), "x", 65535, "0 to 255"),
    (Event(t: 0, x: 0, y: 240, on: true), "y", 240, "0 to 239"),
    (Event(t: 0, x: 0, y: 255, on: false), "y", 255, "0 to 239"),
    (Event(t: -1, x: 0, y: 0, on: true), "t", -1, "0 to 2^33 us here"),
    (Event(t: .min, x: 0, y: 0, on: true), "t", .min, "0 to 2^33 us here"),
    (Event(t: 1 << 33, x: 0, y: 0, on: true), "t", 1 << 33, "0 to 2^33 us here"),
    (Event(t: .max, x: 0, y: 0, on: true), "t", .max, "0 to 2^33 us here"),
  ]

  @Test(arguments: refusals.indices) func refusesWhatTheFormatCannotHold(index: Int) throws {
    let (event, field, value, limit) = Self.refusals[index]
    let good = EventBatch([
      Event(t: 0, x: 255, y: 239, on: true), Event(t: 0, x: 0, y: 0, on: true),
    ])
    var encoder = NMNISTCodec.Encoder()
    var bytes: [UInt8] = []
    try encoder.encode(good, into: &bytes)
    var bad = EventBatch([good[0]])
    bad.append(event)
    let error = #expect(throws: RecordingError.self) { try encoder.encode(bad, into: &bytes) }
    #expect(error == .notRepresentable(index: 3, field: field, value: value, limit: limit))
    #expect(
      error?.description
        == "event 3 cannot be written: \(field) = \(value), the format holds \(limit)")
  }

  @Test func refusesEventsOlderThanAMarker() throws {
    var encoder = NMNISTCodec.Encoder()
    var bytes: [UInt8] = []
    try encoder.encode(EventBatch([Event(t: 8_388_608, x: 0, y: 0, on: true)]), into: &bytes)
    try encoder.encode(EventBatch([Event(t: 8192, x: 0, y: 0, on: true)]), into: &bytes)
    let error = #expect(throws: RecordingError.self) {
      try encoder.encode(EventBatch([Event(t: 8191, x: 0, y: 0, on: true)]), into: &bytes)
    }
    #expect(
      error
        == .notRepresentable(index: 2, field: "t", value: 8191, limit: "8192 to 2^33 us here"))
  }

  @Test func randomEventsComeBack() throws {
    var random = SplitMix64(seed: 2)
    for step in [Int64(1), 100, 10_000, 1_000_000] {
      for _ in 0..<10 {
        let events = randomEvents(300, width: 256, height: 240, step: step, using: &random)
        let (again, decoder) = decode(try NMNISTCodec.encode(events)) { 4096 }
        #expect(again == events)
        try decoder.finish()
      }
    }
  }
}
