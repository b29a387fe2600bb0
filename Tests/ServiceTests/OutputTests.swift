import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// What consumers of predictions can rely on.
@Suite(.timeLimit(.minutes(10))) struct OutputTests {
  @Test func aConflatingConsumerSeesTheNewestPredictionOnly() throws {
    let engine = try RunningEngine {
      $0.model = "eyes"
      $0.predictions.every = 1
    }
    var options = SocketOptions()
    options.conflate = true
    let latest = try Socket(.subscribe, in: engine.context, options: options)
    try latest.subscribe("latest/eyes/")
    try latest.connect(engine.engine.endpoints.output[0])
    let all = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    for trial in TestTrial.series(0..<5) { try feeder.send(trial) }
    try feeder.waitUntilDone()
    // 40 steps and an end in each trial.
    var newest: PredictionMessage?
    while newest?.sequence != 204 {
      newest = try all.nextPrediction()
    }
    var seen: [UInt64] = []
    let prefix = "latest/eyes/ "
    while seen.last != 204 {
      let frames = try #require(try latest.receive(timeout: .seconds(10)))
      #expect(frames.count == 1)
      let text = try #require(frames[0].string)
      #expect(text.hasPrefix(prefix))
      let message = try JSONDecoder().decode(
        PredictionMessage.self, from: Data(text.dropFirst(prefix.count).utf8))
      seen.append(message.sequence)
      if message.sequence == 204 { #expect(message == newest) }
    }
    #expect(seen.count < 100, "nothing was conflated")
  }

  @Test func predictionsOfOtherModelsAreNotForwarded() throws {
    let engine = try RunningEngine { $0.model = "cam1" }
    let mine = try engine.subscriber("prediction/cam1/")
    let other = try engine.subscriber("prediction/cam/", "latest/cam/")
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0))
    #expect(try mine.prediction(timeout: .seconds(10)) != nil)
    let deadline = ContinuousClock.now + .milliseconds(200)
    while ContinuousClock.now < deadline {
      let message = try other.receive(timeout: .milliseconds(20))
      #expect(message?.topic.hasPrefix("status/") ?? true)
    }
  }

  @Test func waitingForAPredictionEndsThoughOtherMessagesCome() throws {
    let engine = try RunningEngine { $0.status.every = 10 }
    let subscriber = try engine.subscriber("prediction/")
    let begin = ContinuousClock.now
    #expect(try subscriber.prediction(timeout: .milliseconds(100)) == nil)
    #expect(begin.duration(to: .now) < .seconds(5))
  }

  @Test func scoresThatAreNoNumbersAreSentAsText() throws {
    let folder = try Folder()
    let path = folder.path + "/model.safetensors"
    try RunningEngine { $0.learning.save = path }.stop()
    try spoil(path)
    let engine = try RunningEngine {
      $0.predictions.every = 0
      $0.learning.load = path
    }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0))
    let message = try subscriber.nextPrediction()
    #expect(message.isFinal && message.scores.allSatisfy { !$0.isFinite })
    #expect(try feeder.waitUntilDone().labelledTrials == 1)
  }

  /// Makes every weight of a checkpoint's readout infinite.
  private func spoil(_ path: String) throws {
    let url = URL(fileURLWithPath: path)
    var file = try Safetensors([UInt8](try Data(contentsOf: url)))
    let index = try #require(file.tensors.firstIndex { $0.name == "readout.weight" })
    let shape = file.tensors[index].shape
    file.tensors[index] = .init(
      name: "readout.weight", shape: shape,
      floats: Array(repeating: .infinity, count: shape.reduce(1, *)))
    file.metadata[Checkpoint.digestKey] = Checkpoint.contentsDigest(file)
    try Data(file.encoded()).write(to: url)
  }

  @Test func aSlowConsumerLosesMessagesAndSeesTheGap() throws {
    let engine = try RunningEngine {
      $0.predictions.every = 1
      $0.limits.outputQueue = 1
    }
    let slow = try OutputSubscriber(
      engine.engine.endpoints.output[0], topics: ["prediction/", "weights/"], queue: 1,
      in: engine.context)
    try engine.status("the slow consumer") { $0.weightsFollowed }
    let feeder = try engine.feeder()
    let trials = TestTrial.series(0..<400)
    for trial in trials { try feeder.send(trial) }
    // The engine is not held up by somebody who does not listen.
    let status = try feeder.waitUntilDone()
    #expect(status.stream.trialsLearned == trials.count)
    var numbers: [UInt64] = []
    while let message = try slow.prediction(timeout: .milliseconds(200)) {
      numbers.append(message.sequence)
    }
    #expect(numbers.count < 400 * 41)
    #expect(zip(numbers, numbers.dropFirst()).contains { $1 > $0 + 1 })
  }
}
