import Events
import Testing

/// Event Stream against bytes written by hand from the specification, and a reading byte by byte.
@Suite struct EventStreamCodecTests {
  static func header(type: UInt8, width: UInt16 = 10, height: UInt16 = 8) -> [UInt8] {
    Array("Event Stream".utf8) + [2, 0, 0, type] + little(width) + little(height)
  }

  static let dvs =
    header(type: 1) + [
      5, 1, 0, 2, 0,  // ON at 2
      0xFF, 0xFE, 0xFF,  // 254 us, with a mark in between
      0xFC, 3, 0, 0, 0,  // OFF 126 later, in the lowest row
      0xFD, 9, 0, 7, 0,  // ON 126 later
      0xFE,
    ]
  static let dvsEvents = EventBatch([
    Event(t: 2, x: 1, y: 5, on: true), Event(t: 382, x: 3, y: 7, on: false),
    Event(t: 508, x: 9, y: 0, on: true),
  ])

  static let atis =
    header(type: 2) + [
      4, 1, 0, 2, 0,  // OFF at 1
      0xFF, 0xFC, 0xFD, 0xFE,  // 6 times 63 us
      0x3E, 3, 0, 0, 0,  // ON 15 later
      9, 9, 0, 7, 0,  // an exposure 2 later
      0xF8, 9, 1, 7, 0,  // OFF 62 later
    ]
  static let atisEvents = EventBatch([
    Event(t: 1, x: 1, y: 5, on: false), Event(t: 394, x: 3, y: 7, on: true),
    Event(t: 458, x: 265, y: 0, on: false),
  ])

  @Test func readsBothTypesAsDescribed() throws {
    #expect(try EventStreamCodec.decode(Self.dvs) == Self.dvsEvents)
    #expect(try EventStreamCodec.decode(Self.atis) == Self.atisEvents)
    #expect(try format(of: Self.dvs) == .es)
    try withFile(Self.dvs) { path in
      let geometry = try RecordingReader(path: path).geometry
      #expect(geometry == SensorGeometry(width: 10, height: 8))
    }
  }

  @Test func piecesOfAnySizeGiveTheSameEvents() throws {
    try expectPiecesAlike(EventStreamCodec.self, Self.dvs, Self.dvsEvents)
    try expectPiecesAlike(EventStreamCodec.self, Self.atis, Self.atisEvents)
  }

  @Test func damagedFilesAreSurvived() throws {
    try expectDamageSurvived(EventStreamCodec.self, Self.dvs, Self.dvsEvents, seed: 1)
    try expectDamageSurvived(EventStreamCodec.self, Self.atis, Self.atisEvents, seed: 2)
    for cut in 1..<Self.dvs.count {
      let bytes = Self.dvs[..<cut]
      let ends = [20, 25, 26, 27, 28, 33, 38, 39].contains(cut)
      #expect(((try? EventStreamCodec.decode(bytes)) != nil) == ends, "cut at \(cut)")
    }
  }

  /// The format as its state machine tells it, a byte at a time.
  private func twin(_ bytes: ArraySlice<UInt8>, bits: Int, height: Int) -> EventBatch {
    var batch = EventBatch()
    var (time, rest): (Int64, [UInt8]) = (0, [])
    for byte in bytes {
      let ones = UInt8((1 << bits) - 1)
      if rest.isEmpty, byte | ones == 0xFF {
        time += Int64(byte & ones) * Int64(0xFF >> bits)
        continue
      }
      rest.append(byte)
      guard rest.count == 5 else { continue }
      time += Int64(rest[0]) >> Int64(bits)
      let (x, y) = (Int(rest[1]) + 256 * Int(rest[2]), Int(rest[3]) + 256 * Int(rest[4]))
      if bits == 1 || rest[0] % 2 == 0 {
        let on = bits == 1 ? rest[0] % 2 == 1 : rest[0] / 2 % 2 == 1
        batch.append(t: time, x: UInt16(x), y: UInt16(height - 1 - y), on: on)
      }
      rest = []
    }
    return batch
  }

  @Test(arguments: [1, 2]) func anyBytesAreReadAsByTheStateMachine(type: Int) throws {
    var random = SplitMix64(seed: UInt64(type))
    for _ in 0..<50 {
      var bytes = Self.header(type: UInt8(type), width: 65535, height: 65535)
      for _ in 0..<200 {
        let byte = UInt8(truncatingIfNeeded: random.next())
        let ones = UInt8((1 << type) - 1)
        if random.next() % 3 == 0 {
          bytes.append(byte | ~ones)
        } else {
          bytes += [byte & 0x7F] + (0..<4).map { _ in UInt8(random.nextInteger(below: 255)) }
        }
      }
      let expected = twin(bytes[20...], bits: type, height: 65535)
      try #expect(EventStreamCodec.decode(bytes) == expected)
    }
  }

