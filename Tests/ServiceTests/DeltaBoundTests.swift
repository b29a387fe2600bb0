import Events
import Learning
import Service
import Testing

/// Changes of the weights on their way to a follower that takes none for a while.
@Suite(.timeLimit(.minutes(10))) struct DeltaBoundTests {
  /// An engine whose deltas soon fill what may be on its way, and a follower that takes one and no more.
  private func engine(
    _ folder: Folder
  ) throws -> (engine: RunningEngine, deaf: OutputSubscriber) {
    let engine = try RunningEngine {
      $0.learner.hidden.neurons = 200
      $0.limits.deltaBytes = 1 << 16
      $0.checkpoints.folder = folder.path
      $0.checkpoints.every = 3600
    }
    let deaf = try OutputSubscriber(
      engine.engine.endpoints.output[0], topics: ["weights/"], queue: 1, in: engine.context)
    try engine.status("a follower") { $0.weightsFollowed }
    return (engine, deaf)
  }

  @Test func requestsAreNoWayAroundTheBound() throws {
    let folder = try Folder()
    let (engine, deaf) = try engine(folder)
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    _ = try engine.client.save()
    let many = "too many weight changes are on their way"
    var loads = 0
    let refusal = #expect(throws: EngineAnswerError.self) {
      while loads < 500 {
        _ = try engine.client.load("checkpoint-1.safetensors")
        loads += 1
      }
    }
    #expect(refusal?.description.contains(many) == true, "\(refusal as Any) after \(loads)")
    // What changes now stays here: it is told by its digest, and not by a number of its own.
    try feeder.send(TestTrial(1, begin: 50_000))
    let before = try feeder.waitUntilDone()
    let status = try engine.status(digest: true)
    #expect(status.weightsDigest != nil && status.weightsSequence == before.weightsSequence)
    for body: () throws -> Void in [
      { _ = try engine.snapshot() }, { _ = try engine.client.perform(.freeze) },
    ] {
      let error = #expect(throws: EngineAnswerError.self) { try body() }
      #expect(error?.description.contains(many) == true, "\(error as Any)")
    }
    try engine.client.perform(.pause)
    let largest = 4 * (132 * 200 + 200 * 4) + 4096
    #expect(try engine.status().output.deltaBytes <= 4 * (1 << 16) + largest)
    withExtendedLifetime(deaf) {}
  }

  @Test func whatWasHeldBackGoesOutWhenNothingMoreComes() throws {
    let folder = try Folder()
    let (engine, deaf) = try engine(folder)
    var follower = WeightsFollower(try engine.snapshot())
    let feeder = try engine.feeder()
    let trials = TestTrial.series(0..<60)
    for trial in trials { try feeder.send(trial) }
    let status = try feeder.waitUntilDone()
    #expect(status.output.deltasDelayed > 0)
    #expect(status.weightsSequence < UInt64(trials.count))
    var twin = try Twin(engine.engine.configuration)
    twin.run(trials)
    // The engine's thread is asked nothing meanwhile.
    while follower.weights.digest != twin.digest {
      guard let message = try deaf.receive(timeout: .seconds(20)) else {
        throw Stuck(description: "nothing after weights \(follower.sequence)")
      }
      #expect(
        try follower.receive([Array(message.topic.utf8)] + message.frames) == .applied)
    }
  }
}
