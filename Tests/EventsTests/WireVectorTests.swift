import Events
import Testing

/// Each encoding against bytes that were put together by hand from its description.
@Suite struct WireVectorTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var encoding: WireEncoding
    var bytes: [UInt8]
    /// Counted from `t_base`.
    var events: [Event]

    var testDescription: String { encoding.rawValue }
  }

  static let vectors: [Vector] = [
    Vector(
      encoding: .samna8,
      bytes: [
        1, 7, 5, 0, 10, 0, 0, 0,  // ON, y 7, x 5, 10
        0, 255, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,  // OFF, y 255, x 0, 2^32 - 1
        1, 0, 255, 0, 4, 3, 2, 1,
      ],
      events: [
        Event(t: 10, x: 5, y: 7, on: true), Event(t: 4_294_967_295, x: 0, y: 255, on: false),
        Event(t: 0x0102_0304, x: 255, y: 0, on: true),
      ]),
    Vector(
      encoding: .i64x4,
      bytes: little(Int64(10)) + little(Int64(5)) + little(Int64(7)) + little(Int64(1))
        + little(Int64(1) << 62 - 1) + little(Int64(65535)) + little(Int64(0)) + little(Int64(0)),
      events: [
        Event(t: 10, x: 5, y: 7, on: true), Event(t: 1 << 62 - 1, x: 65535, y: 0, on: false),
      ]),
    Vector(
      encoding: .spif32,
      bytes: [
        7, 0x80, 5, 0x80,  // ON, y 7, x 5
        0xFF, 0x7F, 0x01, 0x81,  // OFF, y 32767, x 257
        0, 0x80, 0xFF, 0xFF,  // ON, y 0, x 32767
      ],
      events: [
        Event(t: 0, x: 5, y: 7, on: true), Event(t: 0, x: 257, y: 32767, on: false),
        Event(t: 0, x: 32767, y: 0, on: true),
      ]),
    Vector(
      encoding: .spif64,
      bytes: [
        7, 0x80, 5, 0, 10, 0, 0, 0,
        0xFF, 0x7F, 0x01, 0x01, 0xFF, 0xFF, 0xFF, 0xFF,
        0, 0x80, 0xFF, 0x7F, 4, 3, 2, 1,
      ],
      events: [
        Event(t: 10, x: 5, y: 7, on: true), Event(t: 4_294_967_295, x: 257, y: 32767, on: false),
        Event(t: 0x0102_0304, x: 32767, y: 0, on: true),
      ]),
    Vector(
      encoding: .mono64,
      bytes: [
        0x10, 0x27, 0, 0, 5, 0, 7, 0x80,  // 10,000 ns, x 5, y 7, ON
        0xD8, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F,  // 4,294,967,000 ns, x 65535, y 32767, OFF
      ],
      events: [
        Event(t: 10, x: 5, y: 7, on: true), Event(t: 4_294_967, x: 65535, y: 32767, on: false),
      ]),
    Vector(
      encoding: .evt2,
      bytes: [
        0, 0, 0, 0x80,  // TIME_HIGH 0
        7, 0x28, 0x80, 0x12,  // ON, time 10, x 5, y 7
        3, 0, 0, 0x80,  // TIME_HIGH 3
        0xFF, 0xFF, 0x7F, 0,  // OFF, time 1, x 2047, y 2047
      ],
      events: [
        Event(t: 10, x: 5, y: 7, on: true), Event(t: 193, x: 2047, y: 2047, on: false),
      ]),
    Vector(
      encoding: .evt3,
      bytes: [
        0, 0x80, 10, 0x60,  // TIME_HIGH 0, TIME_LOW 10
        7, 0, 5, 0x28,  // ADDR_Y 7, ADDR_X 5 ON
        1, 0x80, 2, 0x60,  // TIME_HIGH 1, TIME_LOW 2
        0xFF, 0x07, 0xFF, 0x27,  // ADDR_Y 2047, ADDR_X 2047 OFF
      ],
      events: [
        Event(t: 10, x: 5, y: 7, on: true), Event(t: 4098, x: 2047, y: 2047, on: false),
      ]),
  ]

  private func decode(
    _ encoding: WireEncoding, _ bytes: [UInt8], tBase: Int64 = 0,
    geometry: SensorGeometry = SensorGeometry(width: 65536, height: 65536)
  ) throws -> EventBatch {
    try unaligned(bytes) { try encoding.decode($0, tBase: tBase, geometry: geometry) }
  }

  private func refusal(_ encoding: WireEncoding, _ bytes: [UInt8]) -> WireError? {
    #expect(throws: WireError.self) { try decode(encoding, bytes) }
  }

  @Test(arguments: vectors) func isReadAndWritten(_ vector: Vector) throws {
    for tBase: Int64 in [0, 1000, -1000] {
      let events = EventBatch(
        vector.events.map { Event(t: $0.t + tBase, x: $0.x, y: $0.y, on: $0.on) })
      // Its last time is the largest of all.
      guard tBase <= 0 || vector.encoding != .i64x4 else { continue }
      #expect(try decode(vector.encoding, vector.bytes, tBase: tBase) == events)
      var bytes: [UInt8] = []
      try vector.encoding.encode(events, range: events.indices, tBase: tBase, into: &bytes)
      #expect(bytes == vector.bytes)
    }
  }

  @Test func whatIsNotUsedMayHoldAnything() throws {
    #expect(
      try decode(.samna8, [1, 7, 5, 0xAB, 10, 0, 0, 0])
        == EventBatch([Event(t: 10, x: 5, y: 7, on: true)]))
  }

  @Test func nanosecondsAreRoundedDown() throws {
    for (nanoseconds, microseconds): (UInt64, Int64) in [(0, 0), (999, 0), (1000, 1), (1999, 1)] {
      #expect(try decode(.mono64, little(nanoseconds), tBase: 5).t == [microseconds + 5])
    }
  }

  /// Words that depend on others come after them, in every message.
  @Test func wordsAreReadAlone() throws {
    func evt3(_ words: UInt16...) -> [UInt8] { words.flatMap { little($0) } }
    let rows: [(WireEncoding, [UInt8], String)] = [
      (.evt2, [7, 0x28, 0x80, 0x12], "type 1, not 8 (TIME_HIGH)"),
      (.evt3, evt3(0x600A, 0x8000), "type 6, not 8 (TIME_HIGH)"),
      (.evt3, evt3(0x8000, 0x0007, 0x2805), "word 2 has events before any word of type 6"),
      (.evt3, evt3(0x8000, 0x600A, 0x2805), "word 2 has events before any word of type 0"),
      (.evt3, evt3(0x8000, 0x600A, 0x0007, 0x4001), "word 3 has events before any word of type 3"),
      (.evt3, evt3(0x8000, 0x600A, 0x0007, 0x5001), "word 3 has events before any word of type 3"),
    ]
    for (encoding, bytes, text) in rows {
      let error = refusal(encoding, bytes)
      #expect(error?.reason == .encoding)
      #expect(error?.description.contains(text) == true, "\(error.map { "\($0)" } ?? "-")")
    }
    let vector = evt3(0x8000, 0x600A, 0x0007, 0x3805, 0x4801, 0x5003)
    #expect(
      try decode(.evt3, vector).x == [5, 16, 17, 18])
    for count in 1..<4 {
      #expect(refusal(.evt2, Array([0, 0, 0, 0x80][..<count]))?.reason == .count)
    }
    #expect(refusal(.evt3, [0, 0x80, 1])?.reason == .count)
  }

  /// A message of 1 KB cannot take more memory than the limit allows, whatever its vectors hold.
  @Test func vectorsAreBounded() {
    let head: [UInt16] = [0x8000, 0x6000, 0x0000, 0x3000]
    let bytes = (head + [UInt16](repeating: 0x4FFF, count: 500)).flatMap { little($0) }
    let error = #expect(throws: WireError.self) {
      try unaligned(bytes) {
        try WireEncoding.evt3.decode(
          $0, tBase: 0, geometry: SensorGeometry(width: 2048, height: 1), mostEvents: 100)
      }
    }
    #expect(error?.reason == .size)
  }

  /// What dv-processing puts into a packet: a table with one field, a vector of structures of 16 bytes.
  @Test func aPacketOfAEDAT4() throws {
    var bytes = little(UInt32(60)) + [16, 0, 0, 0] + Array("EVTS".utf8) + [0, 0]
    bytes += [6, 0, 8, 0, 4, 0]  // vtable: its size, the table's size, the place of the field
    bytes += little(UInt32(6)) + little(UInt32(4)) + little(UInt32(2))
    bytes += little(Int64(10)) + [5, 0, 7, 0, 1, 0, 0, 0]
    bytes += little(Int64(-3)) + [0xFF, 0x7F, 0, 0, 0, 9, 9, 9]
    #expect(
      try decode(.aedat4, bytes, tBase: 100)
        == EventBatch([
          Event(t: 110, x: 5, y: 7, on: true), Event(t: 97, x: 32767, y: 0, on: false),
        ]))
    for count in 1..<bytes.count {
      #expect(refusal(.aedat4, Array(bytes[..<count]))?.reason == .encoding)
    }
    #expect(refusal(.aedat4, Array("EVTS".utf8))?.reason == .encoding)
  }

  @Test func timesOfRowsMayLieBeforeTheBase() throws {
    let row = little(Int64(-5)) + [UInt8](repeating: 0, count: 24)
    #expect(try decode(.i64x4, row, tBase: 3).t == [-2])
    let early = little(-Int64(1) << 62) + [UInt8](repeating: 0, count: 24)
    #expect(
      refusal(.i64x4, row + early)
        == WireError(.time, "event 1 has t = -4611686018427387904 us, above the limit of 2^62"))
  }

  @Test func everyFieldOfARowIsChecked() {
    let geometry = SensorGeometry(width: 65536, height: 65536)
    func row(_ x: Int64, _ y: Int64, _ p: Int64) -> [UInt8] {
      little(Int64(0)) + little(x) + little(y) + little(p)
    }
    for (x, y) in [(-1, 0), (0, -1), (65536, 0), (0, 65536), (.max, 0), (0, .min)]
      as [(Int64, Int64)]
    {
      #expect(
        refusal(.i64x4, row(1, 2, 0) + row(x, y, 1))
          == WireError(.geometry, "event 1 has x = \(x), y = \(y), outside \(geometry)"))
    }
    for p: Int64 in [-1, 2, .min, .max] {
      #expect(
        refusal(.i64x4, row(1, 2, p))
          == WireError(.encoding, "event 0 has polarity \(p), which must be 0 or 1"))
    }
    #expect(
      refusal(.samna8, [2, 0, 0, 0, 0, 0, 0, 0])
        == WireError(.encoding, "event 0 has polarity 2, which must be 0 or 1"))
  }

  /// Words with a time are not mistaken for words without one, which would make events of times.
  @Test func theMarkOfSpifIsHeld() {
    #expect(
      refusal(.spif32, [7, 0x80, 5, 0x80, 7, 0x80, 5, 0])
        == WireError(
          .encoding, "event 1 announces a time (bit 31 is clear), which spif32 does not have"))
    #expect(
      refusal(.spif64, [7, 0x80, 5, 0x80, 0, 0, 0, 0])
        == WireError(
          .encoding,
          "event 0 announces that it has no time (bit 31 is set), which spif64 does not have"))
  }

  @Test func whatCannotBeHeldIsNotWritten() {
    let rows: [(WireEncoding, Event, WireError)] = [
      (
        .samna8, Event(t: 0, x: 256, y: 0, on: true),
        WireError(.geometry, "event 1 has x = 256, samna8 holds 0 to 255")
      ),
      (
        .samna8, Event(t: 0, x: 0, y: 256, on: true),
        WireError(.geometry, "event 1 has y = 256, samna8 holds 0 to 255")
      ),
      (
        .spif64, Event(t: 0, x: 32768, y: 0, on: true),
        WireError(.geometry, "event 1 has x = 32768, spif64 holds 0 to 32767")
      ),
      (
        .evt2, Event(t: 0, x: 2048, y: 0, on: true),
        WireError(.geometry, "event 1 has x = 2048, evt2 holds 0 to 2047")
      ),
      (
        .aedat4, Event(t: 0, x: 32768, y: 0, on: true),
        WireError(.geometry, "event 1 has x = 32768, aedat4 holds 0 to 32767")
      ),
      (
        .evt3, Event(t: 0, x: 0, y: 2048, on: true),
        WireError(.geometry, "event 1 has y = 2048, evt3 holds 0 to 2047")
      ),
      (
        .mono64, Event(t: 4_294_968, x: 0, y: 0, on: true),
        WireError(
          .time, "event 1 has t = 4294968 us, mono64 holds 0 to 4294967 us after t_base = 0")
      ),
      // A time that would be lost is an error: whoever wants that gives the events one time.
      (
        .spif32, Event(t: 1, x: 0, y: 0, on: true),
        WireError(.time, "event 1 has t = 1 us, spif32 holds 0 to 0 us after t_base = 0")
      ),
    ]
    for (encoding, event, error) in rows {
      var bytes: [UInt8] = []
      let batch = EventBatch([Event(t: 0, x: 0, y: 0, on: false), event])
      #expect(throws: error) {
        try encoding.encode(batch, range: 0..<2, tBase: 0, into: &bytes)
      }
      if let size = encoding.recordSize { #expect(bytes.count == size) }
    }
  }

  @Test func timesCanBeMerged() throws {
    var batch = EventBatch([5, 9, 7, 8].map { Event(t: $0, x: 1, y: 2, on: true) })
    batch.mergeTimes(of: 1..<3)
    #expect(batch.t == [5, 7, 7, 8])
    batch.mergeTimes(of: 2..<2)
    #expect(batch.t == [5, 7, 7, 8])
    var bytes: [UInt8] = []
    try WireEncoding.spif32.encode(batch, range: 1..<3, tBase: 7, into: &bytes)
    #expect(try decode(.spif32, bytes, tBase: 7).t == [7, 7])
  }

  @Test func thereIsAMostOfEvents() throws {
    for encoding in WireEncoding.allCases {
      var bytes: [UInt8] = []
      let batch = EventBatch((0..<5).map { _ in Event(t: 0, x: 1, y: 2, on: true) })
      try encoding.encode(batch, range: 0..<5, tBase: 0, into: &bytes)
      for (most, isRefused) in [(4, true), (5, false)] {
        let result = Result {
          try unaligned(bytes) {
            try encoding.decode($0, tBase: 0, geometry: .nmnist, mostEvents: most)
          }
        }
        switch result {
        case .success(let events): #expect(!isRefused && events == batch)
        case .failure(let error): #expect(isRefused && (error as? WireError)?.reason == .size)
        }
      }
    }
  }
}
