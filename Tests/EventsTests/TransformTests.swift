import Events
import Testing

@Suite struct TransformTests {
  static let sensor = SensorGeometry(width: 23, height: 17)

  static let texts = [
    "crop=3,5,11x9", "crop=0,0,23x17", "crop=22,16,1x1", "center_crop=10x8", "downsample=1",
    "downsample=4", "downsample=23x5", "downsample=7x17", "downsample=spatial_factor=0.3",
    "downsample=3,time_factor=0.125", "downsample=time_factor=2.5", "flip_lr", "flip_ud",
    "flip_polarity", "drop_event=0", "drop_event=0.3", "drop_event=0.3,seed=2", "drop_event=1",
    "drop_pixel=0:0,22:16,5:7", "hot_pixels=900,stretch_us=30000", "hot_pixels=top=9",
    "hot_pixels=top=9,stretch_us=20000", "refractory_period=0", "refractory_period=700",
    "refractory_period=700,since=kept", "denoise=1", "denoise=60", "denoise=700",
    "merge_polarities", "time_skew=1", "time_skew=1.7", "time_skew=0.3,offset=-5000",
    "time_skew=1,offset=1234567",
  ]

  static let chains = [
    ["crop=2,2,20x14", "refractory_period=500", "downsample=4", "denoise=300", "flip_lr"],
    ["drop_event=0.2", "drop_event=0.2,seed=2", "hot_pixels=top=3,stretch_us=9000", "flip_ud"],
    [
      "denoise=900", "time_skew=3,offset=-77", "denoise=900", "merge_polarities", "center_crop=6x6",
    ],
  ]

  @Test(arguments: texts.map { [$0] } + chains)
  func agreesWithItsTwin(_ texts: [String]) throws {
    let transforms = try texts.map { try EventTransform($0) }
    var chain = try TransformChain(transforms, input: Self.sensor)
    let events = Self.events(5000, seed: 3)
    var (expected, output) = (Array(events), Self.sensor)
    for transform in transforms {
      expected = TransformTwin.apply(transform, to: expected, of: output)
      output = TransformTwin.output(transform, of: output)
    }
    var batch = EventBatch(events)
    try chain.apply(to: &batch)
    #expect(batch == EventBatch(expected))
    #expect(chain.output == output && chain.input == Self.sensor && chain.events == events.count)
    #expect(batch.indices.allSatisfy { output.contains(x: batch.x[$0], y: batch.y[$0]) })
  }

  @Test(arguments: texts.map { [$0] } + chains)
  func batchesMayEndAnywhere(_ texts: [String]) throws {
    let transforms = try texts.map { try EventTransform($0) }
    let events = EventBatch(Self.events(5000, seed: 4))
    var whole = events
    var chain = try TransformChain(transforms, input: Self.sensor)
    try chain.apply(to: &whole)
    var random = SplitMix64(seed: 9)
    for longest in [1, 7, 900] {
      var pieces = EventBatch()
      var chain = try TransformChain(transforms, input: Self.sensor)
      var first = 0
      while first < events.count {
        let end = min(events.count, first + random.nextInteger(below: longest + 1))
        var piece = EventBatch()
        piece.append(events, range: first..<end)
        try chain.apply(to: &piece)
        pieces.append(piece)
        first = end
      }
      #expect(pieces == whole, "pieces of up to \(longest)")
    }
  }

