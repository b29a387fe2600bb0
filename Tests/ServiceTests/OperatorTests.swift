import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// What operators ask of an engine that keeps checkpoints.
@Suite(.timeLimit(.minutes(10))) struct OperatorTests {
  private static func engine(
    _ folder: Folder, _ change: (inout EngineConfiguration) -> Void = { _ in }
  ) throws -> RunningEngine {
    try RunningEngine {
      $0.checkpoints.folder = folder.path
      $0.checkpoints.every = 3600
      change(&$0)
    }
  }

  /// Requests move no message and no step, and outlast a restart all the same.
  @Test func whatIsAskedForWithoutEventsIsKept() throws {
    let folder = try Folder()
    let first = try Self.engine(folder)
    let feeder = try first.feeder()
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    _ = try first.client.save()
    try first.client.perform(.pause)
    try first.client.perform(.learningRate(factor: 0.5))
    try first.stop()
    let second = try Self.engine(folder)
    let status = try second.status()
    #expect(!status.learning && status.learningRateFactor == 0.5)
    try second.client.perform(.resetState)
    try second.stop()
    let third = try Self.engine(folder)
    #expect(try third.status().stream.stateResets == 1)
    try third.stop()
    #expect(third.engine.status.checkpoints?.saved == 0)
  }

  @Test func aStartWithoutLearningIsNoWishOfAnOperator() throws {
    let folder = try Folder()
    try Self.engine(folder).stop()
    for isPaused in [false, true] {
      let still = try Self.engine(folder) { $0.learning.enabled = false }
      #expect(try !still.status().learning)
      let error = #expect(throws: EngineAnswerError.self) { try still.client.perform(.resume) }
      #expect(error?.description.contains("learning.enabled is false") == true)
      if isPaused { try still.client.perform(.pause) }
      let feeder = try still.feeder()
      try feeder.send(TestTrial(0))
      try feeder.waitUntilDone()
      try still.stop()
      let next = try Self.engine(folder)
      #expect(try next.status().learning == !isPaused)
      try next.stop()
    }
  }

  /// Whoever asks for loads without end neither keeps checkpoints from being written nor the engine from stopping.
  @Test func fewLoadsWaitAndTheRestIsRefused() throws {
    let folder = try Folder()
    let engine = try Self.engine(folder) { $0.learner.hidden.neurons = 1500 }
    let name = URL(fileURLWithPath: try #require(try engine.client.save().path)).lastPathComponent
    let socket = try Socket(.dealer, in: engine.context)
    try socket.connect(engine.engine.endpoints.requests[0])
    let question = Frame(#"{"request":"load","name":"\#(name)"}"#)
    let count = 200
    for _ in 0..<count { try socket.send([Frame(""), question]) }
    _ = try engine.client.save()
    var answers: [String] = []
    while answers.count < count, let answer = try socket.receive(timeout: .seconds(20)) {
      answers.append(answer.last?.string ?? "")
    }
    #expect(answers.count == count)
    #expect(answers.contains { $0.contains("loaded") })
    #expect(answers.contains { $0.contains("4 checkpoints are being loaded already") })
    // Those that were let in are over: others may come.
    _ = try engine.client.load(name)
    try engine.stop()
  }
}
