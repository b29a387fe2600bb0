import Events
import Learning
import Service
import Testing

/// Whatever arrives, the engine goes on, counts it, says what was wrong, and learns as if it had never come.
@Suite(.timeLimit(.minutes(10))) struct MalformedTests {
  static let trials = TestTrial.series(0..<2)
  /// What an engine comes to that never saw a bad message.
  static let digest: Result<String, any Error> = Result {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    for trial in trials { try feeder.send(trial) }
    try feeder.waitUntilDone()
    return try engine.digest()
  }

  /// Sends something amid a trial of `cam`, after its message 0, and then the rest and another trial.
  private func learn(
    around something: (Feeder) throws -> Void,
    _ configure: (inout EngineConfiguration) -> Void = { _ in }
  ) throws -> (digest: String, status: EngineStatus) {
    let engine = try RunningEngine(configure)
    let feeder = try engine.feeder()
    let messages = try Self.trials[0].messages(&feeder.writer)
    try feeder.send(raw: messages[0])
    try something(feeder)
    for message in messages.dropFirst() { try feeder.send(raw: message) }
    try feeder.send(Self.trials[1])
    let status = try feeder.waitUntilDone()
    return (try engine.digest(), status)
  }

  @Test func theTwinAgrees() throws {
    var twin = try Twin(try RunningEngine.configuration(in: try Folder()))
    twin.run(Self.trials)
    #expect(try Self.digest.get() == twin.digest)
  }

  @Test(arguments: Malformed.all)
  func aBadMessageIsCountedNamedAndDropped(_ bad: Malformed) throws {
    let (digest, status) = try learn { try $0.send(raw: bad.frames) }
    #expect(try digest == Self.digest.get())
    #expect(status.refused == [bad.reason.rawValue: 1])
    let refusal = try #require(status.lastRefusal)
    for mention in bad.mentions { #expect(refusal.contains(mention), "\(refusal)") }
    #expect(refusal.utf8.count < 1000)
    #expect(!refusal.unicodeScalars.contains { $0.properties.generalCategory == .control })
    #expect(status.messages == 10 && status.stream.trialsLearned == 2)
    #expect(status.missingMessages == 0 && status.duplicates == 0)
    #expect(status.sources.count == 1)
  }

  @Test func eachKindIsCountedByItself() throws {
    let (digest, status) = try learn { feeder in
      for bad in Malformed.all { try feeder.send(raw: bad.frames) }
    }
    #expect(try digest == Self.digest.get())
    var expected: [String: Int] = [:]
    for bad in Malformed.all { expected[bad.reason.rawValue, default: 0] += 1 }
    #expect(status.refused == expected)
  }

  @Test(arguments: 1...4)
  func randomBytesInAFrameAreHarmless(_ position: Int) throws {
    let good = [Wire.topic, Wire.binary(count: 5), Wire.wide() + Wire.wide(), Array("{}".utf8)]
    let (digest, status) = try learn { feeder in
      var random = SplitMix64(seed: 5, stream: UInt64(position))
      for _ in 0..<300 {
        var frames = Array(good.prefix(3 + Int(random.next() % 2)))
        while frames.count < position { frames.append([]) }
        let noise = Wire.noise(Int(random.next() % 200), &random)
        // A topic has to begin right, or the socket sorts it out.
        frames[position - 1] = position == 1 ? Array("events/".utf8) + noise : noise
        try feeder.send(raw: frames)
      }
    }
    #expect(try digest == Self.digest.get())
    #expect(status.refused.values.reduce(0, +) == 300)
  }

  @Test func headersThatAreAlmostGoodAreHarmless() throws {
    let (digest, status) = try learn { feeder in
      var random = SplitMix64(seed: 6, stream: 0)
      for _ in 0..<500 {
        var header =
          random.next() % 2 == 0
          ? Wire.binary(at: 12, [9, 0, 9]) : Wire.json(["width": "9", "height": "9"])
        let place = Int(random.next() % UInt64(header.count))
        header[place] = UInt8(truncatingIfNeeded: random.next())
        try feeder.send(raw: [Wire.topic, header, Wire.wide()])
      }
    }
    #expect(try digest == Self.digest.get())
    #expect(status.refused.values.reduce(0, +) == 500)
  }

  @Test func otherTopicsDoNotEvenArrive() throws {
    let (digest, status) = try learn { feeder in
      for topic in ["", "event/cam/", "weights/default/", "\u{0}"] {
        try feeder.send(raw: [Array(topic.utf8), Wire.json(), Wire.wide()])
      }
    }
    #expect(try digest == Self.digest.get())
    #expect(status.refused.isEmpty)
  }

  @Test func aSourceTooManyIsRefused() throws {
    let (digest, status) = try learn(
      around: { feeder in
        try feeder.send(raw: [Array("events/two/".utf8), Wire.json(), Wire.wide()])
        try feeder.send(raw: [Array("events/three/".utf8), Wire.json(), Wire.wide()])
        try feeder.send(raw: [Array("labels/four/".utf8), Array(#"{"t":0,"class":1}"#.utf8)])
      }, { $0.limits.sources = 2 })
    #expect(try digest == Self.digest.get())
    #expect(status.refused == ["sources": 2])
    let refusal = try #require(status.lastRefusal)
    #expect(refusal.contains("four") && refusal.contains(" 2 "), "\(refusal)")
    #expect(Set(status.sources.keys) == ["cam", "two"])
  }

  @Test func timesOfAnotherSourceThatCannotBeUsedAreHarmless() throws {
    let (digest, status) = try learn { feeder in
      func send(_ sequence: Int, _ times: UInt64...) throws {
        let payload = times.flatMap { Wire.wide(t: $0) }
        try feeder.send(
          raw: [Array("events/odd/".utf8), Wire.json(["seq": "\(sequence)"]), payload])
      }
      try send(0, 5_000, 6_500, 1_000, 6_100, 7_000, 0)
      try send(1, 100, 6_999, 7_001)
      // As far away as a time can be, and back: a clock that begins anew.
      try send(2, 1 << 62 - 1)
      try send(3, 8_000, 9_000)
    }
    #expect(try digest == Self.digest.get())
    #expect(status.refused.isEmpty)
    #expect(status.stream.lateEvents == 4)
    #expect(status.sources["odd"]?.lateEvents == 4)
    #expect(status.sources["odd"]?.time.clockJumps == 1)
    #expect(status.sources["cam"]?.lateEvents == 0)
    #expect(status.stream.timeJumps == 1)
  }

  @Test func extremeTimesOfALabelledTrialAreHarmless() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder("odd")
    let low = "-2305843009213693952"
    try feeder.send(raw: [
      Array("events/odd/".utf8), Wire.json(["seq": "0", "t_base": low]), Wire.wide(t: 0),
      Array("{\"t\":\(low),\"class\":1,\"end\":2305843009213693952}".utf8),
    ])
    try feeder.send(raw: [
      Array("events/odd/".utf8), Wire.json(["t_base": "2305843009213693952"]),
      Wire.wide(t: 1 << 62 - 1),
    ])
    try feeder.send(raw: [
      Array("events/odd/".utf8),
      Wire.json(["seq": "2", "eos": "true", "t_end": "2305843009213693952"]), [],
    ])
    let status = try engine.status("the end of the recording") {
      $0.sources["odd"]?.acknowledged == 2
    }
    #expect(status.stream.trials == 1)
    let good = try engine.feeder()
    try good.send(TestTrial(0))
    #expect(try good.waitUntilDone().stream.trialsLearned == 2)
  }
}
