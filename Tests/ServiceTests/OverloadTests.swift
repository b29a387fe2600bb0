import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// Events that come faster than they can be learned from.
@Suite(.timeLimit(.minutes(10))) struct OverloadTests {
  private func flood(
    _ policy: EngineConfiguration.Overload.Policy, trials count: Int
  ) throws -> (engine: RunningEngine, feeder: Feeder, status: EngineStatus) {
    let engine = try RunningEngine {
      $0.learner.hidden.neurons = 2000
      $0.limits.queue = 8
      $0.overload.policy = policy
    }
    let feeder = try engine.feeder()
    for trial in TestTrial.series(0..<count) { try feeder.send(trial, eventsPerMessage: 8) }
    return (engine, feeder, try feeder.waitUntilDone(.seconds(60)))
  }

  @Test func learningIsShedBeforeEventsAndLabelsNever() throws {
    let count = 60
    let (engine, feeder, status) = try flood(.shed, trials: count)
    let overload = status.overload
    #expect(overload.policy == .shed)
    #expect(overload.trialsShed > 0 && overload.messagesShed > 0)
    #expect(status.stream.events + overload.eventsShed == count * TestTrial.eventCount)
    #expect(status.stream.trials == count && status.labelledTrials == count)
    #expect(status.stream.trialsLearned + overload.trialsShed == count)
    #expect(status.sources["cam"]?.eventsDone == status.stream.events)
    #expect(status.missingMessages == 0 && status.queue.messages == 0)
    // With time again, trials are learned from again.
    for trial in TestTrial.series(count..<count + 2) {
      try feeder.send(trial, eventsPerMessage: 200)
      try feeder.waitUntilDone()
    }
    let after = try engine.status()
    #expect(!after.overload.shedding)
    #expect(after.overload.trialsShed <= overload.trialsShed + 1)
    #expect(after.stream.trialsLearned > status.stream.trialsLearned)
  }

  @Test func checkpointsHoldNothingOfWhatCameAfterThem() throws {
    let folder = try Folder()
    let engine = try RunningEngine {
      $0.learner.hidden.neurons = 2000
      $0.limits.queue = 8
      $0.overload.policy = .shed
      $0.checkpoints.folder = folder.path
      $0.checkpoints.every = 3600
      $0.checkpoints.keep = 100
    }
    let feeder = try engine.feeder()
    for (index, trial) in TestTrial.series(0..<30).enumerated() {
      try feeder.send(trial, eventsPerMessage: 8)
      if index % 5 == 2 { _ = try engine.client.save() }
    }
    #expect(try feeder.waitUntilDone(.seconds(60)).overload.messagesShed > 0)
    for number in 1...6 {
      let parts = try Checkpoint.parts("\(folder.path)/checkpoint-\(number).safetensors")
      let kept = try JSONDecoder().decode(
        Numbers.self, from: Data(try #require(parts["engine"]).text.utf8))
      let status = try #require(kept.sources["cam"]).status
      #expect(status.acknowledged == UInt64(status.messages - 1), "checkpoint \(number)")
    }
  }

  private struct Numbers: Decodable {
    struct Source: Decodable { var status: EngineStatus.Source }
    var sources: [String: Source]
  }

  @Test func publishersWaitUnlessTheyAreToldOtherwise() throws {
    let (engine, _, status) = try flood(.block, trials: 12)
    #expect(status.overload == EngineStatus().overload)
    #expect(status.stream.trialsLearned == 12)
    var twin = try Twin(engine.engine.configuration)
    twin.run(TestTrial.series(0..<12))
    #expect(try engine.digest() == twin.digest)
  }

  @Test func anEngineThatKeepsUpShedsNothing() throws {
    let engine = try RunningEngine { $0.overload.policy = .shed }
    let feeder = try engine.feeder()
    let trials = TestTrial.series(0..<6)
    for trial in trials {
      try feeder.send(trial)
      try feeder.waitUntilDone()
    }
    var twin = try Twin(engine.engine.configuration)
    twin.run(trials)
    #expect(try engine.digest() == twin.digest)
    #expect(try engine.status().overload.eventsShed == 0)
  }

  @Test func anUnknownPolicyIsRefused() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try EngineConfiguration.parse("overload:\n  policy: drop\n")
    }
    #expect(error?.description.contains("overload.policy") == true, "\(error as Any)")
    #expect(try EngineConfiguration.parse("overload: {policy: shed}").overload.policy == .shed)
  }
}
