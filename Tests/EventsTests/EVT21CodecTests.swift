import Events
import Testing

/// EVT 2.1 against words written by hand: an EVT 2.0 word in the upper half, the mask of 32 pixels in the lower.
@Suite struct EVT21CodecTests {
  static func word(_ type: UInt32, _ low: UInt32, _ x: UInt32, _ y: UInt32, _ mask: UInt32)
    -> UInt64
  { UInt64(type << 28 | low << 22 | x << 11 | y) << 32 | UInt64(mask) }
  static func high(_ value: UInt32) -> UInt64 { UInt64(0x8000_0000 | value) << 32 }

  static let words = [
    word(1, 0, 0, 0, 1), high(1), word(1, 5, 64, 479, 0x8000_0001), word(0, 6, 32, 7, 0),
    word(0, 63, 2040, 2047, 0x1C0), word(0xA, 7, 0, 1, 3), word(0xE, 8, 9, 10, 0x14),
    high(0xFFF_FFFF), word(0, 1, 0, 0, 2), high(0), word(1, 2, 96, 1, 0xF000),
  ]
  static let events = EventBatch([
    Event(t: 69, x: 64, y: 479, on: true), Event(t: 69, x: 95, y: 479, on: true),
    Event(t: 127, x: 2046, y: 2047, on: false), Event(t: 127, x: 2047, y: 2047, on: false),
    Event(t: 127, x: 0, y: 2047, on: false), Event(t: 1 << 34 - 63, x: 1, y: 0, on: false),
    Event(t: 1 << 34 + 2, x: 108, y: 1, on: true), Event(t: 1 << 34 + 2, x: 109, y: 1, on: true),
    Event(t: 1 << 34 + 2, x: 110, y: 1, on: true), Event(t: 1 << 34 + 2, x: 111, y: 1, on: true),
  ])

  @Test func readsWordsAsDescribed() throws {
    let header = oldHeader("2.1")
    let bytes = header + Self.words.flatMap(little)
    #expect(try EVT21Codec.decode(bytes) == Self.events)
    try expectSound(EVT21Codec.self, bytes, header: header.count)
  }

  @Test func theUpperHalfComesFirstInTheLegacyOrder() throws {
    let headers = [
      "% format EVT21;endianness=legacy;height=720;width=1280\n% end\n",
      "% endianness legacy\n% evt 2.1\n",
      "% camera_integrator_name Prophesee\n% format EVT21;height=720;width=1280\n% system_ID 49\n",
    ]
    for header in headers.map({ Array($0.utf8) }) {
      let bytes = header + Self.words.flatMap { little($0 << 32 | $0 >> 32) }
      #expect(try EVT21Codec.decode(bytes) == Self.events)
      try expectSound(EVT21Codec.self, bytes, header: header.count)
    }
    // Later cameras, and those of others, send the usual order.
    for line in ["% integrator_name Prophesee\n% system_ID 55\n", "% system_ID 49\n"] {
      let bytes = Array("\(line)% evt 2.1\n".utf8) + Self.words.flatMap(little)
      #expect(try EVT21Codec.decode(bytes) == Self.events)
    }
  }

  @Test func randomWordsAreReadAsTheyAreDescribed() throws {
    var random = SplitMix64(seed: 21)
    for _ in 0..<50 {
      let words = (0..<300).map { _ -> UInt64 in
        let type = UInt64([0, 1, 0, 1, 8, 10, 14, 15, 3][random.nextInteger(below: 9)])
        return type << 60 | random.next() & 0xFFF_FFFF_FFFF_FFFF
      }
      var clock: PlainClock?
      var expected = EventBatch()
      for word in words {
        if word >> 60 == 8 {
          clock = clock ?? PlainClock(range: 1 << 34)
          clock?.set(Int64(word >> 32 & 0xFFF_FFFF) * 64)
        } else if word >> 60 < 2, let clock {
          for bit in 0..<32 where word >> bit & 1 == 1 {
            expected.append(
              t: clock.time + Int64(word >> 54 & 63),
              x: UInt16((Int(word >> 43 & 0x7FF) + bit) % 2048), y: UInt16(word >> 32 & 0x7FF),
              on: word >> 60 == 1)
          }
        }
      }
      let bytes = Array("% evt 2.1\n% end\n".utf8) + words.flatMap(little)
      #expect(try EVT21Codec.decode(bytes) == expected && !expected.isEmpty)
    }
  }

  /// 32 events from 8 bytes: more than are made room for at once.
  @Test func fullMasksAreReadInSeveralCalls() throws {
    let words = [Self.high(0)] + (0..<5000).map { Self.word(1, 0, 32, UInt32($0 % 2048), .max) }
    let events = try EVT21Codec.decode(oldHeader("2.1") + words.flatMap(little))
    #expect(events.count == 160_000)
    #expect(events.indices.allSatisfy { Int(events.x[$0]) == 32 + $0 % 32 })
    #expect(events.indices.allSatisfy { Int(events.y[$0]) == $0 / 32 % 2048 })
  }

  @Test func eventsThatFitShareAWord() throws {
    var events = EventBatch((0..<40).map { Event(t: 65, x: UInt16($0), y: 3, on: true) })
    events.append(t: 65, x: 39, y: 3, on: true)  // again
    events.append(t: 65, x: 45, y: 3, on: false)  // another polarity
    events.append(t: 66, x: 46, y: 3, on: false)  // another time
    events.append(t: 66, x: 47, y: 4, on: false)  // another row
    events.append(t: 66, x: 46, y: 4, on: false)  // to the left
    let layout = RecordingLayout(geometry: SensorGeometry(width: 64, height: 8))
    let bytes = try EVT21Codec.encode(events, layout: layout)
    let words = [
      Self.high(1), Self.word(1, 1, 0, 3, .max), Self.word(1, 1, 32, 3, 0xFF),
      Self.word(1, 1, 32, 3, 0x80), Self.word(0, 1, 32, 3, 1 << 13),
      Self.word(0, 2, 32, 3, 1 << 14),
      Self.word(0, 2, 32, 4, 1 << 15), Self.word(0, 2, 32, 4, 1 << 14),
    ]
    let header =
      "% evt 2.1\n% format EVT21;endianness=little;height=8;width=64\n% geometry 64x8\n% end\n"
    #expect(bytes == Array(header.utf8) + words.flatMap(little))
    #expect(try EVT21Codec.decode(bytes) == events)
  }
}
