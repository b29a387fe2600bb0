import Events
import Foundation
import Testing

@Suite struct RecordingSummaryTests {
  /// ON at 893, OFF at 66051, a marker, ON at 8208 + 8192.
  static let bytes: [UInt8] = [
    10, 30, 0x00, 0x03, 0x7D, 33, 0, 0x81, 0x02, 0x03, 0, 240, 0, 0, 0, 0, 33, 0x80, 0x20, 0x10,
  ]

  @Test func gathersWhatARecordingHolds() throws {
    try withFile(Self.bytes) { path in
      var calls: [[Int]] = []
      let summary = try RecordingSummary(path: path) { calls.append([$0, $1]) }
      #expect(calls == [[20, 20]])
      #expect(summary.format == .nmnist && summary.events == 3)
      #expect(summary.width == 34 && summary.height == 34)
      #expect(summary.firstTime == 893 && summary.lastTime == 16_400)
      #expect(summary.onEvents == 2 && summary.timeReversals == 1)
      // t int64, x uint16, y uint16, polarity uint8, written out by hand.
      let events: [UInt8] = [
        0x7D, 0x03, 0, 0, 0, 0, 0, 0, 10, 0, 30, 0, 0,
        0x03, 0x02, 0x01, 0, 0, 0, 0, 0, 33, 0, 0, 0, 1,
        0x10, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 33, 0, 1,
      ]
      #expect(summary.eventsSHA256 == SHA256.digest(of: events))
      #expect(
        summary.eventsSHA256
          == "a1e7e1e09b2898864ee860e9245ab448528ff69bfcf11f9d415932ef2c1c7a7b")
    }
  }

  @Test func itsJSONHasEveryName() throws {
    try withFile(Self.bytes) { path in
      let summary = try RecordingSummary(path: path)
      let json = try JSONEncoder().encode(summary)
      let fields = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
      #expect(
        fields.keys.sorted() == [
          "events", "events_sha256", "first_t_us", "format", "height", "last_t_us", "on_events",
          "outside", "time_reversals", "width",
        ])
      #expect(fields["format"] as? String == "nmnist" && fields["last_t_us"] as? Int == 16_400)
      #expect(try JSONDecoder().decode(RecordingSummary.self, from: json) == summary)
    }
  }

  @Test func anEmptyRecordingHasNoTimes() throws {
    let layout = RecordingLayout(geometry: .nmnist)
    try withFile(try NPYCodec.encode(EventBatch(), layout: layout)) { path in
      let summary = try RecordingSummary(path: path)
      #expect(summary.events == 0 && summary.firstTime == nil && summary.lastTime == nil)
      #expect(summary.eventsSHA256 == SHA256.digest(of: []))
      let json = try JSONEncoder().encode(summary)
      let fields = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
      #expect(fields["first_t_us"] is NSNull && fields["last_t_us"] is NSNull)
      #expect(try JSONDecoder().decode(RecordingSummary.self, from: json) == summary)
    }
  }

  @Test func reversalsAreCountedAcrossChunks() throws {
    var random = SplitMix64(seed: 9)
    let count = 120_000  // several chunks of a quarter megabyte
    let times = (0..<count).map { Int64($0 * 60) + (random.nextInteger(below: 10) == 0 ? -500 : 0) }
    let events = EventBatch(times.map { Event(t: max($0, 0), x: 1, y: 1, on: true) })
    let expected = zip(events.t, events.t.dropFirst()).count { $0 > $1 }
    try withFile(try NMNISTCodec.encode(events)) { path in
      var last = 0
      let summary = try RecordingSummary(path: path) { done, total in
        #expect(done > last && total == 5 * count)
        last = done
      }
      #expect(last == 5 * count)
      #expect(summary.timeReversals == expected && expected > 1000)
      #expect(summary.events == count && summary.firstTime == 0)
    }
  }

  static let sensors: [(x: UInt16, y: UInt16, text: String)] = [
    (33, 33, "34x34"), (34, 0, "128x128"), (0, 34, "128x128"), (239, 179, "240x180"),
    (240, 0, "304x240"), (0, 180, "304x240"), (255, 239, "304x240"),
  ]

  @Test(arguments: sensors.indices) func guessesTheSmallestUsualSensor(index: Int) throws {
    let (x, y, text) = Self.sensors[index]
    let bytes = try NMNISTCodec.encode(EventBatch([Event(t: 1, x: x, y: y, on: true)]))
    try withFile(bytes) { path in
      let summary = try RecordingSummary(path: path)
      #expect("\(summary.width)x\(summary.height)" == text)
      let stated = try RecordingSummary(
        path: path, geometry: SensorGeometry(width: 300, height: 250))
      #expect(stated.width == 300 && stated.height == 250)
    }
  }

  @Test func namesTheFirstEventOutsideTheSensor() throws {
    let bytes: [UInt8] = [
      33, 33, 0, 0, 1, 0, 240, 0, 0, 0, 34, 5, 0, 0, 2, 40, 40, 0, 0, 3, 0, 245, 0, 0, 4,
    ]
    try withFile(bytes) { path in
      let error = #expect(throws: RecordingError.self) {
        try RecordingSummary(path: path, geometry: .nmnist)
      }
      #expect(error == .outsideGeometry(path: path, index: 1, x: 34, y: 5, geometry: .nmnist))
      #expect(error?.description == "\(path): event 1 has x = 34, y = 5, outside a 34x34 sensor")
    }
    // What a file states is told, and not held against its events.
    let pair = EventBatch([2, 9].map { Event(t: 0, x: $0, y: 0, on: true) })
    let layout = RecordingLayout(geometry: SensorGeometry(width: 8, height: 8))
    try withFile(try DATCodec<DAT2>.encode(pair, layout: layout)) { path in
      let summary = try RecordingSummary(path: path)
      #expect(summary.width == 8 && summary.events == 2 && summary.outside == 1)
    }
    var random = SplitMix64(seed: 4)
    var events = randomEvents(90_000, step: 60, using: &random)
    events.append(t: 6_000_000, x: 3, y: 34, on: true)
    try withFile(try NMNISTCodec.encode(events)) { path in
      #expect(
        throws: RecordingError.outsideGeometry(
          path: path, index: 90_000, x: 3, y: 34, geometry: .nmnist)
      ) { try RecordingSummary(path: path, geometry: .nmnist) }
    }
  }
}
