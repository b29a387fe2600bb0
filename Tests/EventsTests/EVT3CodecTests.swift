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
}
