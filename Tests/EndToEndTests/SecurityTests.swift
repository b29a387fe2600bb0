import Foundation
import Learning
import Service
import Testing
import Transport

/// Keys through real processes.
@Suite(.timeLimit(.minutes(10))) struct SecurityTests {
  @Test func toolsWithKeysWorkAndOthersDoNot() throws {
    let data = try DataSet.small.get()
    let secured = try SecuredDaemon()
    let daemon = secured.daemon
    try secured.client("watcher", at: "output")
    try secured.client("stranger")
    let before = try daemon.status().weightsDigest

    // One without keys, one with unknown ones, one that may only listen.
    let wait = ["--wait", "1"]
    let plain = try Program("afferent-replay", [data.train] + wait + daemon.at).end()
    #expect(plain.status == 4, "\(plain)")
    for name in ["stranger", "watcher"] {
      let end = try secured.start("afferent-replay", as: name, data.train, "--wait", "1").end()
      #expect(end.status == 4, "\(end)")
      #expect(end.errors.contains("is the engine running, with the key given here"), "\(end)")
    }
    let asked = try secured.start("afferent-watch", as: "watcher", "--status").end()
    #expect(asked.status == 4, "\(asked)")
    #expect(asked.errors.contains("nobody answered at \(secured.address.requests)"), "\(asked)")
    #expect(asked.errors.contains("with the key given here"), "\(asked)")
    let status = try daemon.status()
    #expect(status.messages == 0 && status.weightsDigest == before)
    #expect(status.security.denied["events"] ?? 0 >= 2)

    let watcher = try secured.start("afferent-watch", as: "watcher", "--json", "--trials", "3")
    while watcher.isRunning {
      // Named by the environment instead.
      let replay = try Program(
        "afferent-replay", [data.train] + daemon.at,
        environment: [
          "AFFERENT_KEY": "\(secured.folder.path)/owner.key",
          "AFFERENT_SERVER_KEY": "\(secured.folder.path)/engine.pub",
        ]
      ).end()
      #expect(replay.status == 0, "\(replay)")
    }
    #expect(try watcher.end().status == 0)
    #expect(try watcher.end().output.contains("\"final\":true"))
    #expect(try daemon.status().weightsDigest != before)

    let live = try secured.start(
      "afferent-sensor", as: "owner", "live", "--count", "1", "--json"
    ).end()
    #expect(live.status == 0, "\(live)")
    try daemon.status("the live recording") { $0.sources["sensor"]?.messages ?? 0 > 0 }
    let follower = try secured.start(
      "afferent-watch", as: "owner", "--follow-weights", "--json", "--seconds", "0.3"
    ).end()
    #expect(follower.status == 0, "\(follower)")
    let shown = try secured.start("afferent-watch", as: "owner", "--status").end()
    #expect(shown.output.contains("turned away") && shown.output.contains("let in"), "\(shown)")

    #expect(try daemon.stop().status == 0)
    let secrets = try ["engine", "owner"].map {
      try KeyFile.pair("\(secured.folder.path)/\($0).key").secretKey
    }
    for said in [daemon.log, shown.output, follower.output, asked.errors, live.output] {
      #expect(secrets.allSatisfy { !said.contains($0) })
    }
    #expect(daemon.log.contains("was turned away from events: its key"))
  }

  @Test(arguments: [
    (["--key", "nowhere.key", "--server-key", "nowhere.pub"], "nowhere.pub: the key cannot be"),
    (["--key", "nowhere.key"], "--key needs --server-key"),
    (["--server-key", "nowhere.pub"], "--server-key needs --key"),
  ])
  func keysThatCannotBeUsedAreNamed(_ arguments: [String], _ mention: String) throws {
    for tool in [["afferent-watch"], ["afferent-sensor", "live"]] {
      let end = try Program(tool[0], tool.dropFirst() + arguments).end()
      #expect(end.status == 1, "\(end)")
      #expect(end.errors.contains(mention), "\(end)")
    }
  }

  @Test func keygenNeverWritesOver() throws {
    let folder = try Folder()
    let first = try Program.run("afferent", "keygen", "cam1", "--folder", folder.path)
    #expect(first.status == 0, "\(first)")
    let path = "\(folder.path)/cam1.key"
    let pair = try KeyFile.pair(path)
    #expect(first.output.contains(path) && first.output.contains("cam1.pub"))
    #expect(!first.output.contains(pair.secretKey) && !first.output.contains(pair.publicKey))
    let second = try Program.run("afferent", "keygen", "cam1", "--folder", folder.path)
    #expect(second.status == 1 && second.errors.contains("never written over"), "\(second)")
    #expect(try KeyFile.pair(path) == pair)
    let modes = try [".key", ".pub"].map {
      try FileManager.default.attributesOfItem(atPath: "\(folder.path)/cam1\($0)")[
        .posixPermissions] as? Int
    }
    #expect(modes == [0o600, 0o644])
    for name in ["", "a/b", "..", ".hidden"] {
      let end = try Program.run("afferent", "keygen", name, "--folder", folder.path)
      #expect(end.status == 64, "\(end)")
    }
  }

  @Test func otherMachinesHaveToBeAllowedTwice() throws {
    let folder = try Folder()
    let open = "endpoints: {events: [\"tcp://*:0\"]}\n"
    let said = open + "security: {allow_plaintext: true}\n"
    let plain = try folder.write("plain.yaml", Data(open.utf8))
    let allowed = try folder.write("allowed.yaml", Data(said.utf8))
    let run = folder.path + "/run"
    for arguments in [
      ["--config", plain], ["--config", plain, "--allow-plaintext"], ["--config", allowed],
      ["--at", "tcp://*:7000"], ["--at", "tcp://[::]:7000", "--allow-plaintext"],
    ] {
      let end = try Program("afferent", arguments).end()
      #expect(end.status == 1, "\(end)")
      #expect(end.errors.contains("--allow-plaintext"), "\(end)")
    }
    let settings =
      "security: {allow_plaintext: true}\nendpoints: {events: [\"tcp://*:0\"], "
      + "output: [\"ipc://\(run)/o\"], requests: [\"ipc://\(run)/r\"]}\n"
    let path = try folder.write("settings.yaml", Data(settings.utf8))
    let twice = try Program(
      "afferent", ["--config", path, "--allow-plaintext", "--save", ""])
    try wait(for: "the daemon; it says \(twice.errors)") {
      twice.errors.contains("ready") || !twice.isRunning ? () : nil
    }
    twice.signal(SIGTERM)
    let end = try twice.end()
    #expect(end.status == 0 && end.errors.contains("takes everybody who can reach it"), "\(end)")
  }

  @Test func aPrintedConfigurationNamesFilesOnly() throws {
    let folder = try Folder()
    let yaml = "security: {key: my.key, authorized_clients: clients}\n"
    let path = try folder.write("engine.yaml", Data(yaml.utf8))
    let end = try Program.run("afferent", "--config", path, "--print-config")
    #expect(end.status == 0, "\(end)")
    #expect(end.output.contains("key: my.key"), "\(end)")
    #expect(try EngineConfiguration.parse(end.output).security.authorizedClients == "clients")
  }

  @Test func aCrowdOfStrangersLeavesNothingBehind() throws {
    let secured = try SecuredDaemon()
    let daemon = secured.daemon
    let stranger = try CurveKeyPair.generate()
    guard case .curveClient(let serverKey, _) = secured.owner else { return }
    func knock(_ count: Int) throws {
      let before = try daemon.status().security.denied["events"] ?? 0
      let context = try Context()
      var peers: [EventPublisher] = []
      for _ in 0..<count {
        peers.append(
          try EventPublisher(
            endpoint: secured.address.events, in: context, policy: .live,
            security: .curveClient(serverKey: serverKey, keyPair: stranger)))
      }
      try daemon.status("\(count) more that are turned away") {
        $0.security.denied["events"] ?? 0 >= before + count
      }
      withExtendedLifetime(peers) {}
    }
    try knock(100)
    let (descriptors, memory) = (descriptors(of: daemon), memory(of: daemon))
    for _ in 0..<10 { try knock(100) }
    try daemon.status("the descriptors to be closed") { _ in
      self.descriptors(of: daemon) <= descriptors + 5
    }
    let grown = self.memory(of: daemon) - memory
    #expect(grown < 8 << 20, "\(grown) bytes more after 1000 strangers")
    #expect(try daemon.status().security.accepted.values.reduce(0, +) <= 2)
    #expect(daemon.log.utf8.count < 20_000, "one line a second, not one for each")
    #expect(try daemon.stop().status == 0)
  }

  private func descriptors(of daemon: Daemon) -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.number)/fd"))?.count ?? 0
  }

  /// Resident bytes.
  private func memory(of daemon: Daemon) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(daemon.number)/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
