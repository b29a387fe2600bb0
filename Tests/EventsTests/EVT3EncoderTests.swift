import Events
import Testing

/// The words of EVT 3.0 that are written, and that they are read back.
@Suite struct EVT3EncoderTests {
  private func encoded(_ events: [Event]) throws -> [UInt16] {
    let layout = RecordingLayout(geometry: SensorGeometry(width: 1280, height: 720))
    let header =
      "% evt 3.0\n% format EVT3;height=720;width=1280\n% geometry 1280x720\n% end\n"
    let bytes = try EVT3Codec.encode(EventBatch(events), layout: layout)
    #expect(bytes.starts(with: header.utf8))
    #expect(try EVT3Codec.decode(bytes) == EventBatch(events))
    let rest = Array(bytes.dropFirst(header.utf8.count))
    return stride(from: 0, to: rest.count, by: 2).map {
      UInt16(rest[$0]) | UInt16(rest[$0 + 1]) << 8
    }
  }

  @Test func writesOnlyWhatChanges() throws {
    #expect(try encoded([]) == [])
    let words = try encoded([
      Event(t: 0, x: 1, y: 0, on: true), Event(t: 0, x: 1, y: 0, on: false),
      Event(t: 1, x: 1, y: 0, on: false), Event(t: 1, x: 2, y: 5, on: false),
      Event(t: 4096, x: 3, y: 5, on: false), Event(t: 4095, x: 4, y: 5, on: false),
    ])
    #expect(
      words == [
        0x8000, 0x6000, 0x0000, 0x2801, 0x2001, 0x6001, 0x2001, 0x0005, 0x2002, 0x8001, 0x6000,
        0x2003, 0x8000, 0x6FFF, 0x2004,
      ])
  }

  @Test func vectorsAreWrittenWhereTheyAreShorter() throws {
    func row(_ x: [UInt16]) -> [Event] { x.map { Event(t: 7, x: $0, y: 1, on: true) } }
    let start: [UInt16] = [0x8000, 0x6007, 0x0001]
    // Four events are as short as they are; the fifth makes a vector.
    #expect(try encoded(row([10, 11, 12, 13])) == start + [0x280A, 0x280B, 0x280C, 0x280D])
    #expect(
      try encoded(row([10, 11, 12, 13, 41])) == start + [0x380A, 0x400F, 0x4000, 0x5080])
    #expect(
      try encoded(row([10, 11, 12, 13, 42])) == start + [0x280A, 0x280B, 0x280C, 0x280D, 0x282A])
    // The next 32 pixels need no base.
    #expect(
      try encoded(row(Array(0..<64) + [70]))
        == start + [0x3800, 0x4FFF, 0x4FFF, 0x50FF, 0x4FFF, 0x4FFF, 0x50FF, 0x2846])
    #expect(
      try encoded(row(Array(2040...2047) + [5]))
        == start + [0x3FF8, 0x40FF, 0x4000, 0x5000, 0x2805])
  }

  @Test func longSilencesTakeWords() throws {
    let times: [Int64] = [5, 0x100_0005, 0x300_0000]
    let words = try encoded(times.map { Event(t: $0, x: 1, y: 1, on: true) })
    #expect(
      words == [
        0x8000, 0x6005, 0x0001, 0x2801, 0x8800, 0x8FFF, 0x8000, 0x6005, 0x2801,
        0x8800, 0x8FFF, 0x8000, 0x8800, 0x8FFF, 0x8000, 0x6000, 0x2801,
      ])
  }

  static let refusals: [(event: Event, field: String, value: Int64, limit: String)] = [
    (Event(t: 99, x: 2048, y: 0, on: true), "x", 2048, "0 to 2047"),
    (Event(t: 99, x: 0, y: 2048, on: true), "y", 2048, "0 to 2047"),
    (Event(t: -1, x: 0, y: 0, on: true), "t", -1, "0 to 1099528404991 us here"),
    (Event(t: .max, x: 0, y: 0, on: true), "t", .max, "0 to 1099528404991 us here"),
    (Event(t: 1 << 41, x: 0, y: 0, on: true), "t", 1 << 41, "0 to 1099528404991 us here"),
  ]

  @Test(arguments: refusals.indices) func refusesWhatTheFormatCannotHold(index: Int) throws {
    let (event, field, value, limit) = Self.refusals[index]
    var encoder = try EVT3Codec.Encoder(RecordingLayout(geometry: .nmnist))
    var bytes: [UInt8] = []
    let good = (0..<40).map { Event(t: 99, x: UInt16($0), y: 9, on: true) }
    try write(EventBatch(good), to: &encoder, &bytes)
    let error = #expect(throws: RecordingError.self) {
      try write(EventBatch(good + [event]), to: &encoder, &bytes)
    }
    #expect(error == .notRepresentable(index: 80, field: field, value: value, limit: limit))
  }

  @Test func timesThatGoBackTooFarAreRefused() throws {
    let cases: [(Int64, Int64, Bool)] = [
      (0x80_0FFF, 0x1000, true), (0x80_1000, 0xFFF, false), (0x100_0000, 0xFF_FFFF, false),
      (0x100_1388, 0x100_0000, true),
    ]
    for (first, then, isHeld) in cases {
      let events = EventBatch([
        Event(t: first, x: 0, y: 0, on: true), Event(t: then, x: 0, y: 0, on: true),
      ])
      let layout = RecordingLayout(geometry: .nmnist)
      do throws(RecordingError) {
        let bytes = try EVT3Codec.encode(events, layout: layout)
        #expect(isHeld)
        #expect(try EVT3Codec.decode(bytes) == events)
      } catch {
        #expect(!isHeld)
        guard case .notRepresentable(nil, 1, "t", then, _) = error else { throw error }
      }
    }
  }

  @Test func randomEventsComeBack() throws {
    var random = SplitMix64(seed: 31)
    let layout = RecordingLayout(geometry: SensorGeometry(width: 2048, height: 2048))
    for step in [Int64(0), 1, 40, 3000, 1 << 20, 1 << 30] {
      for start in [Int64(0), 11_718_656, 1 << 30] {
        let events = sceneEvents(
          3000, width: 2048, height: 2048, start: start, step: step,
          back: step < 100 ? step / 2 : 0,
          using: &random)
        guard step <= 1 || !crossesBackwards(events) else { continue }
        let bytes = try EVT3Codec.encode(events, layout: layout)
        #expect(try EVT3Codec.decode(bytes) == events)
        if step == 40 { try expectPiecesAlike(EVT3Codec.self, bytes, events) }
      }
    }
  }

  /// Whether a time goes back over a start at 0.
  private func crossesBackwards(_ events: EventBatch) -> Bool {
    zip(events.t, events.t.dropFirst()).contains { $0 > $1 && $0 >> 24 != $1 >> 24 }
  }
}
