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

  @Test func readsRecordsAsDescribed() throws {
    #expect(try NMNISTCodec.decode(Self.bytes) == Self.events)
  }

  @Test func piecesOfAnySizeGiveTheSameEvents() throws {
    try expectPiecesAlike(NMNISTCodec.self, Self.bytes, Self.events)
    var random = SplitMix64(seed: 11)
    let events = randomEvents(2000, step: 20_000, using: &random)
    try expectPiecesAlike(NMNISTCodec.self, try NMNISTCodec.encode(events), events)
  }

  @Test func aFileCutAnywhereGivesTheEventsBeforeTheCut() throws {
    for cut in 0...Self.bytes.count {
      var events = EventBatch()
      var found: RecordingError?
      do { try NMNISTCodec.decode(Self.bytes[..<cut], into: &events) } catch { found = error }
      let rest = cut % 5
      #expect(try events == NMNISTCodec.decode(Self.bytes[..<(cut - rest)]))
      let expected = RecordingError.truncated(path: nil, offset: cut - rest, bytes: rest)
      #expect(found == (rest == 0 ? nil : expected))
    }
    #expect(
      RecordingError.truncated(path: "a.bin", offset: 40, bytes: 3).description
        == "a.bin: the file ends inside a header or record: 3 bytes of it at offset 40")
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
    #expect(try NMNISTCodec.decode(NMNISTCodec.encode(events)) == events)
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
    var encoder = try NMNISTCodec.Encoder(RecordingLayout(geometry: .nmnist))
    var bytes: [UInt8] = []
    try append(good, to: &encoder, &bytes)
    var bad = EventBatch([good[0]])
    bad.append(event)
    let error = #expect(throws: RecordingError.self) { try append(bad, to: &encoder, &bytes) }
    #expect(error == .notRepresentable(index: 3, field: field, value: value, limit: limit))
    #expect(
      error?.description
        == "event 3 cannot be written: \(field) = \(value), the format holds \(limit)")
  }

  @Test func refusesEventsOlderThanAMarker() throws {
    var encoder = try NMNISTCodec.Encoder(RecordingLayout(geometry: .nmnist))
    var bytes: [UInt8] = []
    try append(EventBatch([Event(t: 8_388_608, x: 0, y: 0, on: true)]), to: &encoder, &bytes)
    try append(EventBatch([Event(t: 8192, x: 0, y: 0, on: true)]), to: &encoder, &bytes)
    let error = #expect(throws: RecordingError.self) {
      try append(EventBatch([Event(t: 8191, x: 0, y: 0, on: true)]), to: &encoder, &bytes)
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
        #expect(try NMNISTCodec.decode(NMNISTCodec.encode(events)) == events)
      }
    }
  }

  private func append(
    _ batch: EventBatch, to encoder: inout NMNISTCodec.Encoder, _ bytes: inout [UInt8]
  ) throws(RecordingError) {
    try encoder.encode(batch, range: batch.indices, into: &bytes)
  }
}
