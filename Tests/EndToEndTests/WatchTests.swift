import Foundation
import Learning
import Service
import Testing

/// What `afferent-watch` shows.
@Suite(.timeLimit(.minutes(10))) struct WatchTests {
  /// Starts a watcher, replays until it has seen enough and ends by itself, and tells what it said.
  private func watch(
    _ daemon: Daemon, _ arguments: String..., replaying: [String]
  ) throws -> Program.End {
    let watcher = try Program("afferent-watch", arguments + daemon.at)
    // Nobody tells when a subscription to predictions has arrived, so trials are offered until the watcher ends.
    while watcher.isRunning {
      let replay = try Program("afferent-replay", replaying + daemon.at).end()
      #expect(replay.status == 0, "\(replay)")
    }
    return try watcher.end()
  }

  @Test func predictionsComeAsLinesOfJSON() throws {
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    let end = try watch(daemon, "--json", "--trials", "3", replaying: [data.train])
    #expect(end.status == 0, "\(end)")
    let messages = try end.output.split(separator: "\n").map {
      try JSONDecoder().decode(PredictionMessage.self, from: Data($0.utf8))
    }
    #expect(messages.count { $0.isFinal } == 3)
    #expect(messages.last?.isFinal == true)
    #expect(messages.contains { !$0.isFinal })
    #expect(messages.allSatisfy { $0.scores.count == 10 && $0.source == "replay" })
    #expect(messages.allSatisfy { $0.trial?.name?.hasPrefix("Train/") == true })
  }

  @Test func progressIsATableWithRowsAtPowersOfTwo() throws {
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    let end = try watch(daemon, "--trials", "5", replaying: [data.train])
    #expect(end.status == 0, "\(end)")
    let rows = end.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows.first?.first == "trials")
    #expect(rows.dropFirst().compactMap { $0.first.flatMap { Int($0) } } == [1, 2, 4, 5])
  }

  @Test func theStatusIsForPeopleToo() throws {
    let daemon = try Daemon()
    let end = try daemon.run("afferent-watch", "--status")
    #expect(end.status == 0, "\(end)")
    for name in ["model", "learning", "steps", "trials", "queue", "weights"] {
      #expect(end.output.contains("\n\(name) ") || end.output.hasPrefix("\(name) "), "\(end)")
    }
    #expect(end.output.contains(try #require(try daemon.status().weightsDigest)))
  }

  @Test func aFollowerTellsPeopleThatTheCopyIsEqual() throws {
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    let watcher = try daemon.start("afferent-watch", "--follow-weights")
    try daemon.status("the watcher's subscription") { $0.weightsFollowed }
    let replay = try daemon.run("afferent-replay", data.train)
    #expect(replay.status == 0, "\(replay)")
    watcher.signal(SIGINT)
    let end = try watcher.end()
    #expect(end.status == 0, "\(end)")
    #expect(end.output.contains("3 deltas, 1 snapshots"), "\(end)")
    #expect(end.output.hasSuffix("equal\n"), "\(end)")
  }

  @Test(arguments: [["--json"], [], ["--follow-weights"]])
  func timeEndsAWatchToo(_ mode: [String]) throws {
    let daemon = try Daemon()
    let end = try Program("afferent-watch", mode + ["--seconds", "0.2"] + daemon.at).end()
    #expect(end.status == 0, "\(end)")
  }

  @Test func scoresThatAreNoNumbersAreShown() throws {
    let data = try DataSet.small.get()
    let folder = try Folder()
    let path = folder.path + "/model.safetensors"
    #expect(try Daemon(save: path).stop().status == 0)
    try spoil(path)
    let daemon = try Daemon(["--load", path, "--no-learning"])
    let lines = try watch(daemon, "--json", "--trials", "1", replaying: [data.train])
    #expect(lines.status == 0 && lines.output.contains("\"inf\""), "\(lines)")
    let table = try watch(daemon, "--trials", "1", replaying: [data.train])
    #expect(table.status == 0, "\(table)")
    let copy = try watch(
      daemon, "--follow-weights", "--json", "--trials", "1", replaying: [data.train])
    #expect(try copy.json()["equal"] as? Bool == true)
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
}
