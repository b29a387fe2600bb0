import Events
import Learning
import Service
import Testing

/// Several sources at one engine.
@Suite(.timeLimit(.minutes(10))) struct SourceTests {
  /// What a source's predictions say, without their numbers.
  private struct Said: Equatable {
    var t: Int64
    var scores: [Float]
    var steps: Int
    var hiddenSpikes: Int
    var name: String?
    var isFinal: Bool
  }

  private func said(
    of source: String, count: Int, _ subscriber: OutputSubscriber
  ) throws -> [Said] {
    var said: [Said] = []
    while said.count < count {
      let message = try subscriber.nextPrediction()
      guard message.source == source else { continue }
      said.append(
        Said(
          t: message.t, scores: message.scores, steps: message.steps,
          hiddenSpikes: message.hiddenSpikes, name: message.trial?.name,
          isFinal: message.isFinal))
    }
    return said
  }

  @Test func sourcesThatAlternateDoNotTouchEachOther() throws {
    func configure(_ configuration: inout EngineConfiguration) {
      configuration.learning.enabled = false
      configuration.predictions.every = 10
      configuration.learner.stream.resetAtTrial = false
    }
    let trials = TestTrial.series(0..<5)
    let others = (5..<10).map { TestTrial($0, begin: Int64($0) * 9_000_000) }
    let alone = try RunningEngine(configure)
    let listener = try alone.subscriber("prediction/")
    let single = try alone.feeder()
    for trial in trials { try single.send(trial) }
    let expected = try said(of: "cam", count: 25, listener)

    let shared = try RunningEngine(configure)
    let subscriber = try shared.subscriber("prediction/")
    let first = try shared.feeder()
    let second = try shared.feeder("second")
    for (one, other) in zip(trials, others) {
      // Message by message, each in the middle of the other's trial.
      let messages = zip(try one.messages(&first.writer), try other.messages(&second.writer))
      for (mine, theirs) in messages {
        try first.send(raw: mine)
        try first.waitForMessage(mine)
        try second.send(raw: theirs)
        try second.waitForMessage(theirs)
      }
    }
    #expect(try said(of: "cam", count: 25, subscriber) == expected)
    let status = try second.waitUntilDone()
    #expect(status.stream.lateEvents == 0)
    #expect(status.stream.events == 10 * TestTrial.eventCount)
    #expect(status.sources["cam"]?.events == 5 * TestTrial.eventCount)
    #expect(status.sources["second"]?.events == 5 * TestTrial.eventCount)
  }

  @Test func sourcesLearnIntoOneNetwork() throws {
    let engine = try RunningEngine()
    var twin = try Twin(engine.engine.configuration)
    let feeders = try ["one", "two", "three"].map { try engine.feeder($0) }
    for index in 0..<6 {
      let trial = TestTrial(index)
      try feeders[index % 3].send(trial)
      try feeders[index % 3].waitUntilDone()
      twin.run(trial)
    }
    #expect(try engine.digest() == twin.digest)
    #expect(try engine.status().stream.trialsLearned == 6)
  }

  @Test func aSourceWhoseRecordingHasEndedMakesRoom() throws {
    let engine = try RunningEngine {
      $0.limits.sources = 2
      $0.limits.sourceIdle = 0
    }
    for index in 0..<7 {
      let feeder = try engine.feeder("source-\(index)")
      try feeder.send(TestTrial(index))
      try feeder.waitUntilDone()
    }
    let status = try engine.status()
    #expect(status.sources.count == 2 && status.sources["source-6"] != nil)
    #expect(status.refused.isEmpty)
    #expect(status.stream.trialsLearned == 7)
    #expect(status.stream.events == 7 * TestTrial.eventCount)
    var twin = try Twin(engine.engine.configuration)
    for index in 0..<7 { twin.run(TestTrial(index)) }
    #expect(try engine.digest() == twin.digest)
  }

  @Test func aSourceThatComesBackBeginsAnew() throws {
    let engine = try RunningEngine {
      $0.limits.sources = 1
      $0.limits.sourceIdle = 0
    }
    let first = try engine.feeder("first")
    try first.send([Event(t: 50_000_000, x: 0, y: 0, on: true)])
    try first.end(at: 50_001_000)
    let before = try first.waitUntilDone()
    let second = try engine.feeder("second")
    try second.send(TestTrial(0))
    try second.waitUntilDone()
    first.restart()
    try first.send(TestTrial(1))
    let after = try first.waitUntilDone()
    #expect(before.sources["first"]?.session != after.sources["first"]?.session)
    #expect(after.stream.lateEvents == 0 && after.stream.trialsLearned == 2)
    #expect(after.sources["first"]?.events == TestTrial.eventCount)
  }

  @Test func aSourceThatMadeRoomIsForgotten() throws {
    func configure(_ configuration: inout EngineConfiguration) {
      configuration.limits.sources = 1
      configuration.limits.sourceIdle = 0
      configuration.learning.enabled = false
      configuration.predictions.every = 0
      // What membranes hold would go on into the next trial.
      configuration.learner.stream.resetAtTrial = false
    }
    func scores(after trials: [(source: String, trial: Int)]) throws -> [Float] {
      let engine = try RunningEngine(configure)
      let subscriber = try engine.subscriber("prediction/")
      var feeders: [String: Feeder] = [:]
      var scores: [Float] = []
      for (source, trial) in trials {
        let feeder = try feeders[source] ?? engine.feeder(source)
        feeders[source] = feeder
        try feeder.send(TestTrial(trial))
        try feeder.waitUntilDone()
        scores = try subscriber.nextPrediction().scores
      }
      return scores
    }
    let fresh = try scores(after: [("first", 1)])
    #expect(try scores(after: [("first", 0), ("second", 2), ("first", 1)]) == fresh)
    #expect(try scores(after: [("first", 0), ("first", 1)]) != fresh)
  }
}

extension Feeder {
  /// Waits until the engine has worked off `message`, which this source sent.
  fileprivate func waitForMessage(_ message: [[UInt8]]) throws {
    let number = try message[1].withUnsafeBytes { try EventHeader($0).sequence ?? 0 }
    try engine.status("message \(number) of \(source)") {
      $0.sources[source]?.acknowledged == number
    }
  }
}
