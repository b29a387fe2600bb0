import Events
import Learning
import Service
import Testing

private func feed(_ engine: RunningEngine, _ trials: Range<Int>, label: (Int) -> Int) throws
  -> EngineStatus
{
  let feeder = try engine.feeder("cam\(trials.lowerBound)")
  var random = SplitMix64(seed: UInt64(trials.lowerBound))
  for trial in trials {
    let begin = Int64(trial - trials.lowerBound) * 20_000
    let events = (0..<40).map { index in
      Event(
        t: begin + Int64(index) * 200, x: UInt16(random.nextInteger(below: 8)),
        y: UInt16(random.nextInteger(below: 8)), on: true)
    }
    try feeder.send(
      events, labels: [StreamLabel(t: begin, label: label(trial), end: begin + 9000)])
  }
  try feeder.end(at: Int64(trials.count) * 20_000)
  return try feeder.waitUntilDone()
}

@Suite struct LearningHealthTests {
  /// Rehearsal and the guard, also over a restart, are the same without sockets.
  @Test func theEngineLearnsWhatTheLabLearns() throws {
    let folder = try Folder()
    func change(_ configuration: inout EngineConfiguration) {
      configuration.learner.rehearsal.trials = 4
      configuration.learner.rehearsal.perTrial = 2
      configuration.learner.collapseGuard.enabled = true
      configuration.learner.collapseGuard.checkEvery = 1
      configuration.learner.collapseGuard.copyEvery = 2
      configuration.checkpoints.folder = folder.path
    }
    let trials = TestTrial.series(0..<12)
    var digest = ""
    for part in [trials[..<5], trials[5...]] {
      let engine = try RunningEngine(change)
      let feeder = try engine.feeder()
      for trial in part { try feeder.send(trial) }
      let status = try feeder.waitUntilDone()
      #expect(status.rehearsal?.kept == [1, 1, 1, 1])
      #expect(status.drift?.window == (part.startIndex == 0 ? 5 : 12))
      digest = try engine.digest()
      try engine.stop()
    }
    var configuration = try RunningEngine.configuration(in: folder)
    var bare = try Twin(configuration)
    change(&configuration)
    var twin = try Twin(configuration)
    bare.run(trials)
    twin.run(trials)
    #expect(digest == twin.digest && digest != bare.digest)
  }

  @Test func aGuardedModelMayGoOnWithAnotherOptimiser() throws {
    let folder = try Folder()
    var digest = ""
    for method in [LearnerConfiguration.Optimiser.Method.sgd, .adam] {
      let engine = try RunningEngine {
        $0.checkpoints.folder = folder.path
        $0.learner.collapseGuard.enabled = true
        $0.learner.optimiser.method = method
      }
      #expect(try digest.isEmpty || engine.digest() == digest)
      let feeder = try engine.feeder()
      try feeder.send(TestTrial(0))
      try feeder.waitUntilDone()
      digest = try engine.digest()
      try engine.stop()
    }
  }

  @Test("An engine that keeps trials tells how many")
  func rehearsal() throws {
    let engine = try RunningEngine { $0.learner.rehearsal.trials = 8 }
    let status = try feed(engine, 0..<20) { $0 % 4 }
    #expect(status.rehearsal?.kept == [2, 2, 2, 2])
    #expect(status.rehearsal?.rehearsed == 19)
    #expect(status.rehearsal?.bytes == 8 * 40 * 12)
    #expect(status.labelledTrials == 20, "nothing is judged twice")
    #expect(status.stream.trialsLearned == 20)
  }

  @Test("A rise of the error is found, counted and told")
  func drift() throws {
    // Frozen weights of random inputs: right on what they always say, wrong on everything else.
    let engine = try RunningEngine {
      $0.learning.enabled = false
      $0.drift.delta = 0.05
      $0.learner.initialisation.readoutGain = 0
      $0.learner.credit = .random
    }
    // All scores are equal, and the lowest class wins.
    var status = try feed(engine, 0..<100) { _ in 0 }
    #expect(status.correctTrials == 100)
    #expect(status.drift?.detections == 0)
    status = try feed(engine, 100..<160) { _ in 1 }
    #expect(status.drift?.detections == 1)
    #expect(status.drift?.latest?.before == 0)
    #expect(status.drift?.latest?.after == 1)
    #expect((101...130).contains(status.drift?.latest?.trial ?? 0))
    #expect(status.drift?.error == 1)
  }

  @Test("Without drift.delta there is no section")
  func off() throws {
    let engine = try RunningEngine { $0.drift.delta = 0 }
    let status = try engine.status()
    #expect(status.drift == nil)
    #expect(status.collapseGuard == nil)
    #expect(status.rehearsal == nil)
  }

  @Test("What the guard found is counted and told")
  func collapse() throws {
    let engine = try RunningEngine {
      $0.learner.collapseGuard.enabled = true
      $0.learner.optimiser.learningRate = 100
    }
    let status = try feed(engine, 0..<20) { $0 % 4 }
    let found = try #require(status.collapseGuard)
    #expect(found.incidents.values.reduce(0, +) >= 1)
    #expect(found.latest?.rolledBack == true)
    #expect(found.rateFactor < 1)
  }

  @Test func impossibleSettingsAreRefused() {
    for delta in [-0.1, 1, .nan] {
      var configuration = EngineConfiguration()
      configuration.drift.delta = delta
      #expect(throws: ConfigurationError.self) { try configuration.validate() }
    }
  }
}
