import Events
import Testing

/// Messages of publishers that know nothing of ours, put together by hand.
@Suite struct MessageFormatTests {
  static let events = EventBatch([
    Event(t: 1_000_010, x: 5, y: 7, on: true), Event(t: 1_000_020, x: 33, y: 0, on: false),
  ])
  static let rows =
    [Int64(1_000_010), 5, 7, 1, 1_000_020, 33, 0, 0].flatMap { little($0) } as [UInt8]
  static let description = #"{"dtype": "int64", "shape": [2, 4]}"#

  private func read(
    _ format: MessageFormat, _ frames: [[UInt8]], limits: EventMessage.Limits = .nmnist
  ) throws -> EventMessage? {
    func read(_ rest: ArraySlice<[UInt8]>, _ seen: [UnsafeRawBufferPointer]) throws -> EventMessage?
    {
      guard let frame = rest.first else { return try format.decode(seen, limits: limits) }
      return try unaligned(frame) { try read(rest.dropFirst(), seen + [$0]) }
    }
    return try read(frames[...], [])
  }

  private func refusal(_ format: MessageFormat, _ frames: [[UInt8]]) -> WireError? {
    #expect(throws: WireError.self) { try read(format, frames) }
  }

  private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// What is expected of a message of `events`.
  private func message(
    _ source: String, _ encoding: WireEncoding, _ events: EventBatch = events
  ) -> EventMessage {
    .events(
      source: source,
      header: EventHeader(
        encoding: encoding, sequence: nil, geometry: .nmnist, count: events.count),
      events: events, labels: [])
  }

  @Test func formatsHaveNames() {
    for name in [
      "afferent", "aestream", "pyaer", "numpy", "bare:t32_x16_y15_on1", "bare:samna8", "bare:i64x4",
    ] {
      #expect(MessageFormat(name)?.description == name)
    }
    // Without a header, nobody would tell their time.
    for name in ["", "AEStream", "bare", "bare:", "bare:t32", "bare:spif32", "bare:mono64"] {
      #expect(MessageFormat(name) == nil)
    }
    #expect(MessageFormat.afferent.prefixes == ["events/", "labels/"])
    #expect(MessageFormat.pyaer.prefixes == [""])
  }