  @Test func writesTheTypeDVSAsDescribed() throws {
    let layout = RecordingLayout(geometry: SensorGeometry(width: 10, height: 8))
    let bytes = try EventStreamCodec.encode(Self.dvsEvents, layout: layout)
    #expect(
      bytes == Self.header(type: 1) + [
        5, 1, 0, 2, 0, 0xFF, 0xFF, 0xFC, 3, 0, 0, 0, 0xFD, 9, 0, 7, 0,
      ])
    let edge = EventBatch([Event(t: 127, x: 0, y: 7, on: false)])
    #expect(
      try EventStreamCodec.encode(edge, layout: layout)
        == Self.header(type: 1) + [0xFF, 0, 0, 0, 0, 0])
  }

  @Test func randomEventsComeBack() throws {
    var random = SplitMix64(seed: 3)
    for step in [Int64(1), 126, 10_000, 1_000_000] {
      let events = randomEvents(500, width: 1280, height: 720, step: step, using: &random)
      let layout = RecordingLayout(geometry: SensorGeometry(width: 1280, height: 720))
      let bytes = try EventStreamCodec.encode(events, layout: layout)
      #expect(try EventStreamCodec.decode(bytes) == events)
    }
  }

  static let refusals: [(event: Event, field: String, value: Int64, limit: String)] = [
    (Event(t: 5, x: 10, y: 0, on: true), "x", 10, "0 to 9"),
    (Event(t: 5, x: 0, y: 8, on: true), "y", 8, "0 to 7"),
    (Event(t: 4, x: 0, y: 0, on: true), "t", 4, "5 to 2^35 us here"),
    (Event(t: -1, x: 0, y: 0, on: true), "t", -1, "5 to 2^35 us here"),
    (Event(t: 1 << 35, x: 0, y: 0, on: true), "t", 1 << 35, "5 to 2^35 us here"),
    (Event(t: .max, x: 0, y: 0, on: true), "t", .max, "5 to 2^35 us here"),
  ]

  @Test(arguments: refusals.indices) func refusesWhatTheFormatCannotHold(index: Int) throws {
    let (event, field, value, limit) = Self.refusals[index]
    let layout = RecordingLayout(geometry: SensorGeometry(width: 10, height: 8))
    let events = EventBatch([Event(t: 5, x: 9, y: 7, on: true), event])
    #expect(
      throws: RecordingError.notRepresentable(index: 1, field: field, value: value, limit: limit)
    ) { try EventStreamCodec.encode(events, layout: layout) }
  }

  @Test func refusesASensorThatTheHeaderCannotState() throws {
    let layout = RecordingLayout(geometry: SensorGeometry(width: 65536, height: 1))
    let error = #expect(throws: RecordingError.self) {
      try EventStreamCodec.Encoder(layout)
    }
    #expect(error?.description == "Event Stream holds sensors of up to 65535x65535, not 65536x1")
  }

  static let foreign: [(bytes: [UInt8], reason: String)] = [
    (header(type: 0), "type generic"), (header(type: 3), "type display"),
    (header(type: 4), "type color"), (header(type: 7), "type 7"),
    (Array("Event Stream".utf8) + [1, 0, 3, 1], "version 1.0.3"),
  ]

  @Test(arguments: foreign.indices) func refusesOtherStreamsByName(index: Int) throws {
    let (bytes, reason) = Self.foreign[index]
    let error = #expect(throws: RecordingError.self) { try format(of: bytes) }
    guard case .unsupported(nil, let text)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(text.contains(reason))
  }

  @Test func whatHasNoPlaceOnTheSensorIsMalformed() throws {
    #expect(
      throws: RecordingError.malformed(
        path: nil, offset: 16, reason: "a sensor of 0x8 pixels")
    ) { try EventStreamCodec.decode(Self.header(type: 1, width: 0)) }
    var events = EventBatch()
    #expect(
      throws: RecordingError.malformed(
        path: nil, offset: 26, reason: "row 8 of a sensor with 8 rows")
    ) {
      let bytes: [UInt8] = Self.header(type: 1) + [5, 1, 0, 2, 0, 0xFF, 5, 1, 0, 8, 0]
      try EventStreamCodec.decode(bytes, into: &events)
    }
    #expect(events.count == 1)
  }
}
