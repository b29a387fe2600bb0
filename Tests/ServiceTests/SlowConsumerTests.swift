import Events
import Glibc
import Learning
import Service
import Testing
import Transport

/// Consumers that take nothing, and many of them.
@Suite(.timeLimit(.minutes(10))) struct SlowConsumerTests {
  private func deaf(_ engine: RunningEngine, _ topic: String) throws -> Socket {
    var options = SocketOptions()
    options.receiveHighWaterMark = 1
    let socket = try Socket(.subscribe, in: engine.context, options: options)
    try socket.subscribe(topic)
    try socket.connect(engine.engine.endpoints.output[0])
    return socket
  }

  @Test func followersThatTakeNothingDoNotHoldTheEngineUp() throws {
    let engine = try RunningEngine {
      $0.learner.hidden.neurons = 200
      $0.limits.deltaBytes = 1 << 18
      $0.predictions.every = 0
    }
    let everything = try deaf(engine, "")
    let weights = try deaf(engine, "weights/")
    try engine.status("a follower") { $0.weightsFollowed }
    let healthy = try engine.subscriber("weights/")
    var follower = WeightsFollower(try engine.snapshot())
    let feeder = try engine.feeder()
    let trials = TestTrial.series(0..<200)
    for trial in trials { try feeder.send(trial) }
    let status = try feeder.waitUntilDone()
    #expect(status.stream.trialsLearned == trials.count)
    // A delta of the model is 132 rows of 200 weights at most; one that was decided on goes out.
    let largest = 4 * (132 * 200 + 200 * 4)
    #expect(status.output.deltaByteLimit == 1 << 18)
    #expect(status.output.deltaBytes <= 4 * (1 << 18) + largest)
    #expect(status.output.deltasDelayed > 0)
    #expect(status.weightsSequence < UInt64(trials.count))
    // Whoever listens has the engine's weights all the same, and no number is missing.
    let told = try engine.status(digest: true)
    while follower.sequence < told.weightsSequence {
      guard let message = try healthy.receive(timeout: .seconds(10)) else {
        throw Stuck(description: "weights \(follower.sequence) of \(told.weightsSequence)")
      }
      guard message.topic.hasPrefix("weights/") else { continue }
      let outcome = try follower.receive([Array(message.topic.utf8)] + message.frames)
      #expect(outcome == .applied)
    }
    #expect(follower.weights.digest == told.weightsDigest)
    _ = (everything.kind, weights.kind)
  }

  @Test func whatIsNotSentIsCounted() throws {
    let engine = try RunningEngine {
      $0.predictions.every = 1
      $0.limits.outputQueue = 1_000_000
    }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    let trials = TestTrial.series(0..<200)
    for trial in trials { try feeder.send(trial) }
    let dropped = try feeder.waitUntilDone().output.predictionsDropped
    var (received, finals, last) = (0, 0, UInt64(0))
    while finals < trials.count {
      let message = try subscriber.nextPrediction()
      received += 1
      finals += message.isFinal ? 1 : 0
      last = message.sequence
    }
    #expect(received + dropped == trials.count * 41)
    #expect(last == UInt64(trials.count * 41 - 1))
  }

  @Test func twoHundredSubscribersAreServed() throws {
    // Both sides of 200 connections are in this process.
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let engine = try RunningEngine()
    let subscribers = try (0..<200).map { _ in
      try OutputSubscriber(
        engine.engine.endpoints.output[0], topics: ["prediction/", "status/"], in: engine.context)
    }
    for subscriber in subscribers {
      #expect(try subscriber.receive(timeout: .seconds(10)) != nil)
    }
    let feeder = try engine.feeder()
    let trials = TestTrial.series(0..<5)
    for trial in trials { try feeder.send(trial) }
    #expect(try feeder.waitUntilDone().stream.trialsLearned == trials.count)
    for subscriber in subscribers {
      var finals = 0
      while finals < trials.count { finals += try subscriber.nextPrediction().isFinal ? 1 : 0 }
    }
  }
}