  @Test func readsAEStream() throws {
    let records: [UInt8] = [1, 7, 5, 0xEE, 0x4A, 0x42, 15, 0, 0, 0, 33, 0, 0x54, 0x42, 15, 0]
    #expect(
      try read(.aestream, [text("V"), records]) == message("aestream", .samna8))
    #expect(try read(.aestream, [text("V"), []]) == message("aestream", .samna8, EventBatch()))
    // Other kinds of events of the chip.
    #expect(try read(.aestream, [text("S"), records]) == nil)
    #expect(refusal(.aestream, [text("V"), Array(records.dropLast())])?.reason == .count)
    #expect(refusal(.aestream, [text("V")])?.reason == .frames)
    #expect(refusal(.aestream, [text("V"), [], []])?.description.contains("takes 2") == true)
    #expect(refusal(.aestream, [])?.reason == .frames)
  }

  @Test func readsPyAER() throws {
    let time = text("1606830270019276544")
    let frames = [text("davis-1/polarity_events"), time, Self.rows, text(Self.description)]
    #expect(try read(.pyaer, frames) == message("davis-1", .i64x4))
    // What PyAER sends where nothing happened, and its other topics.
    #expect(
      try read(.pyaer, [text("davis-1/polarity_events"), time, text("None"), text("None")]) == nil)
    for other in ["frame_events", "imu_events", "special_events"] {
      #expect(try read(.pyaer, [text("davis-1/\(other)")] + frames.dropFirst()) == nil)
    }
    #expect(refusal(.pyaer, [text("davis-1")] + frames.dropFirst())?.reason == .topic)
    #expect(refusal(.pyaer, Array(frames.dropLast()))?.reason == .frames)
    #expect(refusal(.pyaer, frames + [[]])?.reason == .frames)
    let odd = [text("a b#/c/polarity_events")] + frames.dropFirst()
    #expect(try read(.pyaer, odd) == message("a_b_", .i64x4))
  }

  @Test func readsArraysOfNumpy() throws {
    let arrays: [(String, [UInt8], WireEncoding)] = [
      (Self.description, Self.rows, .i64x4),
      (
        #"{"dtype": "uint32", "shape": [2, 4], "more": 1}"#,
        [UInt32(1_000_010), 5, 7, 1, 1_000_020, 33, 0, 0].flatMap { little($0) }, .t32x16y15on1
      ),
      (
        #"{"dtype": ">i4", "shape": [2, 4]}"#,
        [Int32(1_000_010), 5, 7, 1, 1_000_020, 33, 0, 0].flatMap { little($0.byteSwapped) },
        .t32x16y15on1
      ),
      // faery's and AEStream's, as str(dtype) and as descr.
      (
        #"{"dtype": "[('t', '<u8'), ('x', '<u2'), ('y', '<u2'), ('on', '?')]", "shape": [2]}"#,
        little(UInt64(1_000_010)) + [5, 0, 7, 0, 1] + little(UInt64(1_000_020)) + [33, 0, 0, 0, 0],
        .i64x4
      ),
      (
        #"{"dtype": [["t", "<u8"], ["x", "<u2"], ["y", "<u2"], ["on", "|b1"]], "shape": [2]}"#,
        little(UInt64(1_000_010)) + [5, 0, 7, 0, 1] + little(UInt64(1_000_020)) + [33, 0, 0, 0, 0],
        .i64x4
      ),
      // faery's own, whose polarity has a title.
      (
        #"{"dtype": "[('t', '<u8'), ('x', '<u2'), ('y', '<u2'), (('p', 'on'), '?')]", "shape": [2]}"#,
        little(UInt64(1_000_010)) + [5, 0, 7, 0, 1] + little(UInt64(1_000_020)) + [33, 0, 0, 0, 0],
        .i64x4
      ),
      // tonic's order.
      (
        #"{"dtype": "[('x', '<i2'), ('y', '<i2'), ('t', '<i8'), ('p', '?')]", "shape": [2]}"#,
        [5, 0, 7, 0] + little(Int64(1_000_010)) + [1, 33, 0, 0, 0] + little(Int64(1_000_020)) + [0],
        .i64x4
      ),
      // Gaps, as in an array that was aligned or cut down to some of its fields.
      (
        "{\"dtype\": \"{'names': ['x', 'timestamp', 'y', 'polarity'], 'formats': ['u1', '<u4', 'u1', 'i1'], "
          + "'offsets': [0, 4, 1, 8], 'itemsize': 12, 'aligned': True}\", \"shape\": [2]}",
        [5, 7, 9, 9] + little(UInt32(1_000_010)) + [1, 9, 9, 9] + [33, 0, 9, 9]
          + little(UInt32(1_000_020)) + [0, 9, 9, 9], .t32x16y15on1
      ),
      (
        #"{"dtype": [["t", "<i8"], ["", "|V2"], ["x", "<i2"], ["y", "<i2"], ["p", "|u1"]], "shape": [2]}"#,
        little(Int64(1_000_010)) + [9, 9, 5, 0, 7, 0, 1] + little(Int64(1_000_020))
          + [9, 9, 33, 0, 0, 0, 0], .i64x4
      ),
    ]
    for (description, buffer, encoding) in arrays {
      #expect(
        try read(.numpy, [text(description), buffer]) == message("numpy", encoding),
        "\(description)")
      #expect(
        try read(.numpy, [text("cam/left"), text(description), buffer])
          == message("cam_left", encoding))
      for cut in 1..<buffer.count {
        #expect(
          refusal(.numpy, [text(description), Array(buffer.dropLast(cut))])?.reason == .count)
      }
    }
  }

  @Test func arraysThatCannotBeReadAreNamed() {
    let rows: [(String, WireError.Reason, String)] = [
      ("", .header, "dtype"), ("{}", .header, "dtype"), ("[1]", .header, "dtype"),
      (#"{"dtype": "int64"}"#, .header, "shape"),
      (#"{"dtype": "int64", "shape": [2.5, 4]}"#, .header, "shape"),
      (#"{"dtype": "int64", "shape": [8]}"#, .header, "[8]"),
      (#"{"dtype": "int64", "shape": [2, 5]}"#, .header, "[2, 5]"),
      (#"{"dtype": "int64", "shape": [-2, 4]}"#, .header, "[-2, 4]"),
      (#"{"dtype": "float64", "shape": [2, 4]}"#, .encoding, "float64"),
      (#"{"dtype": "<f4", "shape": [2, 4]}"#, .encoding, "<f4"),
      (#"{"dtype": 5, "shape": [2]}"#, .encoding, "neither"),
      (#"{"dtype": [["t"]], "shape": [2]}"#, .encoding, "no pair"),
      (
        #"{"dtype": [["t", "<i8"], ["x", "<i2"], ["y", "<i2"]], "shape": [2]}"#, .encoding,
        "t, x, y"
      ),
      (#"{"dtype": "[('t', '<f8'), ('x', '<i2')]", "shape": [2]}"#, .encoding, "<f8"),
      (#"{"dtype": "[('t', ", "shape": [2]}"#, .encoding, "neither"),
      (#"{"dtype": [["t", "|V9999999999999999999"]], "shape": [2]}"#, .encoding, "|V9999"),
      (
        #"{"dtype": {"names": ["t"], "formats": ["<i8"], "offsets": [1], "itemsize": 8}, "shape": [2]}"#,
        .encoding, "outside"
      ),
      (
        #"{"dtype": {"names": ["t"], "formats": ["<i8"], "offsets": [-1], "itemsize": 8}, "shape": [2]}"#,
        .encoding, "outside"
      ),
      (#"{"dtype": "int64", "shape": [9223372036854775807, 4]}"#, .count, "9223372036854775807"),
    ]
    for (description, reason, part) in rows {
      let error = refusal(.numpy, [text(description), Self.rows])
      #expect(error?.reason == reason, "\(description): \(error.map { "\($0)" } ?? "-")")
      #expect(error?.description.contains(part) == true, "\(error.map { "\($0)" } ?? "-")")
    }
    let long =
      text(#"{"dtype": "int64", "shape": [2, 4], "#) + [UInt8](repeating: 32, count: 1 << 16)
    #expect(refusal(.numpy, [long, Self.rows])?.reason == .header)
    #expect(refusal(.numpy, [Self.rows])?.reason == .frames)
    #expect(refusal(.numpy, [[], [], [], []])?.reason == .frames)
  }

  @Test func eventsOfArraysAreChecked() {
    func array(_ t: Int64, _ x: Int64, _ y: Int64, _ p: Int64) -> WireError? {
      refusal(
        .numpy,
        [text(Self.description), Array(Self.rows[..<32]) + [t, x, y, p].flatMap { little($0) }])
    }
    #expect(array(0, 34, 0, 0) == WireError(.geometry, "event 1 has x = 34, y = 0, outside 34x34"))
    #expect(array(0, -1, 0, 0) == WireError(.geometry, "event 1 has x = -1, y = 0, outside 34x34"))
    #expect(array(0, 0, .min, 0)?.reason == .geometry)
    #expect(array(.min, 0, 0, 0)?.reason == .time)
    #expect(array(1 << 62, 0, 0, 0)?.reason == .time)
    #expect(array(70_000_000, 0, 0, 0)?.description.contains("span 68999990 us") == true)
    #expect(
      array(0, 0, 0, 2) == WireError(.encoding, "event 1 has polarity 2, which must be 0 or 1"))
  }

  @Test func readsRecordsAlone() throws {
    let format = MessageFormat.bare(.i64x4)
    #expect(try read(format, [Self.rows]) == message("bare", .i64x4))
    #expect(try read(format, [text("left"), Self.rows]) == message("left", .i64x4))
    #expect(try read(format, [[], Self.rows]) == message("unnamed", .i64x4))
    #expect(try read(format, [[0xFF, 0x2F], Self.rows]) == message("_", .i64x4))
    #expect(refusal(format, [])?.reason == .frames)
    #expect(refusal(format, [[], [], []])?.description.contains("1 or 2") == true)
    #expect(refusal(format, [Array(Self.rows.dropLast())])?.reason == .count)
  }

  /// Labels and other publishers need no second socket.
  @Test func ourMessagesAreReadWhateverTheFormat() throws {
    var writer = EventMessageWriter(source: "cam", geometry: .nmnist)
    let frames = try writer.events(Self.events, range: 0..<2, tBase: 0)
    let labels = [Topic.labels(source: "cam").bytes, StreamLabel.encode([.init(t: 0, label: 1)])]
    for format in [MessageFormat.aestream, .pyaer, .numpy, .bare(.samna8)] {
      #expect(try read(format, frames) == decode(frames))
      #expect(try read(format, labels) == decode(labels))
    }
    #expect(throws: WireError.self) { try read(.afferent, [text("V"), []]) }
  }

  @Test func noMessageTraps() {
    var random = SplitMix64(seed: 77)
    let formats: [MessageFormat] =
      [.aestream, .pyaer, .numpy] + MessageFormat.bareEncodings.map { .bare($0) }
    let samples: [[[UInt8]]] = [
      [text("V"), [1, 7, 5, 0, 1, 2, 3, 0]],
      [text("d/polarity_events"), text("1"), Self.rows, text(Self.description)],
      [text(Self.description), Self.rows], [Self.rows],
      [
        text(
          #"{"dtype": "[('t', '<u8'), ('x', '<u2'), ('y', '<u2'), ('on', '?')]", "shape": [2]}"#),
        [UInt8](repeating: 0, count: 26),
      ],
    ]
    var accepted = 0
    for round in 0..<60_000 {
      var frames = samples[random.nextInteger(below: samples.count)]
      for _ in 0..<random.nextInteger(below: 4) {
        let place = random.nextInteger(below: frames.count)
        let at = random.nextInteger(below: frames[place].count + 1)
        let spice = EventMessageFuzzTests.spice
        let piece = spice[random.nextInteger(below: spice.count)]
        switch random.nextInteger(below: 4) {
        case 0: frames[place].insert(contentsOf: piece, at: at)
        case 1: frames[place].removeSubrange(at...)
        default:
          if at < frames[place].count {
            frames[place][at] = UInt8(truncatingIfNeeded: random.next())
          }
        }
      }
      if case .events(_, _, let events, _)? = try? read(formats[round % formats.count], frames) {
        accepted += 1
        #expect(events.indices.allSatisfy { events.x[$0] < 34 && events.y[$0] < 34 })
      }
    }
    #expect(accepted > 1000)
  }
}
