import Events
import Foundation
import Learning
import Service
import Testing

@Suite(.timeLimit(.minutes(10))) struct EngineTests {
  @Test(
    arguments: EventMessageWriter.HeaderForm.allCases,
    WireEncoding.allCases.filter(\.keepsTimes))
  func labelledTrialsArePredictedAndLearned(
    _ header: EventMessageWriter.HeaderForm, _ encoding: WireEncoding
  ) throws {
    let engine = try RunningEngine { $0.predictions.every = 0 }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder("cam", encoding: encoding, header: header)
    let trials = TestTrial.series(0..<12)
    for trial in trials { try feeder.send(trial) }
    let status = try feeder.waitUntilDone()

    var twin = try Twin(engine.engine.configuration)
    twin.run(trials)
    #expect(try engine.digest() == twin.digest)
    for (index, expected) in twin.predictions.enumerated() {
      let message = try subscriber.nextPrediction()
      #expect(message.source == "cam")
      #expect(message.model == "default")
      #expect(message.sequence == UInt64(index))
      #expect(message.weightsSequence == UInt64(index))
      #expect(message.t == expected.t)
      #expect(message.scores == expected.scores)
      #expect(message.predicted == expected.predicted)
      #expect(message.steps == expected.steps)
      #expect(message.hiddenSpikes == expected.hiddenSpikes)
      #expect(message.loss == expected.loss)
      #expect(message.isFinal && message.learned)
      #expect(message.trial?.begin == trials[index].begin)
      #expect(message.trial?.name == trials[index].name)
      #expect(message.label == trials[index].label)
      #expect(message.isCorrect == (message.predicted == message.label))
    }
    #expect(twin.predictions.count == trials.count)
    expectCounts(status, trials: trials, correct: twin.predictions.count { $0.isCorrect == true })
    try engine.stop()
  }

  private func expectCounts(_ status: EngineStatus, trials: [TestTrial], correct: Int) {
    let messages = trials.count * 5
    let events = trials.count * TestTrial.eventCount
    #expect(status.messages == messages)
    #expect(status.eventsReceived == events)
    #expect(status.stream.events == events)
    #expect(status.stream.lateEvents == 0)
    #expect(status.stream.trials == trials.count)
    #expect(status.stream.trialsLearned == trials.count)
    #expect(status.stream.steps == trials.count * Int(TestTrial.length / 1000))
    #expect(status.labelledTrials == trials.count)
    #expect(status.correctTrials == correct)
    #expect(status.accuracy == Double(correct) / Double(trials.count))
    #expect(status.weightsSequence == UInt64(trials.count))
    #expect(status.refused.isEmpty && status.lastRefusal == nil)
    #expect(status.missingMessages == 0 && status.duplicates == 0)
    #expect(status.connects == 1)
    let source = status.sources["cam"]
    #expect(source?.messages == messages)
    #expect(source?.events == events)
    #expect(source?.eventsDone == events)
    #expect(source?.acknowledged == UInt64(messages - 1))
    #expect(source?.lateEvents == 0)
  }

  @Test func predictionsComeAtIntervalsOfStreamTime() throws {
    let engine = try RunningEngine { $0.predictions.every = 10 }
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0, begin: 7_000))
    try feeder.waitUntilDone()
    var times: [Int64] = []
    var finals: [Bool] = []
    for _ in 0..<5 {
      let message = try subscriber.nextPrediction()
      times.append(message.t)
      finals.append(message.isFinal)
    }
    #expect(times == [17_000, 27_000, 37_000, 47_000, 47_000])
    #expect(finals == [false, false, false, false, true])
  }

  @Test func theSizeOfMessagesDoesNotMatter() throws {
    var digests: Set<String> = []
    for size in [1, 7, 64, 5000] {
      let engine = try RunningEngine()
      let feeder = try engine.feeder()
      for trial in TestTrial.series(0..<6) { try feeder.send(trial, eventsPerMessage: size) }
      try feeder.waitUntilDone()
      digests.insert(try engine.digest())
    }
    #expect(digests.count == 1)
  }

  @Test func trialsWithoutLabelsArePredictedOnly() throws {
    let engine = try RunningEngine { $0.predictions.every = 0 }
    let before = try engine.digest()
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    for trial in TestTrial.series(0..<4, labelled: false) { try feeder.send(trial) }
    let status = try feeder.waitUntilDone()
    #expect(try engine.digest() == before)
    #expect(status.stream.trials == 4 && status.stream.trialsLearned == 0)
    #expect(status.labelledTrials == 0 && status.accuracy == nil)
    for index in 0..<4 {
      let message = try subscriber.nextPrediction()
      #expect(message.trial?.name == "trial \(index)")
      #expect(message.label == nil && message.isCorrect == nil && !message.learned)
    }
  }

  @Test func withLearningOffLabelsScoreOnly() throws {
    let engine = try RunningEngine { $0.learning.enabled = false }
    let before = try engine.digest()
    let feeder = try engine.feeder()
    for trial in TestTrial.series(0..<4) { try feeder.send(trial) }
    let status = try feeder.waitUntilDone()
    #expect(try engine.digest() == before)
    #expect(!status.learning)
    #expect(status.labelledTrials == 4 && status.stream.trialsLearned == 0)
  }

  @Test func labelsMayComeOnTheirOwnTopic() throws {
    let engine = try RunningEngine()
    let feeder = try engine.feeder()
    let trials = TestTrial.series(0..<3)
    try feeder.send(labels: trials.map(\.streamLabel))
    for var trial in trials {
      trial.label = nil
      trial.name = nil
      for var message in try trial.messages(&feeder.writer) {
        if message.count == 4 { message.removeLast() }
        try feeder.send(raw: message)
      }
    }
    let status = try feeder.waitUntilDone()
    var twin = try Twin(engine.engine.configuration)
    twin.run(trials)
    #expect(try engine.digest() == twin.digest)
    #expect(status.stream.trialsLearned == 3 && status.stream.lateLabels == 0)
  }

  @Test func aLabelMayComeWhileItsTrialIsUnderWay() throws {
    let engine = try RunningEngine { $0.predictions.every = 0 }
    let before = try engine.digest()
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    let trial = TestTrial(1, labelled: false)
    let messages = try trial.messages(&feeder.writer)
    for message in messages.prefix(2) { try feeder.send(raw: message) }
    try feeder.send(labels: [StreamLabel(t: 0, label: 1, name: "late")])
    for message in messages.dropFirst(2) { try feeder.send(raw: message) }
    let status = try feeder.waitUntilDone()
    #expect(status.stream.lateLabels == 1 && status.stream.trialsLearned == 1)
    #expect(try engine.digest() != before)
    let message = try subscriber.nextPrediction()
    #expect(message.label == 1 && message.trial?.name == "late" && message.learned)
  }

  @Test func statusComesByItself() throws {
    let engine = try RunningEngine { $0.model = "eyes" }
    let subscriber = try engine.subscriber()
    let message = try #require(try subscriber.receive(timeout: .seconds(10)))
    #expect(message.topic == "status/eyes/" && message.frames.count == 1)
    let status = try JSONDecoder().decode(EngineStatus.self, from: Data(message.frames[0]))
    #expect(status.model == "eyes" && status.uptime > 0)
  }
}
