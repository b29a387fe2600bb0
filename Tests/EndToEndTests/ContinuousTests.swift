import Events
import Foundation
import Learning
import Service
import Testing

/// Recordings with trials amid them, through the tools and the daemon.
@Suite(.timeLimit(.minutes(10))) struct ContinuousTests {
  private static let trialsOfRecording = 5

  /// A folder in the form of DVS-Gesture: simulated recordings, each of several trials with noise between them.
  private func makeSet(
    _ recordings: Int = 4, ending: String = "bin", withNoise: Bool = true
  ) throws -> Folder {
    let folder = try Folder()
    let simulated = try SimulatedRecordings(scene: .glyphs(), seed: 6)
    var random = SplitMix64(seed: 9)
    for index in 0..<recordings {
      var table = "class,startTime_usec,endTime_usec\n"
      // A clock that has run for long before the first event.
      var time: Int64 = 5_300_300
      var events = EventBatch([Event(t: time, x: 1, y: 1, on: true)])
      for trial in 0..<Self.trialsOfRecording {
        for _ in 0..<150 {
          time += Int64(random.nextInteger(below: 1000))
          let (x, y) = (random.nextInteger(below: 34), random.nextInteger(below: 34))
          let on = random.next() & 1 == 1
          guard withNoise else { continue }
          events.append(t: time, x: UInt16(x), y: UInt16(y), on: on)
        }
        // What has the time of a trial's begin is part of it.
        time += 1
        let shown = simulated.recording(index: index * Self.trialsOfRecording + trial)
        for event in shown.events.indices.map({ shown.events[$0] }) {
          events.append(t: time + event.t, x: event.x, y: event.y, on: event.on)
        }
        let end = time + (shown.events.t.last ?? 0) + 1
        table += "\(shown.label + 1),\(time),\(end)\n"
        time = end
      }
      let layout = RecordingLayout(
        geometry: ending == "aedat" ? SensorGeometry(width: 128, height: 128) : .nmnist)
      let writer = try RecordingWriter(
        path: "\(folder.path)/user\(index).\(ending)",
        format: ending == "aedat" ? .aedat3 : .nmnist,
        layout: layout)
      try writer.write(events)
      try writer.finish()
      try folder.write("user\(index)_labels.csv", Data(table.utf8))
    }
    let names = (0..<recordings).map { "user\($0).\(ending)\n" }
    try folder.write("trials_to_train.txt", Data(names.dropLast().joined().utf8))
    try folder.write("trials_to_test.txt", Data(names.suffix(1).joined().utf8))
    let isLarge = ending == "aedat"
    try folder.write(
      "model.yaml",
      Data(
        """
        sensor: {width: \(isLarge ? 128 : 34), height: \(isLarge ? 128 : 34)}
        transforms: [\(isLarge ? "\"crop=0,0,34x34\", refractory_period=700" : "")]
        learner: {hidden: {neurons: 40}}
        """.utf8))
    return folder
  }

  private func lab(_ folder: Folder, _ arguments: String...) throws -> [String: Any] {
    let end = try Program(
      "afferent-lab",
      [
        "run", "--json", "--config", "\(folder.path)/model.yaml", "--train",
        "\(folder.path)/trials_to_train.txt",
      ] + arguments
    ).end()
    #expect(end.status == 0, "\(end)")
    return try end.json()
  }

  @Test(arguments: ["bin", "aedat"])
  func trialsAmidRecordingsAreLearnedAsInTheLab(_ ending: String) throws {
    let set = try makeSet(ending: ending)
    let trials = 2 * 3 * Self.trialsOfRecording
    let run = try lab(
      set, "--test", "\(set.path)/trials_to_test.txt", "--passes", "2", "--seed", "3")
    let passes = try #require(run["passes"] as? [[String: Any]])
    #expect(passes.map { $0["trials"] as? Int } == [trials / 2, trials / 2])
    let test = try #require(run["test"] as? [String: Any])
    #expect(test["trials"] as? Int == Self.trialsOfRecording)

    for size in [40, 2048, 100_000] {
      let daemon = try Daemon(["--seed", "3", "--config", "\(set.path)/model.yaml"])
      let replay = try daemon.run(
        "afferent-replay", "\(set.path)/trials_to_train.txt", "--passes", "2", "--seed", "3",
        "--events-per-message", "\(size)", "--json")
      #expect(replay.status == 0, "\(replay)")
      let sent = try replay.json()
      #expect(sent["recordings"] as? Int == 6)
      #expect(sent["late_events"] as? Int == 0)
      let scores = try #require(sent["scores"] as? [String: Any])
      #expect(scores["scored"] as? Int == trials)
      #expect(
        scores["correct"] as? Int == passes.reduce(0) { $0 + ($1["correct"] as? Int ?? 0) })
      let status = try daemon.status()
      #expect(status.weightsDigest == run["weights_sha256"] as? String)
      #expect(status.stream.trials == trials && status.stream.trialsLearned == trials)
      #expect(status.stream.lateLabels == 0)
      guard size == 2048 else { continue }

      let unseen = try daemon.run(
        "afferent-replay", "\(set.path)/trials_to_test.txt", "--unlabelled", "--json")
      #expect(unseen.status == 0, "\(unseen)")
      let scored = try #require(try unseen.json()["scores"] as? [String: Any])
      #expect(scored["scored"] as? Int == Self.trialsOfRecording)
      #expect(scored["not_seen"] as? Int == 0)
      #expect(scored["correct"] as? Int == test["correct"] as? Int)
      #expect(try daemon.status().weightsDigest == status.weightsDigest)
      #expect(try daemon.status().stream.trialsLearned == trials)
    }
  }

  /// The same trials without anything between them come to the same weights.
  @Test func betweenTrialsNothingIsLearned() throws {
    let noisy = try makeSet(2)
    let quiet = try makeSet(2, withNoise: false)
    var digests: [String?] = []
    var events: [Int] = []
    for set in [noisy, quiet] {
      let daemon = try Daemon(["--config", "\(set.path)/model.yaml"])
      let replay = try daemon.run("afferent-replay", set.path, "--json")
      #expect(replay.status == 0, "\(replay)")
      let status = try daemon.status()
      #expect(status.stream.trialsLearned == 2 * Self.trialsOfRecording)
      digests.append(status.weightsDigest)
      events.append(try replay.json()["events_learned"] as? Int ?? 0)
    }
    #expect(digests[0] == digests[1])
    #expect(events[0] == events[1] + 2 * Self.trialsOfRecording * 150)

    // A stream without any trial is only watched.
    try noisy.write("user0_labels.csv", Data("class,startTime_usec,endTime_usec\n".utf8))
    let daemon = try Daemon(["--config", "\(noisy.path)/model.yaml"])
    let before = try daemon.status().weightsDigest
    let replay = try daemon.run("afferent-replay", "\(noisy.path)/user0.bin", "--json")
    #expect(replay.status == 0, "\(replay)")
    let status = try daemon.status()
    #expect(status.weightsDigest == before)
    #expect(status.stream.trials == 0 && status.stream.steps > 1000)
    #expect(try replay.json()["scores"] == nil)
  }

  @Test func whatIsWrongWithASetEndsTheTools() throws {
    let set = try makeSet(2)
    let daemon = try Daemon(["--config", "\(set.path)/model.yaml"])
    try set.write("t.csv", Data("path,label,start_us\nuser0.bin,1,\nuser9.bin,2,\n".utf8))
    try set.write("late.csv", Data("path,label,start_us\nuser0.bin,1,99000000\n".utf8))
    try set.write("none.csv", Data("path,label\nuser0.bin,\n".utf8))
    for (name, reason) in [
      ("t.csv", "t.csv: line 3: no such file: user9.bin"),
      ("late.csv", "a labelled trial from 99000000 to - us is not in it"),
    ] {
      let replay = try daemon.run("afferent-replay", "\(set.path)/\(name)")
      #expect(replay.status == 1 && replay.errors.contains(reason), "\(replay)")
      let lab = try Program.run("afferent-lab", "run", "--train", "\(set.path)/\(name)")
      #expect(lab.status == 1 && lab.errors.contains(reason), "\(lab)")
    }
    let lab = try Program.run("afferent-lab", "run", "--train", "\(set.path)/none.csv")
    #expect(lab.status == 1 && lab.errors.contains("nothing in it has a label"), "\(lab)")
    #expect(try daemon.status().stream.trialsLearned == 0)
  }

  /// Too few for a claim: that they are learned from, and predicted, is all that is tested.
  @Test(.enabled(if: Places.gesture != nil))
  func theTrialsOfDVSGestureAreLearned() throws {
    let source = try #require(Places.gesture)
    let names = try FileManager.default.contentsOfDirectory(atPath: source)
      .filter { $0.hasSuffix(".bs2") }.sorted()
    let folder = try Folder()
    let rows = names.enumerated().map { "\(source)/\($1),\($0)\n" }
    let table = try folder.write("train.csv", Data(("path,label\n" + rows.joined()).utf8))
    let config = try folder.write(
      "model.yaml",
      Data(
        """
        sensor: {width: 128, height: 128}
        transforms: [downsample=4]
        learner: {hidden: {neurons: 64}}
        """.utf8))
    let daemon = try Daemon(["--config", config])
    let replay = try daemon.run(
      "afferent-replay", table, "--geometry", "128x128", "--passes", "6", "--json",
      timeout: .seconds(180))
    #expect(replay.status == 0, "\(replay)")
    let status = try daemon.status()
    #expect(status.stream.trialsLearned == 60)
    let run = try Program.run(
      "afferent-lab", "run", "--json", "--config", config, "--train", table, "--test", table,
      "--passes", "6", timeout: .seconds(180)
    ).json()
    #expect(run["weights_sha256"] as? String == status.weightsDigest)
    let again = try daemon.run(
      "afferent-replay", table, "--geometry", "128x128", "--unlabelled", "--json")
    #expect(again.status == 0, "\(again)")
    let scores = try #require(try again.json()["scores"] as? [String: Any])
    let test = try #require(run["test"] as? [String: Any])
    #expect(scores["scored"] as? Int == 10)
    #expect(scores["correct"] as? Int == test["correct"] as? Int)
    #expect(scores["correct"] as? Int ?? 0 >= 7, "\(scores)")
    #expect(try daemon.status().weightsDigest == status.weightsDigest)
  }
}