  /// The rules as tonic 1.7.0 has them, by hand.
  @Test func theEdgesOfTimesAreTonics() throws {
    func kept(_ text: String, _ events: [(Int64, UInt16, UInt16)]) throws -> [Int64] {
      var batch = EventBatch(events.map { Event(t: $0.0, x: $0.1, y: $0.2, on: $0.0 % 2 == 0) })
      var chain = try TransformChain([EventTransform(text)], input: Self.sensor)
      try chain.apply(to: &batch)
      return batch.t
    }
    // The pause must be longer than the period, and every event begins a new one.
    let burst: [(Int64, UInt16, UInt16)] = [0, 10, 20, 29, 40, 51].map { ($0, 4, 4) }
    #expect(try kept("refractory_period=10", burst) == [0, 40, 51])
    #expect(try kept("refractory_period=9", burst) == [0, 10, 20, 40, 51])
    #expect(try kept("refractory_period=10,since=kept", burst) == [0, 20, 40, 51])
    #expect(try kept("refractory_period=0", [(5, 1, 1), (5, 1, 1), (5, 2, 1)]) == [5, 5])
    // A neighbour supports for less than the filter time; itself and diagonals never; the first event has none.
    #expect(try kept("denoise=10", [(100, 4, 4), (109, 5, 4)]) == [109])
    #expect(try kept("denoise=10", [(100, 4, 4), (110, 5, 4)]) == [])
    #expect(try kept("denoise=10", [(100, 4, 4), (101, 4, 4), (102, 5, 5)]) == [])
    #expect(
      try kept("denoise=10", [(1, 4, 4), (2, 4, 3), (3, 4, 4), (4, 0, 0), (5, 22, 16)]) == [2, 3])
    #expect(try kept("denoise=10", [(1, 22, 3), (2, 0, 4)]) == [], "rows do not touch")
  }

  @Test func timesOfLabelsFollowTheEvents() throws {
    let chain = try TransformChain(
      [EventTransform("downsample=2,time_factor=0.5"), EventTransform("time_skew=3,offset=-10")],
      input: Self.sensor)
    for time: Int64 in [0, 1, 7, 1_000_001, -3] {
      #expect(chain.time(time) == Int64((Double(time) * 0.5).rounded(.down)) * 3 - 10)
    }
    #expect(try TransformChain([EventTransform("denoise=9")], input: Self.sensor).time(5) == 5)
  }

  @Test(arguments: [
    "time_skew=1000000,offset=1000000000000000000", "denoise=86400000000",
    "refractory_period=86400000000,since=kept", "hot_pixels=1,stretch_us=86400000000",
    "time_skew=2,offset=-1000000000000000000",
  ])
  func extremeTimesDoNotTrap(_ text: String) throws {
    var chain = try TransformChain([EventTransform(text)], input: Self.sensor)
    let times: [Int64] = [.min, .max, 0, .max, .min + 1, .max - 1, 1 << 62, -(1 << 62), .min]
    var batch = EventBatch(times.map { Event(t: $0, x: 3, y: 3, on: true) })
    try chain.apply(to: &batch)
    chain.restart()
    try chain.apply(to: &batch)
    #expect(batch.t.count <= times.count)
  }

  @Test func aNewRecordingForgetsTimesAndKeepsMasksAndChance() throws {
    let recording = EventBatch(Self.events(2000, seed: 6))
    func twice(_ text: String) throws -> (EventBatch, EventBatch) {
      var chain = try TransformChain([EventTransform(text)], input: Self.sensor)
      var (first, second) = (recording, recording)
      try chain.apply(to: &first)
      chain.restart()
      try chain.apply(to: &second)
      return (first, second)
    }
    for text in ["denoise=300", "refractory_period=300", "refractory_period=300,since=kept"] {
      let (first, second) = try twice(text)
      #expect(first == second && first.count < recording.count && !first.isEmpty)
    }
    let (first, second) = try twice("drop_event=0.5")
    #expect(first != second && abs(first.count - second.count) < 200)
    let (before, after) = try twice("hot_pixels=top=1,stretch_us=10000")
    #expect(after.count < before.count)
    func pixels(_ batch: EventBatch) -> Set<[UInt16]> {
      Set(batch.indices.map { [batch.x[$0], batch.y[$0]] })
    }
    #expect(pixels(recording).subtracting(pixels(after)).count == 1)
    // A stretch that is longer than a recording goes on in the next one.
    let span = recording.t[recording.count - 1] - recording.t[0]
    let (whole, cut) = try twice("hot_pixels=top=1,stretch_us=\(span + 1000)")
    #expect(whole == recording && cut.count < recording.count)
  }

  @Test func anEventOutsideTheSensorIsRefusedAndNamed() throws {
    var chain = try TransformChain([.flipLR], input: Self.sensor)
    var good = EventBatch(Self.events(5, seed: 1))
    try chain.apply(to: &good)
    for (x, y) in [(23, 0), (0, 17), (65535, 65535)] {
      var batch = EventBatch(Self.events(3, seed: 1))
      batch.append(t: 5, x: UInt16(x), y: UInt16(y), on: true)
      let before = batch
      #expect(throws: TransformError.outsideSensor(index: 8, x: x, y: y, geometry: Self.sensor)) {
        try chain.apply(to: &batch)
      }
      #expect(batch == before)
    }
  }

  @Test(arguments: [
    ("crop=13,0,11x9", "the box ends at (24, 9)"), ("center_crop=24x2", "the box is 24x2"),
    ("downsample=23x18", "the target is 23x18"), ("drop_pixel=1:1,1:17", "1:17 lies outside"),
  ])
  func whatDoesNotFitTheSensorIsRefused(_ text: String, _ reason: String) throws {
    let transforms = try [EventTransform("flip_lr"), EventTransform(text)]
    #expect {
      _ = try TransformChain(transforms, input: Self.sensor)
    } throws: {
      "\($0)".contains(reason) && "\($0)".hasPrefix(text) && "\($0)".contains("23x17")
    }
  }

  @Test func memoryAndLengthAreBounded() throws {
    let large = SensorGeometry(width: 65536, height: 65536)
    for text in ["denoise=1", "refractory_period=1", "hot_pixels=1", "drop_pixel=0:0"] {
      #expect(throws: TransformError.self, "\(text)") {
        _ = try TransformChain([EventTransform(text)], input: large)
      }
      _ = try TransformChain([EventTransform("downsample=64"), EventTransform(text)], input: large)
    }
    let many = Array(repeating: EventTransform.flipLR, count: 64)
    #expect(try TransformChain(many, input: large).output == large)
    #expect(throws: TransformError.tooMany(65)) {
      _ = try TransformChain(many + [.flipUD], input: large)
    }
  }

  @Test func anEmptyChainChangesNothing() throws {
    var chain = try TransformChain([], input: Self.sensor)
    let events = EventBatch([Event(t: 1, x: 999, y: 999, on: true)])
    var batch = events
    try chain.apply(to: &batch)
    #expect(batch == events && chain.isEmpty && chain.output == Self.sensor)
  }

  /// Events of a small sensor that come in bursts, some at the same time, with a few hot pixels.
  static func events(_ count: Int, seed: UInt64) -> [Event] {
    var random = SplitMix64(seed: seed)
    var time: Int64 = 1000
    return (0..<count).map { index in
      time += Int64(random.nextInteger(below: index % 500 < 20 ? 400 : 30)) / 2
      let isHot = random.nextInteger(below: 10) == 0
      return Event(
        t: time, x: UInt16(random.nextInteger(below: isHot ? 3 : 23)),
        y: UInt16(isHot ? 8 : random.nextInteger(below: 17)), on: random.next() & 1 == 1)
    }
  }
}
