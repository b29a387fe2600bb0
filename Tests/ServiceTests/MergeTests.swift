import Events
import Foundation
import Learning
import Service
import Testing

/// Several sources joined into one stream.
@Suite(.timeLimit(.minutes(10))) struct MergeTests {
  private static func engine(
    _ place: EngineConfiguration.MergePlace = .overlay,
    _ change: (inout EngineConfiguration) -> Void = { _ in }
  ) throws -> RunningEngine {
    try RunningEngine {
      $0.live.merge = ["left", "right"]
      $0.live.mergePlace = place
      $0.predictions.every = 0
      change(&$0)
    }
  }

  /// The events of a trial as two sensors saw them.
  private static func halves(_ trial: TestTrial) -> [TestTrial] {
    (0..<2).map { half in
      var seen = trial
      let indices = trial.events.indices.filter { $0 % 2 == half }
      seen.events = EventBatch(indices.map { trial.events[$0] })
      return seen
    }
  }

  /// The trial that a joined stream shows, of all events in order.
  private static func joined(_ halves: [TestTrial], width: UInt16) -> TestTrial {
    var trial = halves[0]
    let events = halves.enumerated().flatMap { index, half in
      half.events.indices.map { position in
        var event = half.events[position]
        event.x += UInt16(index) * width
        return event
      }
    }
    trial.events = EventBatch(
      events.enumerated().sorted { ($0.element.t, $0.offset) < ($1.element.t, $1.offset) }
        .map(\.element))
    return trial
  }

  private static func digest(_ trials: [TestTrial], _ engine: RunningEngine) throws -> String {
    let configuration = engine.engine.configuration
    let geometry = try configuration.modelGeometry()
    let network = try Network<Float>(configuration.learner, inputs: geometry.addressCount)
    let learner = StreamLearner(network: network, geometry: geometry)
    for trial in trials {
      learner.add(labels: [trial.streamLabel])
      learner.add(events: trial.events) { _ in }
      learner.endRecording(at: trial.end) { _ in }
    }
    return network.weightsDigest
  }

  @Test(arguments: EngineConfiguration.MergePlace.allCases, [false, true])
  func twoSourcesTeachOneModel(
    _ place: EngineConfiguration.MergePlace, _ oneAheadOfTheOther: Bool
  ) throws {
    let engine = try Self.engine(place)
    let subscriber = try engine.subscriber("prediction/")
    let feeders = [try engine.feeder("left"), try engine.feeder("right")]
    let trials = (0..<5).map { Self.halves(TestTrial($0)) }
    var messages: [[[[UInt8]]]] = [[], []]
    for trial in trials {
      for (index, var half) in trial.enumerated() {
        // The label comes from one of them.
        if index == 1 { half.label = nil }
        messages[index] += try half.messages(&feeders[index].writer, eventsPerMessage: 30)
          .map { index == 1 ? Array($0.prefix(3)) : $0 }
      }
    }
    if oneAheadOfTheOther {
      for index in 0...1 {
        for message in messages[index] { try feeders[index].send(raw: message) }
        try feeders[index].waitUntilDone()
      }
    } else {
      for (left, right) in zip(messages[0], messages[1]) {
        try feeders[0].send(raw: left)
        try feeders[1].send(raw: right)
      }
    }
    let status = try engine.status("all trials") { $0.stream.trials == 5 }
    let width: UInt16 = place == .overlay ? 0 : 8
    #expect(
      try engine.digest() == Self.digest(trials.map { Self.joined($0, width: width) }, engine))
    #expect(try subscriber.nextPrediction().source == "left.right")
    try feeders[0].waitUntilDone()
    try feeders[1].waitUntilDone()
    #expect(status.stream.lateEvents == 0 && status.stream.events == 5 * TestTrial.eventCount)
    let final = try engine.status()
    #expect(final.sources["left.right"]?.eventsDone == 5 * TestTrial.eventCount)
    #expect(final.sources["left"]?.eventsDone == 5 * TestTrial.eventCount / 2)
    #expect(final.sources["left.right"]?.time.mergeOverflows == 0)
  }

  @Test(arguments: ["left", "right", "left.right"])
  func labelsOfAnyOfThemAct(_ source: String) throws {
    // Labels are on the clock of what is sent, as events are.
    let later = try EventTransform("time_skew=1,offset=100000")
    let engine = try Self.engine { $0.transforms = [later] }
    let feeders = [try engine.feeder("left"), try engine.feeder("right")]
    let label = StreamLabel(t: 0, label: 1, name: "told")
    try feeders[0].send(
      raw: [Topic.labels(source: source).bytes, StreamLabel.encode([label])])
    try engine.status("the label") { $0.messages == 1 }
    for feeder in feeders {
      try feeder.send([Event(t: 500, x: 1, y: 1, on: true)])
      try feeder.end(at: 20_000)
    }
    let status = try engine.status("the end") { $0.stream.trials == 1 }
    #expect(status.stream.trialsLearned == 1 && status.stream.steps == 20)
  }

  @Test func eventsUnderTheJoinedNameAreRefused() throws {
    let engine = try Self.engine()
    let feeder = try engine.feeder("left.right")
    try feeder.send([Event(t: 0, x: 0, y: 0, on: true)])
    try engine.status("the refusal") { $0.refused["sources"] == 1 }
  }

  @Test func aSilentSourceHoldsNobodyUp() throws {
    let engine = try Self.engine { $0.live.silence = 30 }
    let left = try engine.feeder("left")
    var trial = TestTrial(0)
    trial.events.append(t: 100_000, x: 0, y: 0, on: true)
    for message in try trial.messages(&left.writer).dropLast() { try left.send(raw: message) }
    // The right one never comes.
    let status = try engine.status("the events") { $0.stream.events >= TestTrial.eventCount }
    #expect(status.sources["left.right"]?.time.mergeOverflows == 0)
    #expect(status.stream.lateEvents == 0)
  }

  @Test func whatWaitsForTheOtherIsBounded() throws {
    let engine = try Self.engine { $0.limits.queueBytes = 1300 }
    let left = try engine.feeder("left")
    for index in 0..<50 {
      try left.send(
        TestTrial.long(milliseconds: 50).map {
          Event(t: $0.t + Int64(index) * 50_000, x: $0.x, y: $0.y, on: $0.on)
        })
    }
    let status = try left.waitUntilDone()
    #expect(status.sources["left.right"]?.time.mergeOverflows ?? 0 > 20)
    #expect(status.stream.events >= 50 * 50 - 100)
  }

  @Test func oneOfThemMayBeStartedAgain() throws {
    let engine = try Self.engine()
    let (left, right) = (try engine.feeder("left"), try engine.feeder("right"))
    func event(_ time: Int64) -> [Event] { [Event(t: time, x: 0, y: 0, on: true)] }
    try left.send(event(100_000_000), labels: [StreamLabel(t: 100_000_000, label: 1)])
    try right.send(event(100_000_500))
    left.restart()
    try left.send(event(100_030_000))
    try right.send(event(100_031_000))
    let status = try engine.status("what both have reached") { $0.stream.events == 2 }
    #expect(status.stream.restarts == 0 && status.sources["left"]?.messages == 1)
    // A clock that goes back waits for the other's.
    left.restart()
    try left.send(event(5000))
    try engine.status("the rest") { $0.stream.events == 3 }
    right.restart()
    try right.send(event(6000))
    let after = try engine.status("the beginning") { $0.stream.restarts == 1 }
    #expect(after.stream.lateEvents == 0 && after.stream.trials == 0)
  }

  /// A process for each recording: the second one begins at 0 again, a step back that no clock needs.
  @Test func aMemberMayBeStartedForEachRecording() throws {
    let engine = try Self.engine()
    let (left, right) = (try engine.feeder("left"), try engine.feeder("right"))
    for index in 0..<3 {
      let halves = Self.halves(TestTrial(index))
      if index > 0 { left.restart() }
      for message in try halves[0].messages(&left.writer) { try left.send(raw: message) }
      for message in try halves[1].messages(&right.writer) {
        try right.send(raw: Array(message.prefix(3)))
      }
      let status = try engine.status("trial \(index)") { $0.stream.trials == index + 1 }
      #expect(status.stream.events == (index + 1) * TestTrial.eventCount)
      #expect(status.stream.lateEvents == 0)
    }
  }

  @Test func aClockThatHasWrappedGoesOnAfterARestart() throws {
    let engine = try Self.engine()
    let left = try engine.feeder("left", encoding: .samna8)
    let right = try engine.feeder("right", encoding: .t64x16y16on8)
    let wrap: Int64 = 1 << 32
    for time in [wrap - 1000, wrap + 500, wrap + 2500, wrap + 4500] {
      if time == wrap + 2500 { left.restart() }
      try left.send([Event(t: time % wrap, x: 1, y: 1, on: true)])
      try right.send([Event(t: time, x: 2, y: 2, on: true)])
    }
    // The last ones wait for each other's next.
    let status = try engine.status("what both have reached") { $0.stream.events >= 6 }
    #expect(status.stream.lateEvents == 0 && status.stream.restarts == 0)
  }

  @Test(arguments: [
    (["left"], "2 to 8 different names"), (["left", "left"], "2 to 8 different names"),
    (["left", "ri/ght"], "2 to 8 different names"),
    ((0..<9).map { "s\($0)" }, "2 to 8 different names"),
    ((0..<6).map { "a-name-that-is-long-\($0)" }, "2 to 8 different names"),
  ])
  func whatCannotBeJoinedIsToldAtOnce(_ names: [String], _ reason: String) throws {
    #expect {
      var configuration = EngineConfiguration()
      configuration.live.merge = names
      try configuration.validate()
    } throws: { "\($0)".contains("live.merge") && "\($0)".contains(reason) }
    #expect {
      var configuration = EngineConfiguration()
      configuration.live.merge = ["a", "b"]
      configuration.sensor.width = 40_000
      configuration.live.mergePlace = .sideBySide
      try configuration.validate()
    } throws: { "\($0)".contains("65536 columns") }
  }

  @Test func theConfigurationIsReadAndPrinted() throws {
    let text = "live: {silence_ms: 50, merge: [left, right], merge_place: side_by_side}"
    let configuration = try EngineConfiguration.parse(text)
    #expect(configuration.live.merge == ["left", "right"] && configuration.live.silence == 50)
    #expect(try configuration.modelGeometry() == SensorGeometry(width: 68, height: 34))
    #expect(try EngineConfiguration.parse(configuration.yaml()) == configuration)
    for bad in ["silence_ms: -1", "clock_back_ms: 0", "merge_place: above"] {
      #expect(throws: ConfigurationError.self) {
        try EngineConfiguration.parse("live: {\(bad)}")
      }
    }
  }

  /// What one of them has sent ahead of the other waits, also over a restart of the engine.
  @Test func whatWaitsIsInCheckpoints() throws {
    let (folder, copy) = (try Folder(), try Folder())
    let first = try Self.engine { $0.checkpoints.folder = folder.path }
    let halves = Self.halves(TestTrial(0))
    let trials = halves.map { [$0] }
    let left = try first.feeder("left")
    for message in try halves[0].messages(&left.writer, eventsPerMessage: 30) {
      try left.send(raw: message)
    }
    let before = try left.waitUntilDone()
    #expect(before.stream.trialsLearned == 0 && before.stream.events == 0)
    let path = try #require(try first.client.save().path)
    let name = URL(fileURLWithPath: path).lastPathComponent
    try FileManager.default.copyItem(atPath: path, toPath: "\(copy.path)/\(name)")
    try first.stop()

    let second = try Self.engine { $0.checkpoints.folder = copy.path }
    #expect(try second.status().sources["left"]?.acknowledged == left.writer.nextSequence - 1)
    let right = try second.feeder("right")
    for message in try halves[1].messages(&right.writer, eventsPerMessage: 30) {
      try right.send(raw: Array(message.prefix(3)))
    }
    try second.status("the joined trial") { $0.stream.trialsLearned == 1 }
    let expected = try Self.digest([Self.joined(trials.map { $0[0] }, width: 0)], second)
    #expect(try second.digest() == expected)
    try second.stop()
  }
}
