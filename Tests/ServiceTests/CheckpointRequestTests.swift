import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// Save, load and drain, and checkpoints that are taken or fail by themselves.
@Suite(.timeLimit(.minutes(10))) struct CheckpointRequestTests {
  private static func engine(
    _ folder: Folder, _ change: (inout EngineConfiguration) -> Void = { _ in }
  ) throws -> RunningEngine {
    try RunningEngine {
      $0.checkpoints.folder = folder.path
      $0.checkpoints.every = 3600
      change(&$0)
    }
  }

  @Test func aSavedCheckpointHoldsTheWeightsOfThatMoment() throws {
    let folder = try Folder()
    let engine = try Self.engine(folder)
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    let receipt = try engine.client.save()
    let path = try #require(receipt.path)
    #expect(receipt.generation == 1 && path == folder.path + "/checkpoint-1.safetensors")
    let file = try Checkpoint.read(path)
    #expect(file.metadata["weights_sha256"] == (try engine.digest()))
    let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
    #expect(receipt.bytes == size)
    let status = try #require(try engine.status().checkpoints)
    #expect(status.generation == 1 && status.saved == 1 && status.bytes == size)
    #expect(try #require(status.secondsSince) < 60 && status.lastError == nil)
    #expect(status.resumedFrom == nil && status.failed == 0 && status.damaged == 0)
  }

  @Test func manyWhoAskAreAllAnswered() throws {
    let folder = try Folder()
    let engine = try Self.engine(folder) { $0.checkpoints.every = 0.02 }
    let feeder = try engine.feeder()
    let asking = Thread.detached(4) {
      for _ in 0..<5 {
        _ = try EngineClient(engine.engine.endpoints.requests[0], in: engine.context).save()
      }
    }
    for index in 0..<20 { try feeder.send(TestTrial(index, begin: Int64(index) * 50_000)) }
    try feeder.waitUntilDone()
    #expect(asking() == 0)
    let status = try #require(try engine.status().checkpoints)
    #expect(status.saved >= 5 && status.failed == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count <= 5)
  }

  @Test func checkpointsAreTakenByInterval() throws {
    let folder = try Folder()
    let engine = try Self.engine(folder) { $0.checkpoints.every = 0.05 }
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0))
    try engine.status("a checkpoint") { ($0.checkpoints?.saved ?? 0) > 0 }
    try feeder.send(TestTrial(1, begin: 50_000))
    try feeder.waitUntilDone()
    let count = try #require(try engine.status().checkpoints?.saved)
    try engine.status("another checkpoint") { ($0.checkpoints?.saved ?? 0) > count }
    Thread.sleep(forTimeInterval: 0.3)
    // While nothing happens none is taken.
    let still = try engine.status().checkpoints?.saved
    Thread.sleep(forTimeInterval: 0.3)
    #expect(try engine.status().checkpoints?.saved == still)
  }

  @Test(arguments: ["trial", "step"])
  func aLoadedModelReachesFollowersBitForBit(_ update: String) throws {
    let folder = try Folder()
    let engine = try Self.engine(folder) {
      if update == "step" {
        $0.learner.optimiser.method = .sgd
        $0.learner.optimiser.update = .step
        $0.learner.optimiser.learningRate = 1e-3
      }
    }
    let feeder = try engine.feeder()
    let subscriber = try engine.subscriber("weights/")
    try engine.status("the subscription") { $0.weightsFollowed }
    var follower = WeightsFollower(try engine.snapshot())
    try feeder.send(TestTrial(0))
    try feeder.waitUntilDone()
    let saved = try engine.digest()
    _ = try engine.client.save()
    // Amid a trial, with traces that still have something to add.
    let later = TestTrial(1, begin: 50_000)
    let messages = try later.messages(&feeder.writer)
    for message in messages.prefix(2) { try feeder.send(raw: message) }
    try feeder.waitUntil(1)
    let before = try engine.status().weightsSequence
    let receipt = try engine.client.load("checkpoint-1.safetensors")
    #expect(try engine.digest() == saved)
    #expect(try #require(receipt.weightsSequence) > before)
    for message in messages.dropFirst(2) { try feeder.send(raw: message) }
    try feeder.waitUntilDone()
    let status = try engine.status()
    #expect(status.stream.restarts == 0 && status.stream.trials == 2)
    let digest = try engine.digest()
    #expect(digest != saved)
    let last = try engine.status().weightsSequence
    while follower.sequence < last {
      let (_, frames) = try #require(try subscriber.next("weights/"))
      _ = try follower.receive([[]] + frames)
    }
    #expect(follower.weights.digest == digest)
  }

  @Test func whatCannotBeLoadedChangesNothing() throws {
    let folder = try Folder()
    let engine = try Self.engine(folder)
    let digest = try engine.digest()
    for name in ["", "../x", "checkpoint-7.safetensors", "/etc/passwd"] {
      #expect(throws: EngineAnswerError.self) { _ = try engine.client.load(name) }
    }
    try Data("nonsense".utf8).write(
      to: URL(fileURLWithPath: folder.path + "/checkpoint-3.safetensors"))
    #expect(throws: EngineAnswerError.self) {
      _ = try engine.client.load("checkpoint-3.safetensors")
    }
    #expect(try engine.digest() == digest)
  }

  @Test func withoutAFolderThereIsNothingToSave() throws {
    let engine = try RunningEngine()
    #expect(throws: EngineAnswerError.self) { _ = try engine.client.save() }
    #expect(throws: EngineAnswerError.self) {
      _ = try engine.client.load("checkpoint-1.safetensors")
    }
    #expect(try engine.status().checkpoints == nil)
  }

  @Test func aFullDiskIsToldAndLeftBehind() throws {
    let folder = try Folder()
    guard let disk = SmallDisk(at: folder.path, bytes: 1 << 20) else { return }
    let engine = try Self.engine(folder) { $0.checkpoints.every = 0.05 }
    let feeder = try engine.feeder()
    try feeder.send(TestTrial(0))
    try engine.status("a checkpoint") { ($0.checkpoints?.saved ?? 0) > 0 }
    disk.makeReadOnly()
    try feeder.send(TestTrial(1, begin: 50_000))
    let status = try engine.status("a failure") { ($0.checkpoints?.failed ?? 0) > 0 }
    #expect(status.checkpoints?.lastError?.contains("Read-only") == true)
    try feeder.waitUntilDone()
    #expect(throws: EngineAnswerError.self) { _ = try engine.client.save() }
    #expect(throws: ConfigurationError.self) { _ = try engine.stop() }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(
      names.contains { $0.hasSuffix(".safetensors") } && !names.contains { $0.hasSuffix(".part") })
    for name in names where name.hasSuffix(".safetensors") {
      _ = try Checkpoint.read("\(folder.path)/\(name)")
    }
  }
}

extension Feeder {
  /// Waits until message `number` of the latest five is worked off.
  func waitUntil(_ number: UInt64) throws {
    let first = writer.nextSequence - 5
    try engine.status("message \(first + number)") {
      $0.sources[source]?.acknowledged == first + number
    }
  }
}

extension OutputSubscriber {
  /// The next message of a topic.
  func next(_ topic: String) throws -> (topic: String, frames: [[UInt8]])? {
    while let message = try receive(timeout: .seconds(10)) {
      if message.topic.hasPrefix(topic) { return message }
    }
    return nil
  }
}

extension Thread {
  /// Runs `body` on so many threads; what is returned waits for them and tells how many failed.
  static func detached(
    _ count: Int, _ body: @escaping () throws -> Void
  ) -> () -> Int {
    nonisolated(unsafe) let body = body
    let group = DispatchGroup()
    let failures = Failures()
    for _ in 0..<count {
      DispatchQueue.global().async(group: group) {
        do { try body() } catch { failures.add() }
      }
    }
    return {
      group.wait()
      return failures.count
    }
  }

  private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var count = 0

    func add() { lock.withLock { count += 1 } }
  }
}
