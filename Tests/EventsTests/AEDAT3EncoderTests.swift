import Events
import Testing

/// What is written as AEDAT 3.1, and seeking in it.
@Suite struct AEDAT3EncoderTests {
  @Test func writesPacketsAsDescribed() throws {
    let layout = RecordingLayout(geometry: SensorGeometry(width: 128, height: 128))
    let bytes = try AEDAT3Codec.encode(
      EventBatch([
        Event(t: 42, x: 5, y: 7, on: true), Event(t: 1 << 31 | 9, x: 127, y: 0, on: false),
      ]), layout: layout)
    let header =
      "#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n"
      + "#Start-Time: 1970-01-01 00:00:00 (TZ+0000)\r\n#!END-HEADER\r\n"
    #expect(
      bytes == Array(header.utf8) + AEDAT3CodecTests.packet(number: 1)
        + AEDAT3CodecTests.event(5, 7, on: true, 42)
        + AEDAT3CodecTests.packet(overflow: 1, number: 1)
        + AEDAT3CodecTests.event(127, 0, on: false, 9))
  }

  @Test func refusesWhatTheFormatCannotHold() throws {
    let geometry = SensorGeometry(width: 240, height: 180)
    func error(_ event: Event) -> RecordingError? {
      let good = Event(t: 0, x: 0, y: 0, on: true)
      return #expect(throws: RecordingError.self) {
        try AEDAT3Codec.encode(
          EventBatch([good, event]), layout: RecordingLayout(geometry: geometry))
      }
    }
    #expect(
      error(Event(t: -1, x: 0, y: 0, on: true))
        == .notRepresentable(index: 1, field: "t", value: -1, limit: "0 to 2^62 - 1 us"))
    #expect(
      error(Event(t: 1 << 62, x: 0, y: 0, on: true))
        == .notRepresentable(index: 1, field: "t", value: 1 << 62, limit: "0 to 2^62 - 1 us"))
    #expect(
      error(Event(t: 0, x: 32768, y: 0, on: true))
        == .notRepresentable(index: 1, field: "x", value: 32768, limit: "0 to 32767"))
    #expect(
      error(Event(t: 0, x: 0, y: 65535, on: true))
        == .notRepresentable(index: 1, field: "y", value: 65535, limit: "0 to 32767"))
    #expect(throws: RecordingError.self) {
      try AEDAT3Codec.encode(EventBatch(), layout: RecordingLayout(geometry: .nmnist))
    }
  }

  @Test func randomEventsComeBack() throws {
    var random = SplitMix64(seed: 5)
    for (width, height) in [(128, 128), (240, 180), (346, 260), (640, 480)] {
      let layout = RecordingLayout(geometry: SensorGeometry(width: width, height: height))
      for step in [Int64(0), 10, 1_000_000, 1 << 33, 1 << 48] {
        let events = randomEvents(9000, width: width, height: height, step: step, using: &random)
        let bytes = try AEDAT3Codec.encode(events, layout: layout)
        #expect(try AEDAT3Codec.decode(bytes) == events)
        try withFile(bytes) { path in
          let reader = try RecordingReader(path: path)
          #expect(reader.geometry == layout.geometry)
        }
      }
    }
  }

  @Test func seekingMissesNothing() throws {
    var random = SplitMix64(seed: 6)
    let events = randomEvents(50_000, width: 128, height: 128, step: 200_000, using: &random)
    let layout = RecordingLayout(geometry: SensorGeometry(width: 128, height: 128))
    try withFile(try AEDAT3Codec.encode(events, layout: layout)) { path in
      let last = events.t[events.count - 1]
      for time in [-5, 0, events.t[4096], events.t[20_000], events.t[8191], last, last + 1] {
        let reader = try RecordingReader(path: path)
        var some = EventBatch()
        _ = try reader.read(into: &some)
        try reader.seek(to: time)
        // Up to two packets are read in vain, the rest is not.
        let start = events.t.firstIndex { $0 >= time } ?? events.count
        #expect(reader.offset >= 28 + 8 * (start - 2 * 4096))
        var found = EventBatch()
        while try reader.read(into: &found) {}
        var expected = EventBatch()
        expected.append(events, range: start..<events.count)
        #expect(found == expected, "from \(time)")
      }
    }
  }
}
