import Events
import Foundation
import Learning
import Service
import Testing

/// Transforms between the socket and the network.
@Suite(.timeLimit(.minutes(10))) struct TransformTests {
  private static func engine(_ transforms: String...) throws -> RunningEngine {
    let transforms = try transforms.map { try EventTransform($0) }
    return try RunningEngine {
      $0.sensor.width = 16
      $0.sensor.height = 16
      $0.predictions.every = 0
      $0.transforms = transforms
    }
  }

  /// Trials as a sensor with twice the pixels would have seen them, each event twice.
  private static func series(_ count: Int) -> [TestTrial] {
    TestTrial.series(0..<count).map { trial in
      var fine = trial
      fine.events = EventBatch(
        trial.events.indices.flatMap { index in
          let event = trial.events[index]
          return [UInt16(0), 1].map {
            Event(t: event.t + Int64($0), x: 2 * event.x, y: 2 * event.y + $0, on: event.on)
          }
        })
      return fine
    }
  }

  @Test(arguments: WireEncoding.allCases.filter(\.keepsTimes))
  func theNetworkLearnsFromWhatTheyLeave(_ encoding: WireEncoding) throws {
    let engine = try Self.engine(
      "refractory_period=9000", "downsample=2", "time_skew=0.5,offset=7000")
    let feeder = try engine.feeder("cam", encoding: encoding)
    let trials = Self.series(6)
    for trial in trials { try feeder.send(trial) }
    let status = try feeder.waitUntilDone()

    var chain = try engine.engine.configuration.transformChain()
    let twin = try Twin(engine.engine.configuration)
    var left = 0
    for trial in trials {
      var batch = trial.events
      try chain.apply(to: &batch)
      left += batch.count
      twin.learner.add(
        labels: [StreamLabel(t: chain.time(trial.begin), label: trial.label, name: trial.name)])
      twin.learner.add(events: batch) { _ in }
      twin.learner.endRecording(at: chain.time(trial.end)) { _ in }
    }
    #expect(try engine.digest() == twin.digest)
    let sent = trials.count * 2 * TestTrial.eventCount
    #expect(left < sent * 9 / 10 && left > sent / 10)
    let source = try #require(status.sources["cam"])
    #expect(status.eventsReceived == sent && source.events == sent)
    #expect(source.transformedAway == sent - left && source.eventsDone == left)
    #expect(status.stream.events == left && status.stream.lateEvents == 0)
    #expect(status.stream.trialsLearned == trials.count && status.refused.isEmpty)
    try engine.stop()
  }

  @Test func eachSourceHasItsOwnPixels() throws {
    let engine = try Self.engine("refractory_period=5000")
    let (left, right) = (try engine.feeder("left"), try engine.feeder("right"))
    let events = [0, 3000, 10_000].map { Event(t: $0, x: 3, y: 3, on: true) }
    for feeder in [left, right] {
      for event in events { try feeder.send([event]) }
      #expect(try feeder.waitUntilDone().sources[feeder.source]?.transformedAway == 1)
    }
    // A publisher that begins anew begins with pixels that remember nothing.
    left.restart()
    for event in events { try left.send([event]) }
    try left.end(at: 20_000)
    let status = try engine.status("the second session") {
      $0.sources["left"]?.session == 3 && $0.sources["left"]?.acknowledged == 3
    }
    #expect(status.sources["left"]?.transformedAway == 1)
    #expect(status.sources["left"]?.eventsDone == 2)
    try engine.stop()
  }

  @Test func aMessageIsHeldAgainstTheSensorThatPublishersHave() throws {
    let engine = try Self.engine("downsample=2")
    let feeder = try engine.feeder()
    feeder.writer = EventMessageWriter(
      source: "cam", geometry: RunningEngine.geometry, encoding: .t32x16y15on1, headerForm: .json)
    try feeder.send([Event(t: 1, x: 1, y: 1, on: true)])
    let status = try engine.status("a refusal") { $0.refusedMessages == 1 }
    #expect(status.lastRefusal?.contains("8x8") == true)
    #expect(status.lastRefusal?.contains("16x16") == true)
    try engine.stop()
  }
}
