import Foundation
import Learning
import Service
import Testing

/// `afferent-watch control`, against a daemon.
@Suite(.timeLimit(.minutes(10))) struct ControlTests {
  @Test func anOperatorTurnsWhatCanBeTurned() throws {
    let daemon = try Daemon()
    for (arguments, told) in [
      (["pause"], "learning is off"), (["resume"], "learning is on"),
      (["rate", "0.5"], "0.5 times"),
      (["reset"], "dropped"), (["freeze"], "weights 0"), (["unfreeze"], "no longer"),
    ] {
      let end = try Program("afferent-watch", ["control"] + arguments + daemon.at).end()
      #expect(end.status == 0 && end.output.contains(told), "\(arguments): \(end)")
    }
    #expect(try daemon.status().learningRateFactor == 0.5)
    let status = try daemon.run("afferent-watch", "control", "status")
    #expect(status.status == 0 && status.output.contains("0.5 times"), "\(status)")
    // Options of the tool may come first.
    let first = try Program("afferent-watch", daemon.at + ["control", "pause", "--json"]).end()
    #expect(try first.status == 0 && first.json()["done"] is String, "\(first)")
    #expect(try !daemon.status().learning)
  }

  @Test func aRefusalIsToldWithItsReason() throws {
    let daemon = try Daemon()
    let end = try daemon.run("afferent-watch", "control", "unfreeze")
    #expect(end.status == 1 && end.errors.contains("no weights are frozen"), "\(end)")
    let json = try daemon.run("afferent-watch", "control", "unfreeze", "--json")
    #expect(try json.status == 1 && json.json()["error"] is String, "\(json)")
  }

  @Test(arguments: [
    ["rate"], ["rate", "101"], ["rate", "nan"], ["load"], ["pause", "1"], ["snapshot"],
    ["status", "-o", "x"], ["stop"], [],
  ])
  func whatCannotBeMeantIsNotAsked(_ arguments: [String]) throws {
    let end = try Program("afferent-watch", ["control"] + arguments).end()
    #expect(end.status == 64, "\(end)")
  }

  @Test func nobodyThereHasAStatusOfItsOwn() throws {
    let folder = try Folder()
    let end = try Program("afferent-watch", ["control", "status", "--at", folder.path]).end()
    #expect(end.status == 4, "\(end)")
  }

  @Test func aSnapshotIsAFileThatIsReadBack() throws {
    let daemon = try Daemon()
    let folder = try Folder()
    let path = folder.path + "/weights.safetensors"
    let end = try daemon.run("afferent-watch", "control", "snapshot", "-o", path)
    #expect(end.status == 0 && end.output.contains("weights 0"), "\(end)")
    let file = try Safetensors([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    let digest = try daemon.status().weightsDigest
    #expect(try ModelWeights(full: file).digest == digest)
    #expect(file.metadata["sha256"] == digest && file.metadata["model"] == "default")
    let nowhere = try daemon.run("afferent-watch", "control", "snapshot", "-o", "/proc/no/such")
    #expect(nowhere.status == 1, "\(nowhere)")
  }

  @Test(.enabled(if: Places.python != nil))
  func pythonReadsTheSnapshotToo() throws {
    let daemon = try Daemon()
    let folder = try Folder()
    let path = folder.path + "/weights.safetensors"
    #expect(try daemon.run("afferent-watch", "control", "snapshot", "-o", path).status == 0)
    let reader = """
      import hashlib, sys
      from safetensors.numpy import load_file
      weights = load_file(sys.argv[1])
      print(hashlib.sha256(b"".join(weights[k].tobytes() for k in sorted(weights))).hexdigest())
      """
    let end = try Places.start(reader, in: folder, path).end()
    #expect(end.output == "\(try #require(try daemon.status().weightsDigest))\n", "\(end)")
  }
}
