import Events
import Testing

/// EVT 3.0 against words written by hand: the type is the first hexadecimal digit.
@Suite struct EVT3CodecTests {
  static let words: [UInt16] = [
    0x2001, 0x3005, 0x4FFF, 0x6123,  // before any time: only the state counts
    0x8001, 0x2803,  // TIME_HIGH sets the lower bits to 0; row 0, ON
    0x6FFF, 0x0165, 0x2007,  // row 0x165
    0x0965, 0x2008,  // bit 11 of the row tells of another camera
    0x3864, 0x4801, 0x4000, 0x5081,  // vectors from 100: 100, 111; 12 none; 124, 131
    0x5001,  // goes on at 132
    0x37FE, 0x4007,  // 2046, 2047, 0, OFF
    0x6FF0, 0x2009,  // the lower time goes back
    0x8001, 0x200A,  // the same TIME_HIGH again changes nothing
    0x8000, 0x200B,  // a step back
    0xA101, 0xE014, 0xF123, 0xF456, 0x7007, 0x1FFF, 0x9FFF, 0xBFFF, 0xCFFF, 0xDFFF,  // no events
    0x200C, 0x8FFF, 0x6FFF, 0x200D, 0x8000, 0x200E, 0x6001, 0x200F,  // a start at 0
  ]
  static let events: EventBatch = {
    var events = EventBatch([Event(t: 4096, x: 3, y: 0, on: true)])
    func add(_ t: Int64, _ x: [UInt16], on: Bool) {
      for x in x { events.append(t: t, x: x, y: 0x165, on: on) }
    }
    add(8191, [7, 8], on: false)
    add(8191, [100, 111, 124, 131, 132], on: true)
    add(8191, [2046, 2047, 0], on: false)
    add(4096 + 0xFF0, [9, 10], on: false)
    add(0, [11, 12], on: false)
    add(1 << 24 - 1, [13], on: false)
    add(1 << 24, [14], on: false)
    add(1 << 24 + 1, [15], on: false)
    return events
  }()

  @Test func readsWordsAsDescribed() throws {
    let header = oldHeader("3.0")
    let bytes = header + Self.words.flatMap(little)
    #expect(try EVT3Codec.decode(bytes) == Self.events)
    try expectSound(EVT3Codec.self, bytes, header: header.count)
  }

  @Test func wordsWithoutAFileAreReadToo() throws {
    for size in [2, 6, 40] {
      var decoder = EVT3Codec.Decoder()
      var batch = EventBatch()
      let bytes = Self.words.flatMap(little)
      for start in stride(from: 0, to: bytes.count, by: size) {
        let message = Array(bytes[start..<min(start + size, bytes.count)])
        let taken = try unaligned(message) {
          try decoder.decode($0, at: 0, isLast: false, into: &batch)
        }
        #expect(taken == message.count)
      }
      #expect(batch == Self.events)
    }
  }

  /// Reads words as the description says it, one by one.
  private func plain(_ words: [UInt16]) -> EventBatch {
    var clock: PlainClock?
    var (low, row, base, on) = (Int64(0), UInt16(0), 0, false)
    var events = EventBatch()
    for word in words {
      let content = word & 0xFFF
      switch word >> 12 {
      case 0: row = word & 0x7FF
      case 2:
        if let clock {
          events.append(
            t: clock.time + low, x: word & 0x7FF, y: row, on: word & 0x800 != 0)
        }
      case 3: (base, on) = (Int(word & 0x7FF), word & 0x800 != 0)
      case 4, 5:
        let size = word >> 12 == 4 ? 12 : 8
        for bit in 0..<size where content >> bit & 1 == 1 {
          if let clock {
            events.append(t: clock.time + low, x: UInt16((base + bit) % 2048), y: row, on: on)
          }
        }
        base = (base + size) % 2048
      case 6: low = Int64(content)
      case 8:
        let before = clock?.time
        clock = clock ?? PlainClock(range: 1 << 24)
        clock?.set(Int64(content) * 4096)
        if clock?.time != before { low = 0 }
      default: break
      }
    }
    return events
  }

  @Test func randomWordsAreReadAsTheyAreDescribed() throws {
    var random = SplitMix64(seed: 30)
    let mixes: [[UInt16]] = [
      Array(0...15), [2, 2, 2, 0, 6, 8], [3, 4, 4, 5, 5, 2, 0], [4], [4, 5, 8], [8, 6, 2],
      [3, 4, 4, 5, 8, 6, 0, 2],
    ]
    for mix in mixes {
      for _ in 0..<15 {
        var words = (0..<500).map { _ in
          mix[random.nextInteger(below: mix.count)] << 12 | UInt16(random.nextInteger(below: 4096))
        }
        words.insert(0x8000 | words[0] & 0xFFF, at: random.nextInteger(below: 40))
        let bytes = Array("% evt 3.0\n% end\n".utf8) + words.flatMap(little)
        #expect(try EVT3Codec.decode(bytes) == plain(words))
        #expect(try decodeInPieces(EVT3Codec.self, bytes) { 37 } == plain(words))
      }
    }
  }

  /// 12 events from 2 bytes: more than are made room for at once.
  @Test func fullVectorsAreReadInSeveralCalls() throws {
    let words = [0x8001, 0x0002, 0x3800] + [UInt16](repeating: 0x4FFF, count: 20_000)
    let events = try EVT3Codec.decode(oldHeader("3.0") + words.flatMap { little(UInt16($0)) })
    #expect(events.count == 240_000)
    #expect(events.indices.allSatisfy { Int(events.x[$0]) == $0 % 2048 && events.on[$0] })
    #expect(events.t.allSatisfy { $0 == 4096 } && events.y.allSatisfy { $0 == 2 })
  }

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
