import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// How the programs end, and what they say then.
@Suite(.timeLimit(.minutes(10))) struct EndingTests {
  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalSavesTheModel(_ signal: Int32) throws {
    let data = try DataSet.small.get()
    let folder = try Folder()
    let path = folder.path + "/models/model.safetensors"
    let daemon = try Daemon(save: path)
    #expect(try daemon.run("afferent-replay", data.train).status == 0)
    let digest = try daemon.status().weightsDigest
    let end = try daemon.stop(signal)
    #expect(end.status == 0 && !end.isKilled, "\(end)")
    #expect(end.errors.contains(path), "\(end)")
    let next = try Daemon(["--load", path, "--seed", "7"])
    #expect(try next.status().weightsDigest == digest)
    #expect(try next.stop().status == 0)
  }

  @Test func aSignalAmidARunEndsTheDaemonAndTheReplay() throws {
    let data = try DataSet.usual.get()
    let folder = try Folder()
    let path = folder.path + "/model.safetensors"
    let daemon = try Daemon(save: path)
    let replay = try daemon.start(
      "afferent-replay", data.train, "--passes", "1000", "--wait", "1")
    try daemon.status("some trials") { $0.stream.trialsLearned >= 3 }
    let end = try daemon.stop(SIGINT)
    #expect(end.status == 0, "\(end)")
    #expect(FileManager.default.fileExists(atPath: path))
    let left = try replay.end()
    #expect(left.status == 4, "\(left)")
    #expect(left.errors.hasPrefix("afferent-replay: "), "\(left)")
    #expect(try Daemon(["--load", path]).stop().status == 0)
  }

  @Test func anEmptyNameSavesNothing() throws {
    let daemon = try Daemon()
    let end = try daemon.stop()
    #expect(end.status == 0, "\(end)")
    let files = try FileManager.default.contentsOfDirectory(atPath: daemon.folder.path)
    #expect(files.allSatisfy { !$0.contains("safetensors") })
  }

  @Test func aModelThatCannotBeSavedIsAFailure() throws {
    #expect {
      _ = try Daemon(save: "/proc/no/such/model.safetensors")
    } throws: { error in
      "\(error)".contains("learning.save: the folder /proc/no/such cannot be made")
    }
  }

  @Test func anAddressInUseIsToldInASentence() throws {
    let daemon = try Daemon()
    let end = try daemon.run("afferent", "--save", "")
    #expect(end.status == 1, "\(end)")
    #expect(end.errors.contains("afferent: cannot bind") && end.errors.contains("in use"), "\(end)")
    #expect(try daemon.status().messages == 0)
  }

  @Test func anAddressOfAnotherMachineIsToldInASentence() throws {
    let folder = try Folder()
    let config = try folder.write("open.yaml", Data("security: {allow_plaintext: true}\n".utf8))
    let end = try Program.run(
      "afferent", "--config", config, "--allow-plaintext", "--at", "tcp://203.0.113.1:5999",
      "--save", "")
    #expect(end.status == 1, "\(end)")
    #expect(end.errors.contains("afferent: cannot bind tcp://203.0.113.1:5999"), "\(end)")
  }

  @Test func aReplayWithoutAnEngineEndsInTime() throws {
    let data = try DataSet.small.get()
    let folder = try Folder()
    let begin = ContinuousClock.now
    let end = try Program.run(
      "afferent-replay", data.train, "--at", folder.path, "--wait", "0.3")
    #expect(begin.duration(to: .now) < .seconds(10))
    #expect(end.status == 4, "\(end)")
    #expect(end.errors.contains("is the engine running?"), "\(end)")
  }

  @Test func aReplayToSomebodyWhoDoesNotAnswerEndsInTime() throws {
    let data = try DataSet.small.get()
    let folder = try Folder()
    let listener = try Socket(.subscribe, in: Context())
    try listener.subscribe("events/")
    try listener.bind("ipc://\(folder.path)/events.ipc")
    let begin = ContinuousClock.now
    let replay = try Program(
      "afferent-replay", [data.train, "--at", folder.path, "--wait", "0.5"])
    // A subscriber that does not listen does not even subscribe.
    while replay.isRunning { _ = try listener.receive(timeout: .milliseconds(20)) }
    let end = try replay.end()
    #expect(begin.duration(to: .now) < .seconds(4))
    #expect(end.status == 4, "\(end)")
    #expect(end.errors.contains("nobody answered at ipc://\(folder.path)/requests.ipc"), "\(end)")
  }

  @Test(arguments: [["--status"], ["--status", "--json"]])
  func aWatchWithoutAnEngineEndsInTime(_ mode: [String]) throws {
    let folder = try Folder()
    let end = try Program("afferent-watch", mode + ["--at", folder.path]).end()
    #expect(end.status == 4, "\(end)")
    #expect(end.errors.contains("is the engine running"), "\(end)")
  }

  @Test func aReplayThatIsNotTakenWholeTells() throws {
    let folder = try Folder()
    var events = EventBatch((0..<200).map { Event(t: Int64($0) * 500, x: 3, y: 3, on: true) })
    events.append(t: 10, x: 3, y: 3, on: true)
    let path = try folder.write("late.bin", NMNISTCodec.encode(events))
    let daemon = try Daemon()
    let end = try daemon.run("afferent-replay", path)
    #expect(end.status == 3, "\(end)")
    #expect(end.output.contains("took 200 events, 1 late") && end.output.contains("1 LOST"))
  }

  @Test func aReplayOfAnotherSensorTellsThatNothingWasTaken() throws {
    let data = try DataSet.small.get()
    let daemon = try Daemon()
    let end = try daemon.run(
      "afferent-replay", data.train, "--geometry", "64x64", "--wait", "0.5")
    #expect(end.status == 3 && end.errors.contains("the model 34x34"), "\(end)")
    let status = try daemon.status()
    #expect(status.messages == 0 && status.refused["geometry"] ?? 0 > 0)
  }

  @Test(arguments: [
    ("afferent", ["--config", "/no/such.yaml"]), ("afferent", ["--load", "/no/such.safetensors"]),
    ("afferent-replay", ["/no/such"]), ("afferent-lab", ["run", "--train", "/no/such"]),
  ])
  func aFileThatIsMissingIsNamed(_ tool: String, _ arguments: [String]) throws {
    let folder = try Folder()
    let at = tool == "afferent-lab" ? [] : ["--at", folder.path]
    let end = try Program(tool, arguments + at).end()
    #expect(end.status == 1, "\(end)")
    #expect(end.errors.hasPrefix("\(tool): ") && end.errors.contains("/no/such"), "\(end)")
    #expect(end.output.isEmpty)
  }

  @Test func theLabRefusesWhatItsNetworkCannotTake() throws {
    let inside = try NMNISTCodec.encode(EventBatch([Event(t: 1, x: 3, y: 3, on: true)]))
    let outside = try NMNISTCodec.encode(EventBatch([Event(t: 1, x: 40, y: 3, on: true)]))
    for (name, content, mention) in [
      ("Train/10/1.bin", inside, "has the class 10, learner.classes is 10"),
      ("Train/5000/1.bin", inside, "has the class 5000, learner.classes is 10"),
      ("Train/3/1.bin", outside, "x = 40"),
    ] {
      let folder = try Folder()
      try folder.write(name, content)
      let end = try Program.run("afferent-lab", "run", "--train", folder.path + "/Train")
      #expect(end.status == 1 && !end.isKilled && end.errors.contains(mention), "\(end)")
    }
  }

  @Test(arguments: ["model.safetensors", "events.bin", "engine.yaml"])
  func aFileOfNonsenseIsNamed(_ name: String) throws {
    let folder = try Folder()
    let path = try folder.write(name, Data("{[nonsense".utf8))
    let end =
      switch name {
      case "model.safetensors": try Program.run("afferent", "--load", path, "--at", folder.path)
      case "engine.yaml": try Program.run("afferent", "--config", path, "--at", folder.path)
      default: try Daemon().run("afferent-replay", path)
      }
    #expect(end.status == 1, "\(end)")
    #expect(end.errors.contains(path), "\(end)")
  }
}
