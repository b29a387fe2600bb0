import Events
import Foundation
import Learning
import Service
import Testing

/// Copies of the weights that follow the engine.
@Suite(.timeLimit(.minutes(10))) struct FollowerTests {
  private func delta(_ subscriber: OutputSubscriber) throws -> [[UInt8]] {
    try wait(for: "a message of weights") {
      guard let message = try subscriber.receive(timeout: .seconds(10)),
        message.topic.hasPrefix("weights/")
      else { return nil }
      return [Array(message.topic.utf8)] + message.frames
    }
  }

  private func learn(_ trial: Int, _ feeder: Feeder) throws {
    try feeder.send(TestTrial(trial, begin: Int64(trial) * 50_000))
    try feeder.waitUntilDone()
  }

  @Test func aCopyIsTheEnginesBitForBitAtEveryDelta() throws {
    let engine = try RunningEngine { $0.model = "eyes" }
    let feeder = try engine.feeder()
    for trial in 0..<3 { try learn(trial, feeder) }
    let subscriber = try engine.subscriber("weights/")
    var follower = WeightsFollower(try engine.snapshot())
    #expect(follower.sequence == 3)
    for trial in 3..<11 {
      try learn(trial, feeder)
      let frames = try delta(subscriber)
      #expect(String(decoding: frames[0], as: UTF8.self) == "weights/eyes/")
      #expect(try follower.receive(frames) == .applied)
      let status = try engine.status(digest: true)
      #expect(follower.sequence == status.weightsSequence && follower.sequence == UInt64(trial + 1))
      #expect(follower.weights.digest == status.weightsDigest)
      #expect(try follower.receive(frames) == .old)
    }
  }

  @Test func theDeltasOfAnotherStartOfTheEngineAreNotApplied() throws {
    let first = try RunningEngine()
    var follower = WeightsFollower(try first.snapshot())
    let before = follower.weights.digest
    let second = try RunningEngine { $0.learner.seed = 7 }
    let feeder = try second.feeder()
    let subscriber = try second.subscriber("weights/")
    try second.status("somebody who follows") { $0.weightsFollowed }
    try learn(0, feeder)
    // Its numbers fit, 0 to 1, but not its weights.
    #expect(follower.sequence == 0)
    #expect(try follower.receive(delta(subscriber)) == .gap(missing: 1))
    #expect(follower.weights.digest == before)
    follower = WeightsFollower(try second.snapshot())
    #expect(follower.weights.digest == (try second.status(digest: true).weightsDigest))
  }

  @Test func aLostDeltaIsNoticedAndHealedByASnapshot() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    let subscriber = try engine.subscriber("weights/")
    var follower = WeightsFollower(try engine.snapshot())
    for trial in 0..<4 { try learn(trial, feeder) }
    #expect(try follower.receive(try delta(subscriber)) == .applied)
    _ = try delta(subscriber)
    _ = try delta(subscriber)
    let copy = follower
    #expect(try follower.receive(try delta(subscriber)) == .gap(missing: 2))
    #expect(follower.weights == copy.weights && follower.sequence == 1)
    follower = WeightsFollower(try engine.snapshot())
    #expect(follower.sequence == 4)
    try learn(4, feeder)
    #expect(try follower.receive(try delta(subscriber)) == .applied)
    #expect(try follower.weights.digest == engine.digest())
  }

  @Test func aSnapshotAmidATrialFitsTheDeltasAfterIt() throws {
    let engine = try RunningEngine {
      $0.learner.optimiser.method = .sgd
      $0.learner.optimiser.update = .step
      $0.learner.optimiser.learningRate = 1e-3
    }
    let feeder = try engine.feeder()
    let subscriber = try engine.subscriber("weights/")
    let messages = try TestTrial(0).messages(&feeder.writer)
    for message in messages.prefix(2) { try feeder.send(raw: message) }
    try engine.status("two messages") { $0.sources["cam"]?.acknowledged == 1 }
    var follower = WeightsFollower(try engine.snapshot())
    // The question itself made a delta, for those who follow already.
    #expect(follower.sequence == 1)
    // And the number is known to whoever asks without a question to the engine's thread.
    #expect(try engine.status().weightsSequence == 1)
    #expect(try follower.receive(try delta(subscriber)) == .old)
    for message in messages.dropFirst(2) { try feeder.send(raw: message) }
    try feeder.waitUntilDone()
    #expect(try follower.receive(try delta(subscriber)) == .applied)
    #expect(try follower.weights.digest == engine.digest())
    #expect(follower.sequence == 2)
  }

  @Test func deltasComeAfterAsManyTrialsAsConfigured() throws {
    let engine = try RunningEngine { $0.weights.everyTrials = 3 }
    let feeder = try engine.feeder()
    let subscriber = try engine.subscriber("weights/")
    var follower = WeightsFollower(try engine.snapshot())
    for trial in 0..<6 { try learn(trial, feeder) }
    #expect(try engine.status().weightsSequence == 2)
    for _ in 0..<2 { #expect(try follower.receive(try delta(subscriber)) == .applied) }
    #expect(try follower.weights.digest == engine.digest())
  }

  @Test func withoutDeltasOnlyTheNumberMoves() throws {
    let engine = try RunningEngine { $0.weights.everyTrials = 0 }
    let feeder = try engine.feeder()
    let subscriber = try engine.subscriber("weights/", "prediction/")
    for trial in 0..<3 { try learn(trial, feeder) }
    let status = try engine.status(digest: true)
    #expect(status.weightsSequence == 3)
    #expect(try engine.snapshot().weights.digest == status.weightsDigest)
    var finals = 0
    while finals < 3 {
      let message = try #require(try subscriber.receive(timeout: .seconds(10)))
      #expect(!message.topic.hasPrefix("weights/"))
      finals += message.topic.hasPrefix("prediction/") ? 1 : 0
    }
  }

  @Test func deltasArePutTogetherWhileSomebodyListensOnly() throws {
    let engine = try RunningEngine()
    #expect(try !engine.status().weightsFollowed)
    var others: OutputSubscriber? = try engine.subscriber("prediction/", "weights/another/")
    #expect(try !engine.status().weightsFollowed)
    var first: OutputSubscriber? = try engine.subscriber("weights/")
    var second: OutputSubscriber? = try engine.subscriber("weights/")
    var third: OutputSubscriber? = try engine.subscriber("weights/default/")
    #expect(try engine.status().weightsFollowed)
    #expect([first, second, third, others].allSatisfy { $0 != nil })
    first = nil
    third = nil
    // What is known of the leaving: the one that is left is still served.
    let feeder = try engine.feeder()
    try learn(0, feeder)
    if let second { _ = try delta(second) }
    #expect(try engine.status().weightsFollowed)
    second = nil
    others = nil
    try engine.status("the last follower to be gone") { !$0.weightsFollowed }
    let all = try OutputSubscriber(
      engine.engine.endpoints.output[0], topics: [""], in: engine.context)
    try engine.status("somebody who wants everything") { $0.weightsFollowed }
    try learn(1, feeder)
    _ = try delta(all)
  }

  @Test func whatIsNoDeltaChangesNothing() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    let subscriber = try engine.subscriber("weights/")
    var follower = WeightsFollower(try engine.snapshot())
    try learn(0, feeder)
    let good = try delta(subscriber)
    let before = follower.weights
    func safetensors(_ rows: [Int32], _ columns: Int) -> [UInt8] {
      Safetensors(tensors: [
        .init(name: "input.weight.rows", shape: [rows.count], integers: rows),
        .init(
          name: "input.weight.values", shape: [rows.count, columns],
          floats: Array(repeating: 1, count: rows.count * columns)),
      ]).encoded()
    }
    let bad: [[[UInt8]]] = [
      [], [good[0]], Array(good.prefix(2)), good + [[]], [good[0], [], good[2]],
      [good[0], Array("{}".utf8), good[2]], [good[0], good[1], []],
      [good[0], good[1], Array(good[2].dropLast())], [good[0], good[1], safetensors([128], 24)],
      [good[0], good[1], safetensors([-1], 24)], [good[0], good[1], safetensors([0], 23)],
    ]
    for frames in bad {
      #expect(throws: (any Error).self) { try follower.receive(frames) }
      #expect(follower.weights == before && follower.sequence == 0)
    }
    #expect(try follower.receive(good) == .applied)
    #expect(try follower.weights.digest == engine.digest())
  }

  @Test func aFullMessageReplacesTheCopy() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    var follower = WeightsFollower(try engine.snapshot())
    for trial in 0..<3 { try learn(trial, feeder) }
    let snapshot = try engine.snapshot()
    let frames = [
      Array("weights/default/".utf8), [UInt8](try JSONEncoder().encode(snapshot.header)),
      snapshot.weights.message().encoded(),
    ]
    #expect(try follower.receive(frames) == .applied)
    #expect(follower.sequence == 3)
    #expect(try follower.weights.digest == engine.digest())
  }
}
