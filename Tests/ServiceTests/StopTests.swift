import Events
import Foundation
import Learning
import Service
import Testing

@Suite(.timeLimit(.minutes(10))) struct StopTests {
  @Test func aStoppedEngineGoesOnWhereItWasSaved() throws {
    let folder = try Folder()
    let path = folder.path + "/deep/er/model.safetensors"
    let trials = TestTrial.series(0..<10)
    let first = try RunningEngine { $0.learning.save = path }
    let feeder = try first.feeder()
    for trial in trials.prefix(4) { try feeder.send(trial) }
    try feeder.waitUntilDone()
    let digest = try first.digest()
    #expect(try first.stop() == path)

    let second = try RunningEngine {
      $0.learning.load = path
      $0.learner.seed = 99
    }
    #expect(try second.digest() == digest)
    let resumed = try second.feeder()
    for trial in trials.dropFirst(4) { try resumed.send(trial) }
    try resumed.waitUntilDone()
    var twin = try Twin(first.engine.configuration)
    twin.run(trials)
    #expect(try second.digest() == twin.digest)
  }

  @Test func whatHasArrivedIsWorkedOffAtAStop() throws {
    let engine = try RunningEngine { $0.learner.hidden.neurons = 1500 }
    let feeder = try engine.feeder()
    let trials = TestTrial.series(0..<12)
    for trial in trials { try feeder.send(trial) }
    let messages = trials.count * 5
    try engine.status("all messages to be taken in") { $0.messages == messages }
    try engine.stop()
    let status = engine.engine.status
    #expect(status.stream.events == trials.count * TestTrial.eventCount)
    #expect(status.stream.trialsLearned == trials.count)
  }

  @Test func subscribersHearTheLastPredictionBeforeTheEnd() throws {
    let engine = try RunningEngine {
      $0.learner.hidden.neurons = 1000
      $0.predictions.every = 0
    }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    for trial in TestTrial.series(0..<6) { try feeder.send(trial) }
    try engine.status("all messages to be taken in") { $0.messages == 30 }
    try engine.stop()
    var heard: [UInt64] = []
    while heard.count < 6, let message = try subscriber.prediction(timeout: .seconds(5)) {
      heard.append(message.sequence)
    }
    #expect(heard == [0, 1, 2, 3, 4, 5])
  }

  @Test func aCheckpointThatCannotBeWrittenIsAnErrorFromTheStart() throws {
    let error = #expect(throws: ConfigurationError.self) {
      _ = try RunningEngine { $0.learning.save = "/proc/no/such/model.safetensors" }
    }
    #expect(error?.description.contains("/proc/no/such") == true)
  }

  @Test func aRunThatLearnedNothingLeavesTheModelAlone() throws {
    let folder = try Folder()
    let path = folder.path + "/model.safetensors"
    let first = try RunningEngine { $0.learning.save = path }
    let feeder = try first.feeder()
    for trial in TestTrial.series(0..<3) { try feeder.send(trial) }
    try feeder.waitUntilDone()
    try first.stop()
    let learned = try Data(contentsOf: URL(fileURLWithPath: path))
    try RunningEngine { $0.learning.save = path }.stop()
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == learned)

    // One that learned something else keeps the other beside it.
    let second = try RunningEngine {
      $0.learning.save = path
      $0.learner.seed = 99
    }
    let other = try second.feeder()
    for trial in TestTrial.series(0..<3) { try other.send(trial) }
    try other.waitUntilDone()
    try second.stop()
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) != learned)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path + ".previous")) == learned)
  }

  @Test(arguments: [Data(), Data("{}".utf8), Data(repeating: 0xFF, count: 64)])
  func whatIsNoCheckpointKeepsTheEngineFromStarting(_ content: Data) throws {
    let folder = try Folder()
    let path = folder.path + "/model.safetensors"
    try content.write(to: URL(fileURLWithPath: path))
    do {
      _ = try RunningEngine { $0.learning.load = path }
      Issue.record("an engine started on \(content.count) bytes that are no checkpoint")
    } catch {
      #expect("\(error)".hasPrefix("\(path): "), "\(error)")
    }
  }

  @Test func aCheckpointOfAnotherNetworkIsRefused() throws {
    let folder = try Folder()
    let path = folder.path + "/model.safetensors"
    let small = try RunningEngine { $0.learning.save = path }
    try small.stop()
    do {
      _ = try RunningEngine {
        $0.learning.load = path
        $0.learner.hidden.neurons = 25
      }
      Issue.record("weights of 24 neurons were loaded into 25")
    } catch {
      #expect("\(error)".contains(path) && "\(error)".contains("hidden.neurons"), "\(error)")
    }
  }

  @Test func twoEnginesCannotHaveOneAddress() throws {
    let first = try RunningEngine()
    do {
      _ = try RunningEngine { $0.endpoints = first.engine.configuration.endpoints }
      Issue.record("two engines listen at one address")
    } catch {
      #expect("\(error)".contains("in use"), "\(error)")
    }
    #expect(try first.status().messages == 0)
  }
}
