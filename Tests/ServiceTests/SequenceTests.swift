import Events
import Learning
import Service
import Testing

/// What the numbers of messages tell the engine.
@Suite(.timeLimit(.minutes(10))) struct SequenceTests {
  private func event(_ time: Int64) -> [Event] { [Event(t: time, x: 1, y: 1, on: true)] }

  @Test func messagesThatDoNotArriveAreCounted() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    let other = try engine.feeder("other")
    try feeder.send(event(0))
    for _ in 0..<3 { _ = feeder.writer.endOfRecording(at: 0) }
    try feeder.send(event(10_000))
    try feeder.send(event(20_000))
    _ = feeder.writer.endOfRecording(at: 0)
    try feeder.send(event(30_000))
    try other.send(event(0))
    try other.waitUntilDone()
    let status = try feeder.waitUntilDone()
    #expect(status.missingMessages == 4)
    #expect(status.sources["cam"]?.missingMessages == 4)
    #expect(status.sources["cam"]?.messages == 4)
    #expect(status.sources["other"]?.missingMessages == 0)
    #expect(status.stream.events == 5)
  }

  @Test func aSourceThatIsJoinedLateHasLostNothing() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    for _ in 0..<3 { _ = feeder.writer.endOfRecording(at: 0) }
    try feeder.send(event(0))
    let status = try feeder.waitUntilDone()
    #expect(status.missingMessages == 0 && status.stream.restarts == 0)
  }

  @Test func messagesThatComeTwiceAreDropped() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    let trial = TestTrial(0)
    let messages = try trial.messages(&feeder.writer)
    try feeder.send(raw: messages[0])
    for message in messages.dropFirst() {
      try feeder.send(raw: message)
      try feeder.send(raw: message)
    }
    try feeder.send(raw: messages[1])
    let status = try feeder.waitUntilDone()
    try engine.status("the last duplicate") { $0.duplicates == messages.count }
    var twin = try Twin(engine.engine.configuration)
    twin.run(trial)
    #expect(try engine.digest() == twin.digest)
    #expect(status.messages == messages.count && status.missingMessages == 0)
    #expect(try engine.status().sources["cam"]?.duplicates == messages.count)
    #expect(status.stream.lateEvents == 0)
  }

  @Test func aPublisherThatIsStartedAgainBeginsAnew() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    // A trial that never ends, and time that goes back to 0.
    try feeder.send(event(5_000_000), labels: [StreamLabel(t: 4_999_000, label: 2)])
    let before = try feeder.waitUntilDone()
    let session = try #require(before.sources["cam"]?.session)
    feeder.restart()
    let trial = TestTrial(0)
    try feeder.send(trial)
    let after = try engine.status("the second session") {
      $0.sources["cam"]?.acknowledged == 4
    }
    var twin = try Twin(engine.engine.configuration)
    twin.run(trial)
    #expect(try engine.digest() == twin.digest)
    let source = try #require(after.sources["cam"])
    #expect(source.session != session)
    #expect(source.messages == 5 && source.events == TestTrial.eventCount)
    #expect(source.eventsDone == TestTrial.eventCount && source.lateEvents == 0)
    #expect(after.stream.restarts == 1 && after.stream.trials == 1)
    #expect(after.missingMessages == 0 && after.duplicates == 0)
  }

  @Test func lateEventsOfAnEarlierSessionAreNotChargedToTheNext() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    try feeder.send(event(9_000))
    try feeder.send(event(1_000))
    #expect(try feeder.waitUntilDone().sources["cam"]?.lateEvents == 1)
    feeder.restart()
    try feeder.send(TestTrial(0))
    let status = try engine.status("the second session") { $0.sources["cam"]?.acknowledged == 4 }
    #expect(status.sources["cam"]?.lateEvents == 0)
    #expect(status.stream.lateEvents == 1)
  }

  @Test func numbersAtTheEndOfTheirRangeDoNotEndTheEngine() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    // Two gaps of nearly half of the range each, and a third one at another source.
    let half = UInt64(1) << 63
    for (index, number) in [0, half - 1, half &+ (half - 2)].enumerated() {
      let header = Wire.json(["seq": "\(number)"])
      try feeder.send(raw: [Wire.topic, header, Wire.wide(t: UInt64(index) * 1000)])
    }
    try engine.status("the last message") { $0.messages == 3 }
    let other = try engine.feeder("other")
    try other.send(TestTrial(0))
    for _ in 0..<1000 { _ = other.writer.endOfRecording(at: 0) }
    try other.send(TestTrial(1, begin: 50_000))
    let status = try other.waitUntilDone()
    #expect(status.missingMessages == .max)
    #expect(status.sources["cam"]?.missingMessages == UInt64.max - 3)
    #expect(status.sources["other"]?.missingMessages == 1000)
    #expect(status.stream.trialsLearned == 2)
  }

  @Test func labelsBeforeTheFirstEventsDoNotHideThatASourceHasBegun() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    try feeder.send(labels: [StreamLabel(t: 0, label: 1)])
    let before = try engine.status("the source") { $0.sources["cam"] != nil }
    try feeder.send(event(100))
    let after = try feeder.waitUntilDone()
    #expect(before.sources["cam"]?.session != after.sources["cam"]?.session)
    #expect(after.stream.restarts == 0)
    try feeder.end(at: 2000)
    #expect(try feeder.waitUntilDone().stream.trialsLearned == 1)
  }

  // MARK: - Clocks

  @Test(arguments: [false, true])
  func aClockOf32BitsGoesOnAfterItsEnd(_ labelsOnTheirOwnTopic: Bool) throws {
    let engine = try RunningEngine { $0.predictions.every = 0 }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    let range = Int64(1) << 32
    // The clock of the publisher ends between these two trials.
    try feeder.send(TestTrial(0, begin: range - 45_000))
    var second = TestTrial(1, begin: 6_000)
    if labelsOnTheirOwnTopic {
      try feeder.send(event(5_000))
      try feeder.send(labels: [second.streamLabel])
      second.label = nil
      for message in try second.messages(&feeder.writer) {
        try feeder.send(raw: Array(message.prefix(3)))
      }
    } else {
      try feeder.send(second)
    }
    let status = try feeder.waitUntilDone()
    #expect(status.stream.lateEvents == 0 && status.stream.lateLabels == 0)
    #expect(status.stream.trialsLearned == 2)
    let messages = try (0..<2).map { _ in try subscriber.nextPrediction() }
    #expect(messages.map(\.t) == [range - 5_000, range + 46_000])
    #expect(messages.map { $0.trial?.begin } == [range - 45_000, range + 6_000])
  }

  @Test func aLabelJustBeforeTheEndOfTheClockStaysThere() throws {
    let engine = try RunningEngine { $0.predictions.every = 0 }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    let range = Int64(1) << 32
    // One message with events on both sides, and a label on this one.
    try feeder.send(
      event(range - 3_000) + event(range - 2_000) + event(500),
      labels: [StreamLabel(t: range - 2_500, label: 1, end: range - 500)])
    try feeder.end(at: 1_000)
    let status = try feeder.waitUntilDone()
    #expect(status.stream.lateLabels == 0 && status.stream.trialsLearned == 1)
    let message = try subscriber.nextPrediction()
    #expect(message.trial?.begin == range - 2_500)
  }

  @Test func aWiderClockIsTakenAsItIs() throws {
    let engine = try RunningEngine { $0.predictions.every = 0 }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder(encoding: .t64x16y16on8)
    let range = Int64(1) << 32
    try feeder.send(TestTrial(0, begin: range - 45_000))
    try feeder.send(TestTrial(1, begin: 6_000))
    let status = try feeder.waitUntilDone()
    // A recording may begin anywhere; its publisher said that the one before had ended.
    #expect(status.stream.lateEvents == 0 && status.stream.trialsLearned == 2)
    let times = try (0..<2).map { _ in
      try subscriber.nextPrediction().t
    }
    #expect(times == [range - 5_000, 46_000])
  }
}
