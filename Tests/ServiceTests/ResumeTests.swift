import Events
import Foundation
import Learning
import Service
import Testing

/// A run that goes on from a checkpoint is the run that never stopped.
@Suite(.timeLimit(.minutes(10))) struct ResumeTests {
  enum Rule: String, CaseIterable {
    case adamByTrial, sgdByStep
  }

  /// All that can be seen of a run.
  private struct Course {
    var predictions: [PredictionMessage] = []
    var status: EngineStatus
    var digest: String
  }

  private static func engine(_ rule: Rule, _ folder: String) throws -> RunningEngine {
    let transforms = try ["denoise=20000", "drop_event=0.1"].map { try EventTransform($0) }
    return try RunningEngine {
      $0.checkpoints.folder = folder
      $0.checkpoints.every = 3600
      $0.transforms = transforms
      $0.predictions.every = 5
      $0.learner.stream.reorderWindow = 1500
      $0.limits.queue = 10_000
      if rule == .sgdByStep {
        $0.learner.optimiser.method = .sgd
        $0.learner.optimiser.update = .step
        $0.learner.optimiser.learningRate = 1e-3
      }
    }
  }

  /// Without the numbers of the weights: asking for a digest amid a trial gives those that move at every step a new one.
  private static func comparable(_ predictions: [PredictionMessage]) -> [PredictionMessage] {
    predictions.map { prediction in
      var prediction = prediction
      prediction.weightsSequence = 0
      return prediction
    }
  }

  /// Sends messages and waits until they are worked off.
  private static func run(
    _ engine: RunningEngine, _ messages: ArraySlice<TwoSources.Frames>, after taken: Int
  ) throws -> Course {
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder("wide")
    for message in messages { try feeder.send(raw: message.frames) }
    try engine.status("all messages") { $0.messages == taken + messages.count }
    try engine.status("an empty queue") { $0.queue.messages == 0 }
    let digest = try engine.digest()
    let status = try engine.status()
    var course = Course(status: status, digest: digest)
    while let next = try subscriber.prediction(timeout: .milliseconds(100)) {
      course.predictions.append(next)
    }
    return course
  }

  @Test(arguments: Rule.allCases)
  func isTheRunThatNeverStopped(_ rule: Rule) throws {
    let messages = try TwoSources(trials: 8).messages
    let whole = try Folder()
    let engine = try Self.engine(rule, whole.path)
    let expected = try Self.run(engine, messages[...], after: 0)
    #expect(expected.status.stream.trialsLearned >= 12)
    #expect(expected.status.stream.lateLabels > 0 && expected.predictions.count > 100)
    var random = SplitMix64(seed: 21)
    for _ in 0..<4 {
      let cut = 1 + Int(random.next() % UInt64(messages.count - 1))
      let (folder, copy) = (try Folder(), try Folder())
      let first = try Self.engine(rule, folder.path)
      let before = try Self.run(first, messages[..<cut], after: 0)
      let receipt = try first.client.save()
      let path = try #require(receipt.path)
      let name = URL(fileURLWithPath: path).lastPathComponent
      // What comes after the checkpoint is lost with the first engine.
      try FileManager.default.copyItem(atPath: path, toPath: "\(copy.path)/\(name)")
      try first.stop()

      let second = try Self.engine(rule, copy.path)
      let resumed = try second.status()
      #expect(resumed.checkpoints?.resumedFrom == receipt.generation)
      #expect(resumed.sources == before.status.sources)
      #expect(try second.digest() == before.digest)
      let after = try Self.run(second, messages[cut...], after: cut)
      #expect(after.digest == expected.digest, "cut at \(cut)")
      let seen = after.predictions.map(\.sequence)
      #expect(
        Self.comparable(after.predictions)
          == Self.comparable(expected.predictions.filter { $0.sequence >= seen.first ?? .max }),
        "cut at \(cut)")
      let (mine, theirs) = (after.status, expected.status)
      #expect(mine.stream == theirs.stream && mine.sources == theirs.sources)
      #expect(mine.weightsSequence == theirs.weightsSequence || rule == .sgdByStep)
      #expect(mine.recentAccuracy == theirs.recentAccuracy)
      for key in [\EngineStatus.labelledTrials, \.correctTrials, \.eventsReceived, \.messages] {
        #expect(mine[keyPath: key] == theirs[keyPath: key])
      }
      try second.stop()
    }
  }

  @Test func anEngineThatIsStoppedGoesOnWhereItWas() throws {
    let messages = try TwoSources(trials: 4).messages
    let (whole, folder) = (try Folder(), try Folder())
    let expected = try Self.run(try Self.engine(.adamByTrial, whole.path), messages[...], after: 0)
    let cuts = [0, 7, 20, messages.count]
    for (cut, next) in zip(cuts, cuts.dropFirst()) {
      let engine = try Self.engine(.adamByTrial, folder.path)
      let course = try Self.run(engine, messages[cut..<next], after: cut)
      if next == messages.count { #expect(course.digest == expected.digest) }
      try engine.stop()
      #expect(engine.engine.status.checkpoints?.saved == 1)
    }
    // Nothing has happened since: nothing is written.
    let idle = try Self.engine(.adamByTrial, folder.path)
    try idle.stop()
    #expect(idle.engine.status.checkpoints?.saved == 0)
  }

  /// An engine that an operator has paused is not to learn again because its machine lost power.
  @Test func whatOperatorsAskedForStaysAskedFor() throws {
    let folder = try Folder()
    let first = try RunningEngine { $0.checkpoints.folder = folder.path }
    try first.client.perform(.pause)
    try first.client.perform(.learningRate(factor: 0.25))
    let feeder = try first.feeder()
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    try first.stop()
    let second = try RunningEngine { $0.checkpoints.folder = folder.path }
    let digest = try second.digest()
    #expect(try !second.status().learning)
    #expect(try second.status().learningRateFactor == 0.25)
    for name in ["cam", "other"] {
      let feeder = try second.feeder(name)
      try feeder.send(TestTrial(1))
      try feeder.waitUntilDone()
    }
    #expect(try second.digest() == digest)
    try second.client.perform(.resume)
    let other = try second.feeder("third")
    try other.send(TestTrial(2))
    try other.waitUntilDone()
    #expect(try second.digest() != digest)
    try second.stop()
  }

  @Test func whatDoesNotFitKeepsTheEngineFromStarting() throws {
    let folder = try Folder()
    let engine = try RunningEngine { $0.checkpoints.folder = folder.path }
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    try engine.stop()
    let changes: [(String, (inout EngineConfiguration) -> Void)] = [
      ("hidden.neurons", { $0.learner.hidden.neurons = 25 }),
      ("transforms", { $0.transforms = [.denoise(filterTime: 1000)] }),
      (
        "optimiser.update",
        {
          $0.learner.optimiser.method = .sgd
          $0.learner.optimiser.update = .step
        }
      ),
    ]
    for (mention, change) in changes {
      do {
        _ = try RunningEngine {
          $0.checkpoints.folder = folder.path
          change(&$0)
        }
        Issue.record("an engine started with another \(mention)")
      } catch {
        #expect("\(error)".contains(mention), "\(error)")
      }
    }
    // And the checkpoint is as good as it was.
    let again = try RunningEngine { $0.checkpoints.folder = folder.path }
    #expect(try again.status().stream.trialsLearned == 1)
  }

  @Test func aPublisherThatBeginsAnewIsAnotherSession() throws {
    let folder = try Folder()
    let first = try RunningEngine { $0.checkpoints.folder = folder.path }
    let feeder = try first.feeder()
    try feeder.send(TestTrial(0))
    let before = try feeder.waitUntilDone()
    try first.stop()
    let second = try RunningEngine { $0.checkpoints.folder = folder.path }
    let again = try second.feeder()
    try again.send(TestTrial(1))
    let session = try #require(before.sources["cam"]?.session)
    try second.status("another session") { ($0.sources["cam"]?.session ?? 0) > session }
    let status = try again.waitUntilDone()
    #expect(status.stream.trialsLearned == 2 && status.stream.restarts == 1)
  }

  @Test func theModelToLoadIsWhatAnEmptyFolderBeginsWith() throws {
    let (folder, models) = (try Folder(), try Folder())
    let model = models.path + "/model.safetensors"
    let teacher = try RunningEngine { $0.learning.save = model }
    let feeder = try teacher.feeder()
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    let taught = try teacher.digest()
    try teacher.stop()
    func engine() throws -> RunningEngine {
      try RunningEngine {
        $0.learning.load = model
        $0.checkpoints.folder = folder.path
        $0.learner.seed = 5
      }
    }
    let first = try engine()
    #expect(try first.digest() == taught)
    let pupil = try first.feeder()
    try pupil.send(TestTrial(1))
    try pupil.waitUntilDone()
    let learned = try first.digest()
    try first.stop()
    #expect(learned != taught)
    #expect(try engine().digest() == learned)
  }
}
