import Events
import Testing

/// What is written as AEDAT 2.0.
@Suite struct AEDAT2EncoderTests {
  static let layouts = [(128, 128), (240, 180), (346, 260), (640, 480), (1024, 1)]

  @Test(arguments: layouts.indices) func randomEventsComeBack(index: Int) throws {
    var random = SplitMix64(seed: 13)
    let (width, height) = Self.layouts[index]
    let layout = RecordingLayout(geometry: SensorGeometry(width: width, height: height))
    for (start, step) in [(Int64(0), Int64(10)), (1 << 32 - 1, 1 << 31 - 1), (77, 0)] {
      let random = randomEvents(
        3000, width: width, height: height, start: start - step, step: step, using: &random)
      let events = EventBatch(
        random.indices.map {
          Event(
            t: max(random.t[$0], 0), x: random.x[$0], y: random.y[$0],
            on: height > 1 && random.on[$0])
        })
      let bytes = try AEDAT2Codec.encode(events, layout: layout)
      #expect(try AEDAT2Codec.decode(bytes) == events)
      try withFile(bytes) { path in
        let reader = try RecordingReader(path: path)
        #expect(reader.geometry == layout.geometry && reader.format == .aedat2)
      }
    }
  }

  @Test func writesWordsAsDescribed() throws {
    let events = EventBatch([Event(t: 0x0102_0304, x: 112, y: 72, on: false)])
    let layout = RecordingLayout(geometry: SensorGeometry(width: 128, height: 128))
    let bytes = try AEDAT2Codec.encode(events, layout: layout)
    #expect(bytes.suffix(8) == [0, 0, 0x48, 0x1F, 1, 2, 3, 4])
    let lines = String(decoding: bytes.dropLast(8), as: UTF8.self)
    #expect(
      lines.hasPrefix("#!AER-DAT2.0\r\n# ") && lines.hasSuffix("\r\n#End Of ASCII Header\r\n"))
    #expect(lines.contains("\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n"))
  }

  static let refusals: [(layout: Int, event: Event, field: String, value: Int64, limit: String)] = [
    (0, Event(t: 9, x: 128, y: 0, on: true), "x", 128, "0 to 127"),
    (1, Event(t: 9, x: 0, y: 180, on: true), "y", 180, "0 to 179"),
    (4, Event(t: 9, x: 0, y: 0, on: true), "on", 1, "0 for a cochlea"),
    (
      2, Event(t: 1 << 31 + 5, x: 0, y: 0, on: true), "t", 1 << 31 + 5,
      "-2147483643 to 2147483652 us here"
    ),
  ]

  @Test(arguments: refusals.indices) func refusesWhatTheFormatCannotHold(index: Int) {
    let (layout, event, field, value, limit) = Self.refusals[index]
    let (width, height) = Self.layouts[layout]
    let events = EventBatch([Event(t: 5, x: 0, y: 0, on: false), event])
    let expected = RecordingError.notRepresentable(
      index: 1, field: field, value: value, limit: limit)
    #expect(throws: expected) {
      try AEDAT2Codec.encode(
        events, layout: RecordingLayout(geometry: SensorGeometry(width: width, height: height)))
    }
  }

  @Test func refusesOtherSensorsAndLateBeginnings() {
    #expect(
      throws: RecordingError.unsupported(
        path: nil, reason: "AEDAT 2.0 has no chip of 34x34 pixels")
    ) { try AEDAT2Codec.encode(EventBatch(), layout: RecordingLayout(geometry: .nmnist)) }
    for time in [Int64(-1), 1 << 32] {
      #expect(
        throws: RecordingError.notRepresentable(
          index: 0, field: "t", value: time, limit: "0 to 4294967295 us here")
      ) {
        try AEDAT2Codec.encode(
          EventBatch([Event(t: time, x: 0, y: 0, on: true)]),
          layout: RecordingLayout(geometry: SensorGeometry(width: 128, height: 128)))
      }
    }
  }
}
