import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// Recordings through the tools and the daemon come to what they come to in one process.
@Suite(.timeLimit(.minutes(10))) struct PipelineTests {
  /// What a run without sockets reports.
  private func lab(_ arguments: String...) throws -> [String: Any] {
    let end = try Program("afferent-lab", ["run", "--json"] + arguments).end()
    #expect(end.status == 0, "\(end)")
    return try end.json()
  }

  @Test func daemonWatcherAndLabComeToTheSameWeights() throws {
    let data = try DataSet.usual.get()
    let daemon = try Daemon(["--seed", "3"])
    let trials = 2 * data.training
    let watcher = try daemon.start(
      "afferent-watch", "--follow-weights", "--trials", "\(trials)", "--json")
    try daemon.status("the watcher's subscription") { $0.weightsFollowed }
    let replay = try daemon.run(
      "afferent-replay", data.train, "--passes", "2", "--seed", "3", "--json")
    #expect(replay.status == 0, "\(replay)")
    let sent = try replay.json()
    #expect(sent["recordings"] as? Int == trials)
    #expect(sent["events"] as? Int == 2 * data.trainingEvents)
    #expect(sent["events_learned"] as? Int == 2 * data.trainingEvents)
    #expect(sent["late_events"] as? Int == 0)
    #expect(sent["missing_messages"] as? Int == 0)

    let watched = try watcher.end()
    #expect(watched.status == 0, "\(watched)")
    let copy = try watched.json()
    #expect(copy["equal"] as? Bool == true)
    #expect(copy["deltas"] as? Int == trials)
    #expect(copy["weights_seq"] as? Int == trials)
    let status = try daemon.watchedStatus()
    #expect(status.stream.trialsLearned == trials)
    #expect(copy["copy_sha256"] as? String == status.weightsDigest)
    #expect(copy["engine_sha256"] as? String == status.weightsDigest)

    let run = try lab(
      "--train", data.train, "--test", data.test, "--passes", "2", "--seed", "3")
    #expect(run["weights_sha256"] as? String == status.weightsDigest)
    let passes = try #require(run["passes"] as? [[String: Any]])
    let scores = try #require(sent["scores"] as? [String: Any])
    #expect(scores["scored"] as? Int == trials)
    #expect(scores["correct"] as? Int == passes.reduce(0) { $0 + ($1["correct"] as? Int ?? 0) })
    #expect(scores["correct"] as? Int == status.correctTrials)
    try expectUnlabelled(daemon, data, status.weightsDigest, run["test"])
  }

  private func expectUnlabelled(
    _ daemon: Daemon, _ data: DataSet, _ digest: String?, _ lab: Any?
  ) throws {
    let replay = try daemon.run("afferent-replay", data.test, "--unlabelled", "--json")
    #expect(replay.status == 0, "\(replay)")
    let sent = try replay.json()
    let scores = try #require(sent["scores"] as? [String: Any])
    let test = try #require(lab as? [String: Any])
    #expect(scores["unlabelled"] as? Bool == true)
    #expect(scores["scored"] as? Int == data.testing)
    #expect(scores["correct"] as? Int == test["correct"] as? Int)
    #expect(sent["events"] as? Int == test["events"] as? Int)
    let status = try daemon.watchedStatus()
    #expect(status.weightsDigest == digest)
    #expect(status.stream.trialsLearned == 2 * data.training)
    #expect(status.labelledTrials == 2 * data.training)
  }

  @Test(
    arguments: [1, 7, 64, 5000],
    WireEncoding.allCases.filter(\.keepsTimes).flatMap { encoding in
      EventMessageWriter.HeaderForm.allCases.map { [encoding.rawValue, $0.rawValue] }
    })
  func theFormOfMessagesDoesNotMatter(_ size: Int, _ form: [String]) throws {
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    let replay = try daemon.run(
      "afferent-replay", data.train, "--events-per-message", "\(size)", "--encoding", form[0],
      "--header", form[1], "--json")
    #expect(replay.status == 0, "\(replay)")
    let sent = try replay.json()
    #expect(sent["events_learned"] as? Int == data.trainingEvents)
    if size == 1 { #expect(sent["messages"] as? Int == data.trainingEvents + data.training) }
    #expect(try daemon.status().weightsDigest == Self.smallDigest.get())
  }

  /// What the small data set comes to in one process.
  private static let smallDigest: Result<String?, any Error> = Result {
    let end = try Program.run("afferent-lab", "run", "--json", "--train", DataSet.small.get().train)
    return try end.json()["weights_sha256"] as? String
  }

  @Test func theOrderAndThePauseAreThoseAskedFor() throws {
    let data = try DataSet.usual.get()
    let daemon = try Daemon()
    let replay = try daemon.run(
      "afferent-replay", data.train, "--in-order", "--pause-ms", "0", "--source", "left.eye")
    #expect(replay.status == 0, "\(replay)")
    #expect(replay.output.contains("nothing lost"), "\(replay)")
    let inOrder = try lab("--train", data.train, "--in-order")
    let shuffled = try lab("--train", data.train)
    let status = try daemon.status()
    #expect(status.weightsDigest == inOrder["weights_sha256"] as? String)
    #expect(status.weightsDigest != shuffled["weights_sha256"] as? String)
    #expect(Set(status.sources.keys) == ["left.eye"])
  }

  @Test func whatIsReplayedInRealTimeIsLearnedTheSame() throws {
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    let begin = ContinuousClock.now
    let replay = try daemon.run(
      "afferent-replay", data.train, "--speed", "2", "--pause-ms", "20", "--json")
    #expect(replay.status == 0, "\(replay)")
    let stream = Double(try daemon.status().stream.steps) / 1000
    #expect(begin.duration(to: .now) >= .seconds(stream / 2))
    #expect(try daemon.status().weightsDigest == Self.smallDigest.get())
  }

  @Test func aFileAloneIsPredictedOnly() throws {
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    let before = try daemon.status().weightsDigest
    let file = try data.someFile()
    let replay = try daemon.run("afferent-replay", file, file)
    #expect(replay.status == 0, "\(replay)")
    #expect(replay.output.contains("2 recordings"), "\(replay)")
    let status = try daemon.status()
    #expect(status.weightsDigest == before)
    #expect(status.stream.trials == 2 && status.stream.trialsLearned == 0)
  }

  @Test func withoutAcknowledgementsAnyListenerWillDo() throws {
    let data = try DataSet.small.get()
    let folder = try Folder()
    let listener = try Socket(.subscribe, in: Context())
    try listener.subscribe("events/")
    try listener.bind("ipc://\(folder.path)/events.ipc")
    let replay = try Program(
      "afferent-replay", [data.train, "--no-ack", "--json", "--at", folder.path])
    var messages = 0
    var events = 0
    let limits = EventMessage.Limits(geometry: .nmnist, classes: 10)
    while let frames = try listener.receive(timeout: .seconds(replay.isRunning ? 10 : 1)) {
      let message = try EventMessage.decode(frames, limits)
      guard case .events(let source, _, let batch, _) = message else { continue }
      #expect(source == "replay")
      messages += 1
      events += batch.count
      if events == data.trainingEvents, batch.isEmpty { break }
    }
    let end = try replay.end()
    #expect(end.status == 0, "\(end)")
    #expect(events == data.trainingEvents)
    #expect(try end.json()["messages"] as? Int == messages)
    #expect(try end.json()["events_learned"] == nil)
  }
}

extension EventMessage {
  /// Reads the frames of a message.
  fileprivate static func decode(_ frames: [Frame], _ limits: Limits) throws -> EventMessage {
    let bytes = frames.map(\.bytes)
    func descend(_ buffers: [UnsafeRawBufferPointer]) throws -> EventMessage {
      guard buffers.count < bytes.count else { return try decode(buffers, limits: limits) }
      return try bytes[buffers.count].withUnsafeBytes { try descend(buffers + [$0]) }
    }
    return try descend([])
  }
}
