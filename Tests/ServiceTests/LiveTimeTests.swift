import Events
import Foundation
import Learning
import Service
import Testing

/// Time that goes on without events.
@Suite(.timeLimit(.minutes(10))) struct LiveTimeTests {
  private func event(_ time: Int64) -> [Event] { [Event(t: time, x: 1, y: 1, on: true)] }

  // MARK: - Watermarks

  @Test(arguments: EventMessageWriter.HeaderForm.allCases)
  func aWatermarkClosesTheStepsBeforeIt(_ form: EventMessageWriter.HeaderForm) throws {
    let engine = try RunningEngine { $0.predictions.every = 10 }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder("cam", header: form)
    let batch = EventBatch(event(500))
    let label = StreamLabel(t: 0, label: 1, end: 25_000)
    try feeder.send(
      raw: feeder.writer.events(
        batch, range: batch.indices, tBase: 0, labels: [label], watermark: 10_000))
    #expect(try subscriber.nextPrediction().t == 10_000)
    // A still scene: time goes on, and the trial ends.
    try feeder.send(raw: feeder.writer.stillScene(until: 26_000))
    let messages = try (0..<2).map { _ in try subscriber.nextPrediction() }
    #expect(messages.map(\.t) == [20_000, 25_000] && messages[1].isFinal)
    let status = try feeder.waitUntilDone()
    #expect(status.stream.steps == 26 && status.stream.trialsLearned == 1)
    #expect(status.sources["cam"]?.time.watermark == 26_000)
  }

  /// A publisher of ten lines may write it by hand.
  @Test func aHeaderInJSONTellsAWatermark() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    try feeder.send(raw: [Wire.topic, Wire.json(["t_end": "12000"]), Wire.wide(t: 10_000)])
    let status = try engine.status("the message") { $0.sources["cam"]?.acknowledged == 1 }
    #expect(status.stream.steps == 2 && status.sources["cam"]?.time.watermark == 12_000)
  }

  @Test func watermarksDoNotChangeWhatIsLearned() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    var twin = try Twin(engine.engine.configuration)
    for trial in TestTrial.series(0..<4) {
      twin.run(trial)
      let events = trial.events
      for first in stride(from: 0, to: events.count, by: 20) {
        let range = first..<first + 20
        try feeder.send(
          raw: feeder.writer.events(
            events, range: range, tBase: trial.begin,
            labels: first == 0 ? [trial.streamLabel] : [], watermark: events.t[first + 19] + 1))
      }
      try feeder.end(at: trial.end)
    }
    try feeder.waitUntilDone()
    #expect(try engine.digest() == twin.digest)
  }

  @Test func transformsMoveWatermarksToo() throws {
    let transforms = [try EventTransform("time_skew=0.5,offset=7000")]
    let engine = try RunningEngine { $0.transforms = transforms }
    let feeder = try engine.feeder()
    try feeder.send(event(2000))
    try feeder.send(raw: feeder.writer.stillScene(until: 10_000))
    let status = try feeder.waitUntilDone()
    #expect(status.sources["cam"]?.time.watermark == 12_000)
    #expect(status.stream.steps == 4, "from 8 to 12 ms")
  }

  // MARK: - Silence

  @Test func theWallClockClosesTheStepsOfASilentSource() throws {
    let engine = try RunningEngine {
      $0.live.silence = 30
      $0.predictions.every = 10
    }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    try feeder.send(event(5_000_000), labels: [StreamLabel(t: 5_000_000, label: 1, end: 5_100_000)])
    let begin = ContinuousClock.now
    var final: PredictionMessage?
    while final == nil {
      let message = try subscriber.nextPrediction()
      if message.isFinal { final = message }
    }
    // 100 ms of stream time, a silence behind: not before it has passed.
    #expect(begin.duration(to: .now) > .milliseconds(100))
    #expect(final?.learned == true && final?.t == 5_100_000)
    let status = try engine.status("a while") { $0.sources["cam"]?.time.wallClock ?? 0 > 200_000 }
    #expect(status.sources["cam"]?.time.silences == 1)
    #expect(status.sources["cam"]?.acknowledged == 0 && status.sources["cam"]?.messages == 1)
    // What comes in time is taken; time by the wall clock counts from there.
    let far = try #require(status.sources["cam"]?.time.watermark) + 2_000_000
    try feeder.send(event(far))
    let after = try feeder.waitUntilDone()
    #expect(after.stream.lateEvents == 0 && after.stream.restarts == 0)
    try engine.status("the next silence") { $0.sources["cam"]?.time.silences == 2 }
    #expect(try #require(engine.status().sources["cam"]?.time.watermark) >= far)
  }

  @Test func withoutALimitNothingIsSilent() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    try feeder.send(event(1000))
    try feeder.waitUntilDone()
    Thread.sleep(forTimeInterval: 0.2)
    let status = try engine.status()
    let time = try #require(status.sources["cam"]?.time)
    #expect(status.stream.steps == 0 && time.silences == 0 && time.watermark == nil)
  }

  @Test func anEndedRecordingIsNotSilent() throws {
    let engine = try RunningEngine { $0.live.silence = 10 }
    let (ended, open) = (try engine.feeder("ended"), try engine.feeder("open"))
    try ended.send(TestTrial(0))
    try ended.waitUntilDone()
    try open.send(event(0))
    try engine.status("the other") { $0.sources["open"]?.time.wallClock ?? 0 > 50_000 }
    #expect(try engine.status().sources["ended"]?.time.silences == 0)
  }

  /// What passes while the engine holds publishers back is nobody's silence.
  @Test func aSourceThatIsHeldBackIsNotSilent() throws {
    let engine = try RunningEngine {
      $0.live.silence = 40
      $0.limits.queue = 1
      $0.learner.hidden.neurons = 3000
      $0.learner.compute.eligibility = .dense
      $0.learner.stream.resetAtTrial = false
      $0.live.clockBack = 60_000
    }
    let feeder = try engine.feeder()
    let events = TestTrial.long(milliseconds: 4000)
    for first in stride(from: 0, to: events.count, by: 20) {
      try feeder.send(
        Array(events[first..<first + 20]),
        labels: first == 0 ? [StreamLabel(t: 0, label: 1)] : [])
    }
    let status = try feeder.waitUntilDone(.seconds(60))
    #expect(status.stream.lateEvents == 0 && status.stream.restarts == 0)
    #expect(status.busy > 0.1, "the engine was not busy enough to hold anybody back")
  }
}
