import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// What operators ask of a running engine.
@Suite(.timeLimit(.minutes(10))) struct ControlTests {
  private func client(_ engine: RunningEngine) throws -> EngineClient {
    try EngineClient(engine.engine.endpoints.requests[0], in: engine.context)
  }

  private func learn(_ trials: Range<Int>, _ feeder: Feeder) throws {
    for trial in TestTrial.series(trials) { try feeder.send(trial) }
    try feeder.waitUntilDone()
  }

  @Test func learningPausesAndGoesOnWithTheNextTrial() throws {
    let engine = try RunningEngine()
    let client = try client(engine)
    let feeder = try engine.feeder()
    try learn(0..<2, feeder)
    let messages = try TestTrial(2, begin: 100_000).messages(&feeder.writer)
    for message in messages.prefix(2) { try feeder.send(raw: message) }
    try feeder.engine.status("two messages of the third trial") {
      $0.sources["cam"]?.acknowledged == 11
    }
    #expect(try client.perform(.pause).contains("off"))
    #expect(try !engine.status().learning)
    for message in messages.dropFirst(2) { try feeder.send(raw: message) }
    try feeder.waitUntilDone()
    // The trial that was under way is learned to its end.
    #expect(try engine.status().stream.trialsLearned == 3)
    let digest = try engine.digest()
    try learn(3..<5, feeder)
    let paused = try engine.status(digest: true)
    #expect(paused.weightsDigest == digest && paused.stream.trialsLearned == 3)
    #expect(paused.labelledTrials == 5)
    // A source that comes while learning is paused is not learned from either.
    let other = try engine.feeder("other")
    try learn(0..<1, other)
    #expect(try engine.digest() == digest)
    try client.perform(.resume)
    try learn(5..<6, feeder)
    #expect(try engine.status().learning && engine.status().stream.trialsLearned == 4)
    #expect(try engine.digest() != digest)
  }

  @Test func theRateIsMultiplied() throws {
    let engine = try RunningEngine()
    let client = try client(engine)
    #expect(try client.perform(.learningRate(factor: 0.25)).contains("0.25"))
    #expect(try engine.status().learningRateFactor == 0.25)
    let feeder = try engine.feeder()
    try learn(0..<3, feeder)
    var configuration = engine.engine.configuration
    configuration.learner.optimiser.learningRate *= 0.25
    var twin = try Twin(configuration)
    twin.run(TestTrial.series(0..<3))
    #expect(try engine.digest() == twin.digest)
  }

  @Test(arguments: [-0.001, 100.1, -.infinity])
  func aRateOutsideItsBoundsIsRefused(_ factor: Double) throws {
    let engine = try RunningEngine()
    let client = try client(engine)
    if factor.isFinite {
      let error = #expect(throws: EngineAnswerError.self) {
        try client.perform(.learningRate(factor: factor))
      }
      #expect(error?.description.contains("0 to 100") == true, "\(error as Any)")
    }
    var raw = try RequestClient(engine.engine.endpoints.requests[0], in: engine.context)
    for text in [#"{"request":"learning_rate"}"#, #"{"request":"learning_rate","value":1e999}"#] {
      let answer = try raw.request(Frame(text), timeout: .seconds(10))
      #expect(answer.last?.string?.contains("\"error\"") == true)
    }
    #expect(try engine.status().learningRateFactor == 1)
  }

  @Test func aResetDropsOpenTrialsOfAllStreams() throws {
    let engine = try RunningEngine()
    let client = try client(engine)
    let before = try engine.digest()
    let feeders = [try engine.feeder("one"), try engine.feeder("two")]
    for feeder in feeders {
      for message in try TestTrial(0).messages(&feeder.writer).prefix(2) {
        try feeder.send(raw: message)
      }
      try engine.status("two messages") { $0.sources[feeder.source]?.acknowledged == 1 }
    }
    #expect(try client.perform(.resetState).contains("2"))
    for feeder in feeders {
      // What is left of the trial belongs to none.
      try feeder.send([Event(t: 39_000, x: 1, y: 1, on: true)])
    }
    for feeder in feeders {
      try engine.status("all messages") { ($0.sources[feeder.source]?.messages ?? 0) >= 2 }
      feeder.restart()
      try learn(1..<2, feeder)
    }
    let status = try engine.status(digest: true)
    #expect(status.stream.stateResets == 2)
    #expect(status.stream.trials == 2 && status.labelledTrials == 2)
    #expect(status.weightsDigest != before)
  }

  @Test func whatTheEngineCannotDoIsRefusedWithTheReason() throws {
    let engine = try RunningEngine()
    let client = try client(engine)
    let error = #expect(throws: EngineAnswerError.self) { try client.perform(.unfreeze) }
    #expect(error?.description.contains("no weights are frozen") == true, "\(error as Any)")
    #expect(try engine.status().messages == 0)
  }
}
