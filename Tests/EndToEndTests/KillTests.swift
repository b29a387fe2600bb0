import Events
import Foundation
import Learning
import Service
import Testing

/// The daemon is killed, and goes on where its newest checkpoint is.
@Suite(.timeLimit(.minutes(15))) struct KillTests {
  private static let interval = 0.05
  /// 5 kills, or 50 with AFFERENT_LONG_TESTS.
  private static let kills =
    ProcessInfo.processInfo.environment["AFFERENT_LONG_TESTS"] == nil ? 5 : 50

  private static func settings(_ folder: Folder) throws -> [String] {
    let yaml = """
      learner: {hidden: {neurons: 100}}
      checkpoints: {every_s: \(interval), keep: 3}
      """
    return ["--config", try folder.write("engine.yaml", Data(yaml.utf8))]
  }

  /// The weights that a run comes to that nothing disturbs.
  private static func undisturbed(_ settings: [String], _ replay: [String]) throws -> String? {
    let daemon = try Daemon(settings)
    let end = try daemon.start("afferent-replay", replay).end(timeout: .seconds(300))
    #expect(end.status == 0, "\(end)")
    return try daemon.status().weightsDigest
  }

  @Test func aKilledDaemonLosesNothingOlderThanTwoCheckpoints() throws {
    let data = try DataSet.usual.get()
    let folder = try Folder()
    let settings = try Self.settings(folder)
    let state = folder.path + "/state"
    let replay = [data.train, "--passes", "\(16 + 12 * Self.kills)"]
    var random = SplitMix64(seed: 17)
    var (underLoad, bounded) = (0, 0)
    var lost: [Double] = []
    var read = 0
    for kill in 0..<Self.kills {
      let daemon = try Daemon(settings + ["--checkpoints", state])
      let resumed = try daemon.status()
      #expect(resumed.checkpoints?.damaged == 0)
      #expect(kill == 0 || resumed.checkpoints?.resumedFrom != nil)
      let tool = try daemon.start("afferent-replay", replay + ["--resume"])
      let begin = resumed.sources["replay"]?.acknowledged ?? 0
      var seen: [Sight] = []
      try daemon.status("progress; \(tool.errors)") {
        let sight = Sight($0)
        seen.append(sight)
        return sight.message > begin + 20 && $0.checkpoints?.saved ?? 0 > 0
      }
      // On a busy machine checkpoints take longer: two more are to be seen.
      let first = seen.last?.generation ?? 0
      let end = ContinuousClock.now + .milliseconds(Int(random.next() % 150))
      repeat {
        seen.append(Sight(try daemon.status("a status") { _ in true }))
      } while ContinuousClock.now < end
        || ((seen.last?.generation ?? 0) < first + 2 && tool.isRunning)
      if tool.isRunning { underLoad += 1 }
      let killed = ContinuousClock.now
      #expect(try daemon.stop(SIGKILL).isKilled)
      tool.signal(SIGKILL)
      _ = try tool.end()
      let files = try Self.checkpoints(state)
      for file in files { _ = try Checkpoint.read(file) }
      read += files.count
      try Self.readInPython(files)
      // What the next engine begins with.
      let newest = try #require(files.last)
      let kept = try Self.acknowledged(newest)
      // What was worked off before the last but one was written is in the last.
      let last = seen.last?.generation ?? 0
      let covered = seen.last { $0.generation + 2 <= last }?.message ?? 0
      #expect(kept >= covered, "generation \(last)")
      if covered > begin { bounded += 1 }
      if let first = seen.first(where: { $0.message >= kept }) {
        lost.append(first.time.duration(to: killed).inSeconds)
      } else {
        lost.append(0)
      }
    }
    let daemon = try Daemon(settings + ["--checkpoints", state])
    let last = try daemon.start("afferent-replay", replay + ["--resume"]).end(
      timeout: .seconds(300))
    #expect(last.status == 0, "\(last)")
    let digest = try daemon.status().weightsDigest
    #expect(try daemon.stop().status == 0)
    #expect(try digest == Self.undisturbed(settings, replay))
    #expect(underLoad >= Self.kills / 2)
    print(
      "\(Self.kills) kills, \(underLoad) amid the replay, \(read) files read; lost seconds: "
        + lost.map { String(format: "%.3f", $0) }.sorted().joined(separator: " "))
    #expect(bounded > 0)
  }

  /// What a status told on the way.
  private struct Sight {
    let time = ContinuousClock.now
    let message: UInt64
    let generation: UInt64

    init(_ status: EngineStatus) {
      message = status.sources["replay"]?.acknowledged ?? 0
      generation = status.checkpoints?.generation ?? 0
    }
  }

  private static func checkpoints(_ folder: String) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(!names.contains { $0.hasSuffix(".damaged") })
    return names.filter { $0.hasSuffix(".safetensors") }
      .sorted { ($0.count, $0) < ($1.count, $1) }.map { "\(folder)/\($0)" }
  }

  /// The last message of the source that the checkpoint holds.
  private static func acknowledged(_ path: String) throws -> UInt64 {
    struct Numbers: Decodable {
      struct Source: Decodable { var status: EngineStatus.Source }
      var sources: [String: Source]
    }
    let part = try #require(try Checkpoint.parts(path)["engine"])
    let numbers = try JSONDecoder().decode(Numbers.self, from: Data(part.text.utf8))
    return numbers.sources["replay"]?.status.acknowledged ?? 0
  }

  private static func readInPython(_ files: [String]) throws {
    guard let python = Places.python else { return }
    let program = """
      import sys
      from safetensors.numpy import load_file
      for path in sys.argv[1:]: assert "input.weight" in load_file(path)
      """
    let end = try Program(path: "/usr/bin/env", [python, "-c", program] + files).end()
    #expect(end.status == 0, "\(end)")
  }

  @Test func aReplayThatWasKilledGoesOn() throws {
    let data = try DataSet.usual.get()
    let replay = [data.train, "--passes", "20", "--seed", "3"]
    let daemon = try Daemon()
    let tool = try daemon.start("afferent-replay", replay)
    try daemon.status("progress; \(tool.errors)") { $0.stream.trialsLearned > 3 }
    tool.signal(SIGKILL)
    #expect(try tool.end().isKilled)
    let end = try daemon.start("afferent-replay", replay + ["--resume", "--json"]).end()
    #expect(end.status == 0, "\(end)")
    let result = try end.json()
    #expect(result["skipped_events"] as? Int ?? 0 > 0)
    let status = try daemon.status()
    #expect(status.stream.trialsLearned == 20 * data.training && status.stream.restarts == 0)
    #expect(status.stream.events == 20 * data.trainingEvents)
    #expect(try status.weightsDigest == Self.undisturbed([], replay))
    // Once more there is nothing left to send.
    let again = try daemon.start("afferent-replay", replay + ["--resume"]).end()
    #expect(again.status == 0, "\(again)")
    #expect(try daemon.status().stream.events == 20 * data.trainingEvents)
    // Fewer recordings than the engine has had are not the same ones.
    let other = try daemon.run("afferent-replay", data.train, "--resume")
    #expect(other.status == 3 && other.errors.contains("these recordings make"), "\(other)")
  }

  @Test func aReplayWithoutAnythingToGoOnFromBeginsAtTheBeginning() throws {
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    #expect(try daemon.run("afferent-replay", data.train, "--resume").status == 0)
    #expect(try daemon.status().stream.trialsLearned == data.training)
  }

  @Test func aDrainedDaemonEndsAndGoesOn() throws {
    let data = try DataSet.usual.get()
    let folder = try Folder()
    let state = ["--checkpoints", folder.path + "/state"]
    let daemon = try Daemon(state)
    let tool = try daemon.start("afferent-replay", data.train, "--passes", "200", "--wait", "1")
    try daemon.status("some trials") { $0.stream.trialsLearned >= 3 }
    let receipt = try daemon.client.drain()
    #expect(receipt.done == "drained" && receipt.generation == 1)
    let end = try daemon.end()
    #expect(end.status == 0 && !end.isKilled, "\(end)")
    #expect(try tool.end().status != 0)
    let next = try Daemon(state)
    #expect(try next.status().checkpoints?.resumedFrom == 1)
    #expect(try next.status().stream.trialsLearned >= 3)
    let second = try Program("afferent", ["--save", "", "--at", folder.path] + state).end()
    #expect(second.status == 1 && second.errors.contains("another engine is at work"), "\(second)")
    #expect(try next.stop().status == 0)
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
