import Events
import Testing

/// The text before the events, through the formats that it announces.
@Suite struct PropheseeHeaderTests {
  private func format(of bytes: [UInt8]) throws -> RecordingFormat {
    try unaligned(bytes) {
      try RecordingFormat(of: RecordingHead(bytes: $0, fileSize: bytes.count))
    }
  }

  private func geometry<Codec: RecordingCodec>(_ codec: Codec.Type, _ header: String) throws
    -> (SensorGeometry?, Int?)
  {
    var decoder = Codec.Decoder()
    let length = try unaligned(Array(header.utf8)) {
      try decoder.readHeader($0, isLast: true)
    }
    return (decoder.geometry, length)
  }

  static let known: [(header: String, format: RecordingFormat)] = [
    ("% evt 2.0\n", .evt2), ("% evt 2.1\n", .evt21), ("% evt 3.0\n", .evt3),
    ("% Date 2020-09-25 07:48:29\n% evt 3.0\n% plugin_name hal_plugin_gen41_evk3\n", .evt3),
    ("% format EVT2;height=720;width=1280\n% end\n", .evt2),
    ("% format EVT21;endianness=little;height=720;width=1280\n% end\n", .evt21),
    ("% format EVT21;endianness=legacy;height=720;width=1280\n% end\n", .evt21),
    ("% evt 3.0\n% format EVT3\n% geometry 1280x720\n", .evt3),
    ("% evt 3.0\r\n% end\r\n", .evt3), ("% format EVT2.1\n", .evt21), ("% evt 3\n", .evt3),
    ("% Version 2\n", .dat2), ("% Data file containing CD events.\n% Version 1\n", .dat1),
  ]

  @Test(arguments: known.indices) func tellsTheFormats(index: Int) throws {
    let (header, format) = Self.known[index]
    #expect(try self.format(of: Array(header.utf8) + [12, 8, 0, 0x80]) == format)
    // None of the others takes it for its own.
    for other: RecordingFormat in [.evt2, .evt21, .evt3, .dat1, .dat2] {
      let bytes = Array(header.utf8)
      let isIt = try unaligned(bytes) {
        try other.codec.recognises(RecordingHead(bytes: $0, fileSize: nil))
      }
      #expect(isIt == (other == format))
    }
  }

  static let refused: [(header: String, reason: String)] = [
    ("% evt 4.0\n", "the header names EVT4.0; read here are EVT2, EVT2.1 and EVT3, little-endian"),
    (
      "% evt 3.0\n% format EVT4;height=720;width=1280\n",
      "the header names EVT4; read here are EVT2, EVT2.1 and EVT3, little-endian"
    ),
    (
      "% format EVT3;endianness=big\n",
      "the header names EVT3 with endianness big; read here are EVT2, EVT2.1 and EVT3, little-endian"
    ),
    ("% format HISTO3D;height=320;width=320\n", "the header names HISTO3D; read here are "),
    ("% Version 3\n", "the header names Version 3; read here are DAT versions 1 and 2"),
    ("% integrator_name Prophesee\n", "a Prophesee header that names no event format"),
  ]

  @Test(arguments: refused.indices) func refusesOthersByName(index: Int) throws {
    let (header, reason) = Self.refused[index]
    let error = #expect(throws: RecordingError.self) { try format(of: Array(header.utf8)) }
    guard case .unsupported(nil, let text)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(text.hasPrefix(reason))
  }

  @Test func textIsNoRecording() throws {
    let text = Array("% Chapter 1\n% of a paper that is written in TeX\n\\begin{document}".utf8)
    let error = #expect(throws: RecordingError.self) { try format(of: text) }
    #expect(error == .unknownFormat(path: nil, reason: "it begins like text"))
  }

  @Test func findsTheSensor() throws {
    let sensor = SensorGeometry(width: 1280, height: 720)
    for header in [
      "% format EVT3;height=720;width=1280\n", "% evt 3.0\n% geometry 1280x720\n% end\n",
      "% evt 3.0\n% Width 1280\n% height 720\n", "% evt 3.0\n% geometry 1280x720 \r\n",
    ] {
      let (found, length) = try geometry(EVT3Codec.self, header)
      #expect(found == sensor && length == header.utf8.count, "\(header)")
    }
    for header in ["% evt 2.0\n", "% evt 2.0\n% Width 12\n", "% evt 2.0\n% format EVT2\n"] {
      #expect(try geometry(EVT2Codec.self, header) == (nil, header.utf8.count), "\(header)")
    }
  }

  @Test(arguments: [
    "% geometry 0x720", "% geometry 1280", "% geometry 65537x1", "% geometry axb",
    "% geometry 1x2x3", "% geometry -1x5", "% format EVT2;width=0;height=1",
    "% Width 99999999999999999999\n% Height 1",
  ])
  func refusesSensorsThatCannotBe(line: String) throws {
    let error = #expect(throws: RecordingError.self) {
      try geometry(EVT2Codec.self, "% evt 2.0\n\(line)\n")
    }
    guard case .malformed(nil, 0, let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.hasPrefix("a sensor of "))
  }

  /// Without an end line the header ends where a line is none; events may begin with `%`.
  @Test func endsWhereALineIsNone() throws {
    let header = oldHeader("2.0")
    for begin in [[0x25, 0x20, 0x00, 0x80], [0x25, 0x00, 0x00, 0x80], [0x26, 0x20, 0x0A, 0x80]] {
      let bytes = header + begin.map { UInt8($0) } + [0x05, 0x28, 0x40, 0x10]
      let events = try EVT2Codec.decode(bytes)
      let time = Int64(begin[0] | begin[1] << 8 | begin[2] << 16) << 6
      #expect(events == EventBatch([Event(t: time + 1, x: 5, y: 5, on: true)]))
      try expectPiecesAlike(EVT2Codec.self, bytes, events)
    }
    let ended = Array("% evt 2.0\n% end\n% no".utf8)
    #expect(try EVT2Codec.decode(ended + [0, 0, 0, 0]).isEmpty)
  }

  @Test func aHeaderWithoutEndIsRefused() throws {
    let line = Array(("% comment " + String(repeating: "x", count: 1000) + "\n").utf8)
    let bytes = Array("% evt 3.0\n".utf8) + (0..<70).flatMap { _ in line }
    let error = #expect(throws: RecordingError.self) { try EVT3Codec.decode(bytes) }
    #expect(
      error == .malformed(path: nil, offset: 0, reason: "a header of more than 65536 bytes"))
  }

  @Test func layoutsAreStatedInTheHeader() throws {
    let layout = RecordingLayout(geometry: SensorGeometry(width: 640, height: 480))
    for format: RecordingFormat in [.evt2, .evt21, .evt3, .dat1, .dat2] {
      let bytes = try format.codec.encode(EventBatch(), layout: layout)
      #expect(try self.format(of: bytes) == format)
      try withFile(bytes) { path in
        let reader = try RecordingReader(path: path)
        #expect(reader.format == format && reader.geometry == layout.geometry)
        var batch = EventBatch()
        while try reader.read(into: &batch) {}
        #expect(batch.isEmpty && reader.offset == bytes.count)
      }
    }
  }
}
