import Events
import Learning
import Service
import Testing

/// A frozen copy of the weights beside the learning ones.
@Suite(.timeLimit(.minutes(10))) struct FrozenTests {
  private func client(_ engine: RunningEngine) throws -> EngineClient {
    try EngineClient(engine.engine.endpoints.requests[0], in: engine.context)
  }

  private func finals(_ subscriber: OutputSubscriber, _ count: Int, frozen: Bool) throws
    -> [PredictionMessage]
  {
    var found: [PredictionMessage] = []
    while found.count < count {
      guard let next = try subscriber.prediction(timeout: .seconds(10), frozen: frozen) else {
        throw Stuck(description: "only \(found.count) of \(count) predictions came")
      }
      if next.isFinal { found.append(next) }
    }
    return found
  }

  @Test func theCopyPredictsAsWeightsThatNoLongerLearn() throws {
    let trials = TestTrial.series(0..<9)
    let learning = try RunningEngine()
    let paused = try RunningEngine()
    var predictions: [[PredictionMessage]] = []
    for engine in [learning, paused] {
      let client = try client(engine)
      let subscriber = try engine.subscriber("prediction/")
      let feeder = try engine.feeder()
      for trial in trials.prefix(4) { try feeder.send(trial) }
      try feeder.waitUntilDone()
      _ = try finals(subscriber, 4, frozen: false)
      try client.perform(engine === learning ? .freeze : .pause)
      for trial in trials.dropFirst(4) { try feeder.send(trial) }
      try feeder.waitUntilDone()
      predictions.append(try finals(subscriber, 5, frozen: engine === learning))
    }
    #expect(predictions[0].map(\.scores) == predictions[1].map(\.scores))
    #expect(predictions[0].allSatisfy { $0.model == "default.frozen" && $0.weightsSequence == 4 })
    #expect(predictions[0].allSatisfy { !$0.learned })
    let frozen = try #require(try learning.status().frozen)
    #expect(frozen.weightsSequence == 4 && frozen.labelledTrials == 5)
    #expect(frozen.frozenCorrectTrials == predictions[1].count { $0.isCorrect == true })
    // The learner's bits are those of one that nobody copied.
    var twin = try Twin(learning.engine.configuration)
    twin.run(trials)
    #expect(try learning.digest() == twin.digest)
    #expect(frozen.correctTrials == twin.predictions.suffix(5).count { $0.isCorrect == true })
  }

  @Test func freezingAmidWeightsThatLagBehindChangesNoBit() throws {
    let configure: (inout EngineConfiguration) -> Void = {
      $0.learner.optimiser.method = .sgd
      $0.learner.optimiser.update = .step
      $0.learner.optimiser.learningRate = 1e-3
    }
    let engine = try RunningEngine(configure)
    let client = try client(engine)
    let feeder = try engine.feeder()
    let messages = try TestTrial(0).messages(&feeder.writer, eventsPerMessage: 40)
    for message in messages.prefix(2) { try feeder.send(raw: message) }
    try engine.status("two messages") { $0.sources["cam"]?.acknowledged == 1 }
    try client.perform(.freeze)
    for message in messages.dropFirst(2) { try feeder.send(raw: message) }
    try feeder.send(TestTrial(1, begin: 50_000))
    try feeder.waitUntilDone()
    var twin = try Twin(engine.engine.configuration)
    twin.run([TestTrial(0), TestTrial(1, begin: 50_000)])
    #expect(try engine.digest() == twin.digest)
    // The trial that was under way is not judged.
    let status = try engine.status()
    #expect(status.frozen?.labelledTrials == 1 && status.labelledTrials == 2)
  }

  @Test func aTrialWhoseLabelComesLateIsJudgedForBoth() throws {
    let engine = try RunningEngine()
    try client(engine).perform(.freeze)
    let feeder = try engine.feeder()
    let messages = try TestTrial(1, labelled: false).messages(&feeder.writer)
    for message in messages.prefix(2) { try feeder.send(raw: message) }
    try feeder.send(labels: [StreamLabel(t: 0, label: 1, name: "late")])
    for message in messages.dropFirst(2) { try feeder.send(raw: message) }
    let status = try feeder.waitUntilDone()
    #expect(status.labelledTrials == 1 && status.frozen?.labelledTrials == 1)
    #expect(status.frozen?.correctTrials == status.frozen?.frozenCorrectTrials)
  }

  @Test func aCopyIsMadeOnceAndEnds() throws {
    let engine = try RunningEngine()
    let client = try client(engine)
    #expect(try client.perform(.freeze).contains("prediction/default.frozen/"))
    let error = #expect(throws: EngineAnswerError.self) { try client.perform(.freeze) }
    #expect(error?.description.contains("frozen already") == true, "\(error as Any)")
    #expect(try engine.status().frozen != nil)
    try client.perform(.unfreeze)
    #expect(try engine.status().frozen == nil)
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    #expect(try subscriber.prediction(timeout: .milliseconds(200), frozen: true) == nil)
    #expect(try engine.status().frozen == nil)
  }
}
