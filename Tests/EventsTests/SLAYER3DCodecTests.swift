import Events
import Foundation
import Testing

/// Seven-byte records against bytes written by hand: x 12 bits, y 12, polarity 8, time 24.
@Suite struct SLAYER3DCodecTests {
  static let bytes: [UInt8] = [
    0x12, 0x34, 0x56, 1, 0x00, 0x00, 0x2A,  // x = 0x123, y = 0x456, ON at 42
    0xFF, 0xF0, 0x00, 0, 0xFF, 0xFF, 0xFF,  // x = 4095, y = 0, OFF at 2^24 - 1
    0x00, 0x0F, 0xFF, 1, 0x01, 0x02, 0x03,
  ]
  static let events = EventBatch([
    Event(t: 42, x: 0x123, y: 0x456, on: true), Event(t: 16_777_215, x: 4095, y: 0, on: false),
    Event(t: 66_051, x: 0, y: 4095, on: true),
  ])
  static let layout = RecordingLayout(geometry: SensorGeometry(width: 4096, height: 4096))

  @Test func readsAndWritesRecordsAsDescribed() throws {
    #expect(try SLAYER3DCodec.decode(Self.bytes) == Self.events)
    #expect(try SLAYER3DCodec.encode(Self.events, layout: Self.layout) == Self.bytes)
    try expectPiecesAlike(SLAYER3DCodec.self, Self.bytes, Self.events)
    try expectDamageSurvived(SLAYER3DCodec.self, Self.bytes, Self.events, seed: 3)
  }

  @Test func randomEventsComeBack() throws {
    var random = SplitMix64(seed: 4)
    let events = randomEvents(2000, width: 4096, height: 4096, step: 8000, using: &random)
    let bytes = try SLAYER3DCodec.encode(events, layout: Self.layout)
    #expect(try SLAYER3DCodec.decode(bytes) == events)
    #expect(try format(of: bytes) == .slayer3)
  }

  @Test func anotherChannelIsMalformed() throws {
    var events = EventBatch()
    #expect(
      throws: RecordingError.malformed(
        path: nil, offset: 21, reason: "channel 2 in place of a polarity of 0 or 1")
    ) { try SLAYER3DCodec.decode(Self.bytes + [0, 0, 0, 2, 0, 0, 0], into: &events) }
    #expect(events == Self.events)
  }

  static let refusals: [(event: Event, field: String, value: Int64, limit: String)] = [
    (Event(t: 0, x: 4096, y: 0, on: true), "x", 4096, "0 to 4095"),
    (Event(t: 0, x: 0, y: 4096, on: true), "y", 4096, "0 to 4095"),
    (Event(t: -1, x: 0, y: 0, on: true), "t", -1, "0 to 2^24 us"),
    (Event(t: 1 << 24, x: 0, y: 0, on: true), "t", 1 << 24, "0 to 2^24 us"),
  ]

  @Test(arguments: refusals.indices) func refusesWhatTheFormatCannotHold(index: Int) throws {
    let (event, field, value, limit) = Self.refusals[index]
    #expect(
      throws: RecordingError.notRepresentable(index: 1, field: field, value: value, limit: limit)
    ) { try SLAYER3DCodec.encode(EventBatch([Self.events[0], event]), layout: Self.layout) }
  }

  /// Records of either size, many and few, are told from each other.
  @Test func recordsAreToldBySize() throws {
    var random = SplitMix64(seed: 5)
    for count in [1, 2, 4, 6, 8, 9, 20, 100, 1000] {
      for step in [Int64(0), 1, 100, 5000] {
        let events = randomEvents(count, start: 1000, step: step, using: &random)
        let narrow = try NMNISTCodec.encode(events)
        let wide = try SLAYER3DCodec.encode(events, layout: Self.layout)
        #expect(try format(of: narrow) == .nmnist, "\(count) \(step)")
        #expect(try format(of: wide) == .slayer3, "\(count) \(step)")
      }
    }
    for _ in 0..<200 {
      let noise = (0..<700).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(throws: RecordingError.self) { try format(of: noise) }
    }
  }

  static let hasRecordings = SharedData.has("gesture") && SharedData.has("nmnist/manifest.csv")

  @Test(.enabled(if: hasRecordings, "no recordings in ../shared/data next to the package"))
  func realRecordingsAreToldBySize() throws {
    let manifest = String(decoding: try SharedData.bytes("nmnist/manifest.csv"), as: UTF8.self)
    let digits = manifest.split(whereSeparator: \.isNewline).dropFirst()
      .map { "nmnist/" + $0.prefix { $0 != "," } }
    let gestures = try FileManager.default
      .contentsOfDirectory(atPath: SharedData.root.appending(path: "gesture").path)
      .filter { $0.hasSuffix(".bs2") }.map { "gesture/" + $0 }
    #expect(digits.count == 777 && gestures.count == 10)
    for path in digits + gestures {
      let bytes = try SharedData.bytes(path)
      #expect(try format(of: bytes) == .nmnist, "\(path)")
      var short = EventBatch()
      short.append(try NMNISTCodec.decode(bytes), range: 0..<1000)
      let wide = try SLAYER3DCodec.encode(short, layout: Self.layout)
      #expect(try format(of: wide) == .slayer3, "\(path)")
    }
  }
}
