import Events
import Testing

/// DAT records against bytes written by hand: 32 bits of time, then x, y and polarity.
@Suite struct DATCodecTests {
  static func header(_ version: Int, type: UInt8 = 12, size: UInt8 = 8) -> [UInt8] {
    Array(
      "% Data file containing CD events.\n% Version \(version)\n% Width 304\n% Height 240\n".utf8)
      + [type, size]
  }
  static func record1(_ t: UInt32, _ x: UInt32, _ y: UInt32, _ on: UInt32) -> [UInt8] {
    little(t) + little(on << 17 | y << 9 | x)
  }
  static func record2(_ t: UInt32, _ x: UInt32, _ y: UInt32, _ on: UInt32) -> [UInt8] {
    little(t) + little(on << 28 | y << 14 | x)
  }

  @Test func readsVersion2AsDescribed() throws {
    let bytes =
      Self.header(2) + Self.record2(5, 16383, 16383, 0) + Self.record2(4, 1, 2, 1)
      + Self.record2(.max, 303, 239, 1) + Self.record2(0, 7, 8, 0)
      + [0x0C, 0x08, 0xE0, 0x16, 0x00, 0x00, 0xE4, 0xC1]
    let events = EventBatch([
      Event(t: 5, x: 16383, y: 16383, on: false), Event(t: 4, x: 1, y: 2, on: true),
      Event(t: 1 << 32 - 1, x: 303, y: 239, on: true), Event(t: 1 << 32, x: 7, y: 8, on: false),
      Event(t: 1 << 32 + 0x16E0_080C, x: 0, y: 0x790, on: false),
    ])
    #expect(try DATCodec<DAT2>.decode(bytes) == events)
    try expectSound(DATCodec<DAT2>.self, bytes, header: Self.header(2).count)
  }

  @Test func readsVersion1AsDescribed() throws {
    let bytes =
      Self.header(1, type: 0) + Self.record1(5, 511, 255, 0) + Self.record1(6, 1, 2, 1)
      + [7, 0, 0, 0, 0x2F, 0xDF, 0x03, 0x00]
    let events = EventBatch([
      Event(t: 5, x: 511, y: 255, on: false), Event(t: 6, x: 1, y: 2, on: true),
      Event(t: 7, x: 303, y: 239, on: true),
    ])
    #expect(try DATCodec<DAT1>.decode(bytes) == events)
    try expectSound(DATCodec<DAT1>.self, bytes, header: Self.header(1).count)
  }

  @Test func otherEventsAreRefused() throws {
    for (type, size) in [(UInt8(14), UInt8(8)), (12, 16), (0, 0), (255, 8)] {
      let error = #expect(throws: RecordingError.self) {
        try DATCodec<DAT2>.decode(Self.header(2, type: type, size: size))
      }
      #expect(
        error
          == .unsupported(
            path: nil,
            reason:
              "DAT events of type \(type) and \(size) bytes; read here are types 0 and 12 of 8"
          ))
    }
  }

  @Test func writesRecordsAsDescribed() throws {
    let layout = RecordingLayout(geometry: SensorGeometry(width: 304, height: 240))
    let events = EventBatch([
      Event(t: 5, x: 303, y: 239, on: true), Event(t: 4, x: 1, y: 2, on: false),
      Event(t: 1 << 32 - 1, x: 3, y: 4, on: true), Event(t: 1 << 32, x: 5, y: 6, on: false),
    ])
    func header(_ version: Int) -> [UInt8] {
      let text =
        "% Data file containing CD events\n% Version \(version)\n% Width 304\n% Height 240\n"
      return Array(text.utf8) + [12, 8]
    }
    let bytes1 = try DATCodec<DAT1>.encode(events, layout: layout)
    #expect(
      bytes1 == header(1) + Self.record1(5, 303, 239, 1) + Self.record1(4, 1, 2, 0)
        + Self.record1(.max, 3, 4, 1) + Self.record1(0, 5, 6, 0))
    #expect(try DATCodec<DAT1>.decode(bytes1) == events)
    let bytes2 = try DATCodec<DAT2>.encode(events, layout: layout)
    #expect(
      bytes2 == header(2) + Self.record2(5, 303, 239, 1) + Self.record2(4, 1, 2, 0)
        + Self.record2(.max, 3, 4, 1) + Self.record2(0, 5, 6, 0))
    #expect(try DATCodec<DAT2>.decode(bytes2) == events)
  }

  static let refusals: [(event: Event, field: String, value: Int64, limit: String)] = [
    (Event(t: 9, x: 512, y: 0, on: true), "x", 512, "0 to 511"),
    (Event(t: 9, x: 0, y: 256, on: true), "y", 256, "0 to 255"),
    (Event(t: -1, x: 0, y: 0, on: true), "t", -1, "0 to 4294967295 us here"),
    (Event(t: 1 << 32, x: 0, y: 0, on: true), "t", 1 << 32, "0 to 4294967295 us here"),
    (Event(t: .max, x: 0, y: 0, on: true), "t", .max, "0 to 4294967295 us here"),
    (Event(t: .min, x: 0, y: 0, on: true), "t", .min, "0 to 4294967295 us here"),
  ]

  @Test(arguments: refusals.indices) func refusesWhatTheFormatCannotHold(index: Int) throws {
    let (event, field, value, limit) = Self.refusals[index]
    var encoder = try DATCodec<DAT1>.Encoder(RecordingLayout(geometry: .nmnist))
    var bytes: [UInt8] = []
    let good = Event(t: 100, x: 511, y: 255, on: true)
    try write(EventBatch([good]), to: &encoder, &bytes)
    let error = #expect(throws: RecordingError.self) {
      try write(EventBatch([good, event]), to: &encoder, &bytes)
    }
    #expect(error == .notRepresentable(index: 2, field: field, value: value, limit: limit))
  }

  /// The time goes on from 2^32 + 2^31 + 10, so that the next may lie 2^31 later at most.
  @Test func timesThatAReaderWouldNotFindAreRefused() throws {
    let half = Int64(1) << 31
    let latest = 3 * half + 10
    for (time, isHeld) in [
      (latest + half, true), (latest + half + 1, false), (latest - half + 1, true),
      (latest - half, false),
    ] {
      let times = [half, 2 * half, latest, time]
      let events = EventBatch(times.map { Event(t: $0, x: 1, y: 1, on: true) })
      let layout = RecordingLayout(geometry: .nmnist)
      do throws(RecordingError) {
        let bytes = try DATCodec<DAT2>.encode(events, layout: layout)
        #expect(isHeld)
        #expect(try DATCodec<DAT2>.decode(bytes) == events)
      } catch {
        #expect(!isHeld)
        guard case .notRepresentable(nil, 3, "t", time, _) = error else { throw error }
      }
    }
  }

  @Test func randomEventsComeBack() throws {
    var random = SplitMix64(seed: 8)
    for step in [Int64(1), 100, 1_000_000, 1 << 30] {
      for _ in 0..<10 {
        let events = randomEvents(300, width: 512, height: 256, step: step, using: &random)
        let layout = RecordingLayout(geometry: SensorGeometry(width: 512, height: 256))
        #expect(try DATCodec<DAT1>.decode(DATCodec<DAT1>.encode(events, layout: layout)) == events)
        let large = randomEvents(300, width: 16384, height: 16384, step: step, using: &random)
        #expect(try DATCodec<DAT2>.decode(DATCodec<DAT2>.encode(large, layout: layout)) == large)
      }
    }
  }
}
