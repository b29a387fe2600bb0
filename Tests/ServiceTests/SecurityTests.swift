import Events
import Foundation
import Learning
import Service
import Testing
import Transport

/// Who may do what at an engine with keys, over TCP.
@Suite(.timeLimit(.minutes(10))) struct SecurityTests {
  /// A publisher of one trial after the other, that nobody need listen to.
  private func publisher(
    _ engine: RunningEngine, _ security: Security
  ) throws -> EventPublisher {
    try EventPublisher(
      endpoint: engine.engine.endpoints.events[0], in: Context(), policy: .live,
      security: security)
  }

  private func isHeard(_ publisher: EventPublisher, within timeout: Duration) throws -> Bool {
    try publisher.waitForSubscriber(
      to: Topic.events(source: "cam").bytes, timeout: timeout)
  }

  private func hears(
    _ engine: RunningEngine, _ security: Security, within timeout: Duration
  ) throws -> Bool {
    let subscriber = try OutputSubscriber(
      engine.engine.endpoints.output[0], topics: [""], in: Context(), security: security)
    return try subscriber.receive(timeout: timeout) != nil
  }

  private func isAnswered(
    _ engine: RunningEngine, _ security: Security, within timeout: Duration
  ) throws -> Bool {
    let client = try EngineClient(
      engine.engine.endpoints.requests[0], in: Context(), security: security)
    do {
      _ = try client.status(timeout: timeout)
      return true
    } catch let error as TransportError where error.code == .timedOut {
      return false
    }
  }

  private let soon = Duration.milliseconds(400)
  private let patient = Duration.seconds(10)

  @Test func anAuthorizedClientLearnsAsEver() throws {
    let keys = try Keys()
    let engine = try keys.runningEngine()
    let subscriber = try engine.subscriber("prediction/")
    let feeder = try engine.feeder()
    for trial in MalformedTests.trials { try feeder.send(trial) }
    try feeder.waitUntilDone()
    #expect(try engine.digest() == MalformedTests.digest.get())
    #expect(try subscriber.nextPrediction().source == "cam")
    let status = try engine.status()
    #expect(status.security.accepted == ["events": 1, "output": 1, "requests": 1])
    #expect(status.security.denied.isEmpty && status.security.handshakeFailures.isEmpty)
  }

  @Test func strangersGetNothingInAndNothingOut() throws {
    let keys = try Keys()
    let engine = try keys.runningEngine()
    let before = try engine.digest()
    let stranger = try CurveKeyPair.generate()
    let known = try CurveKeyPair.generate()
    try keys.authorize(known, as: "known")
    let otherServer = try CurveKeyPair.generate().publicKey
    let outsiders: [Security] = [
      keys.security(stranger), .none, .curveClient(serverKey: otherServer, keyPair: known),
      .curveServer(secretKey: stranger.secretKey),
    ]
    for outsider in outsiders {
      let publisher = try publisher(engine, outsider)
      var writer = EventMessageWriter(source: "cam", geometry: RunningEngine.geometry)
      for trial in MalformedTests.trials {
        for message in try trial.messages(&writer) { try publisher.send(message) }
      }
      #expect(try !hears(engine, outsider, within: soon), "\(outsider)")
      #expect(try !isAnswered(engine, outsider, within: soon), "\(outsider)")
      #expect(try !isHeard(publisher, within: .zero), "\(outsider)")
    }
    let status = try engine.status(digest: true)
    #expect(status.messages == 0 && status.eventsReceived == 0 && status.sources.isEmpty)
    #expect(status.weightsDigest == before)
    // The one with a key of its own at each socket; the others try again and again.
    #expect(Set(status.security.denied.keys) == ["events", "output", "requests"])
    #expect(status.security.accepted == ["requests": 1])
    for socket in ["events", "output", "requests"] {
      #expect(status.security.handshakeFailures[socket] ?? 0 >= 3, "\(socket)")
    }
  }

  @Test(arguments: ["events", "output", "requests"])
  func aKeyOfOneSocketIsOfNoUseAtTheOthers(_ socket: String) throws {
    let keys = try Keys()
    let engine = try keys.runningEngine { $0.status.every = 20 }
    let pair = try CurveKeyPair.generate()
    try keys.authorize(pair, as: "single", at: socket)
    let security = keys.security(pair)
    func time(_ name: String) -> Duration { name == socket ? patient : soon }
    let publisher = try publisher(engine, security)
    #expect(try isHeard(publisher, within: time("events")) == (socket == "events"))
    #expect(try hears(engine, security, within: time("output")) == (socket == "output"))
    #expect(try isAnswered(engine, security, within: time("requests")) == (socket == "requests"))
    let status = try engine.status().security
    #expect(status.accepted == ["requests": 1].merging([socket: 1], uniquingKeysWith: +))
    let others = ["events", "output", "requests"].filter { $0 != socket }
    // Whoever is turned away asks again.
    #expect(Set(status.denied.keys) == Set(others))
  }

  @Test func keysComeAndGoWhileTheEngineRuns() throws {
    let keys = try Keys()
    let engine = try keys.runningEngine()
    let pair = try CurveKeyPair.generate()
    let security = keys.security(pair)
    #expect(try !isAnswered(engine, security, within: soon))
    try keys.authorize(pair, as: "guest")
    let connected = try EngineClient(
      engine.engine.endpoints.requests[0], in: Context(), security: security)
    let before = try connected.status(timeout: patient).security.denied
    #expect(Set(before.keys) == ["requests"])
    try keys.revoke("guest")
    #expect(try !isAnswered(engine, security, within: soon))
    // Who was let in before stays.
    let after = try connected.status(timeout: patient).security.denied
    #expect(after["requests"] ?? 0 > before["requests"] ?? 0 && after.count == 1)
    // A file whose content changes is noticed a second later, whatever its folder says.
    try keys.authorize(try .generate(), as: "guest")
    #expect(try !isAnswered(engine, security, within: soon))
    let file = FileHandle(forWritingAtPath: "\(keys.clients)/guest.pub")
    try file?.write(contentsOf: Data(pair.publicKey.utf8))
    Thread.sleep(forTimeInterval: 1.1)
    #expect(try isAnswered(engine, security, within: patient))
  }

  @Test func filesThatHoldNoKeyLetNobodyIn() throws {
    let keys = try Keys()
    let engine = try keys.runningEngine()
    let pair = try CurveKeyPair.generate()
    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(keys.clients)/\(name)"))
    }
    try write("short.pub", String(pair.publicKey.dropLast()))
    try write("secret.pub", "curve\n  public-key = \"\(pair.publicKey)\"\n  secret-key = \"x\"\n")
    try write("comment.pub", "# \(pair.publicKey)\n")
    try write("other.txt", pair.publicKey)
    try write("large.pub", String(repeating: "#\n", count: 4000) + pair.publicKey)
    try write("empty.pub", "")
    try write("open.pub", pair.publicKey)
    chmod("\(keys.clients)/open.pub", 0o666)
    mkfifo("\(keys.clients)/pipe.pub", 0o600)
    mkdir("\(keys.clients)/folder.pub", 0o700)
    symlink("/dev/zero", "\(keys.clients)/zero.pub")
    symlink("nowhere", "\(keys.clients)/broken.pub")
    mkdir("\(keys.clients)/requests", 0o777)
    chmod("\(keys.clients)/requests", 0o777)
    try write("requests/loose.pub", pair.publicKey)
    #expect(try !isAnswered(engine, keys.security(pair), within: soon))
    // The good ones beside them count, in the form of CZMQ too.
    try write("cert.pub", "#  ****\nmetadata\n\ncurve\n    public-key = \"\(pair.publicKey)\"\n")
    #expect(try isAnswered(engine, keys.security(pair), within: patient))
    // A folder that others may write to is no authority at all.
    chmod(keys.clients, 0o777)
    Thread.sleep(forTimeInterval: 1.1)
    #expect(try !isAnswered(engine, keys.security(pair), within: soon))
  }

  @Test func anyHasToBeSaid() throws {
    let keys = try Keys()
    let engine = try keys.runningEngine { $0.security.authorizedClients = "any" }
    #expect(try isAnswered(engine, keys.security(try .generate()), within: patient))
    #expect(try !isAnswered(engine, .none, within: soon))
    #expect(try engine.status().security.accepted == ["requests": 2])
  }

  @Test func localSocketsAskForKeysToo() throws {
    let keys = try Keys()
    let pair = try CurveKeyPair.generate()
    try keys.authorize(pair, as: "me")
    let engine = try RunningEngine(as: keys.security(pair)) {
      $0.security.key = "\(keys.folder.path)/engine.key"
      $0.security.authorizedClients = keys.clients
    }
    #expect(engine.engine.endpoints.requests[0].hasPrefix("ipc://"))
    #expect(try engine.status().security.accepted == ["requests": 1])
    #expect(try !isAnswered(engine, .none, within: soon))
    #expect(try !isAnswered(engine, keys.security(.generate()), within: soon))
  }

  @Test func anEngineThatConnectsKnowsItsPublisher() throws {
    let keys = try Keys()
    let (camera, impostor) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
    let files = try KeyFile.write(camera, name: "camera", folder: keys.folder.path)
    for (pair, isTrue) in [(camera, true), (impostor, false)] {
      let publisher = try EventPublisher(
        endpoint: "@ipc://\(keys.folder.path)/camera", in: Context(), policy: .lossless,
        security: .curveServer(secretKey: pair.secretKey))
      let engine = try keys.runningEngine {
        $0.endpoints.events = [">ipc://\(keys.folder.path)/camera"]
        $0.security.serverKey = files.publicKey
      }
      #expect(try isHeard(publisher, within: isTrue ? patient : soon) == isTrue)
      guard isTrue else { continue }
      var writer = EventMessageWriter(source: "cam", geometry: RunningEngine.geometry)
      for message in try TestTrial(0).messages(&writer) { try publisher.send(message) }
      try engine.status("the trial") { $0.stream.trialsLearned == 1 }
    }
  }

  @Test func plainEnginesCountFailedHandshakesOnly() throws {
    let engine = try RunningEngine { $0.endpoints.requests.append("tcp://127.0.0.1:*") }
    let pair = try CurveKeyPair.generate()
    let client = try EngineClient(
      engine.engine.endpoints.requests[1], in: Context(),
      security: .curveClient(serverKey: pair.publicKey, keyPair: pair))
    #expect(throws: TransportError.self) { try client.status(timeout: soon) }
    let status = try engine.status("the failed handshake") {
      $0.security.handshakeFailures["requests"] ?? 0 > 0
    }
    #expect(status.security.accepted.isEmpty && status.security.denied.isEmpty)
  }
}
