import Testing
import Transport

/// Who gets in is decided by the handler, and without its word nobody does.
@Suite(.timeLimit(.minutes(10))) struct ZapTests {
  /// A CURVE server whose clients are asked for, and what its handler was asked.
  private final class Server: Sendable {
    let context: Context
    let handler: ZapHandler
    let pair: CurveKeyPair
    let pull: Owner
    let endpoint: String

    init(_ bind: String = "tcp://127.0.0.1:*") throws {
      context = try Context()
      handler = try ZapHandler(in: context)
      pair = try .generate()
      var options = SocketOptions()
      options.security = .curveServer(secretKey: pair.secretKey)
      options.zapDomain = handler.domain("door")
      let socket = try Socket(.pull, in: context, options: options)
      endpoint = try socket.bind(bind)
      pull = Owner(socket)
    }

    func push(_ security: Security, _ text: String) throws -> Owner {
      var options = SocketOptions()
      options.security = security
      let socket = try Socket(.push, in: Context(), options: options)
      try socket.connect(endpoint)
      try socket.send(text)
      return Owner(socket)
    }

    func client(_ own: CurveKeyPair) -> Security {
      .curveClient(serverKey: pair.publicKey, keyPair: own)
    }
  }

  /// Answers until stopped, and tells the questions.
  private func run(
    _ handler: ZapHandler, letting key: String
  ) -> Running<[ZapHandler.Question]> {
    Running {
      var questions: [ZapHandler.Question] = []
      try handler.run {
        questions.append($0)
        return $0.publicKey == key ? .accepted(user: "me") : .denied(reason: "not you")
      }
      return questions
    }
  }

  @Test(arguments: ["tcp", "ipc"]) func onlyKeysThatAreLetInPass(_ carrier: String) throws {
    let folder = try Folder()
    let server = try Server(
      carrier == "tcp" ? "tcp://127.0.0.1:*" : "ipc://\(folder.path)/door")
    let (known, stranger) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
    let answers = run(server.handler, letting: known.publicKey)
    let peers = [
      try server.push(server.client(stranger), "stranger"), try server.push(.none, "plain"),
    ]
    #expect(try server.pull.socket.receive(timeout: .milliseconds(300)) == nil)
    let friend = try server.push(server.client(known), "known")
    #expect(try server.pull.socket.texts() == ["known"])
    #expect(try server.pull.socket.receive(timeout: .milliseconds(200)) == nil)
    server.handler.stop()
    let questions = try answers.value()
    // Who was denied may ask again.
    let keys = questions.map(\.publicKey)
    #expect(keys.first == stranger.publicKey && Set(keys) == [stranger.publicKey, known.publicKey])
    #expect(keys.count { $0 == known.publicKey } == 1)
    #expect(questions.allSatisfy { $0.domain == "door" })
    if carrier == "tcp" { #expect(questions.allSatisfy { $0.address == "127.0.0.1" }) }
    withExtendedLifetime((peers, friend)) {}
  }

  @Test func whileNobodyAnswersNobodyGetsIn() throws {
    let server = try Server()
    let known = try CurveKeyPair.generate()
    let waiting = try server.push(server.client(known), "first")
    #expect(try server.pull.socket.receive(timeout: .milliseconds(300)) == nil)
    let answers = run(server.handler, letting: known.publicKey)
    #expect(try server.pull.socket.texts() == ["first"])
    server.handler.stop()
    #expect(try answers.value().count == 1)
    let late = try server.push(server.client(known), "late")
    #expect(try server.pull.socket.receive(timeout: .milliseconds(300)) == nil)
    withExtendedLifetime((waiting, late)) {}
  }

  @Test func aSocketKeepsItsHandler() throws {
    let (pair, client) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
    let context = try Context()
    var options = SocketOptions()
    options.security = .curveServer(secretKey: pair.secretKey)
    do { options.zapDomain = try ZapHandler(in: context).domain("door") }
    let pull = try Socket(.pull, in: context, options: options)
    options = SocketOptions()
    options.security = .curveClient(serverKey: pair.publicKey, keyPair: client)
    let push = try Socket(.push, in: Context(), options: options)
    try push.connect(try pull.bind("tcp://127.0.0.1:*"))
    try push.send("in?")
    // Without a handler libzmq would have let it in.
    #expect(try pull.receive(timeout: .milliseconds(300)) == nil)
    #expect(failure { _ = try ZapHandler(in: context) }?.code == .addressInUse)
  }

  @Test func aPlainSocketWithADomainTakesNobody() throws {
    let context = try Context()
    let handler = try ZapHandler(in: context)
    var options = SocketOptions()
    options.zapDomain = handler.domain("door")
    let pull = try Socket(.pull, in: context, options: options)
    let answers = run(handler, letting: "")
    let push = try Socket(.push, in: Context())
    try push.connect(try pull.bind("tcp://127.0.0.1:*"))
    try push.send("plain")
    #expect(try pull.receive(timeout: .milliseconds(300)) == nil)
    handler.stop()
    #expect(try answers.value().isEmpty)
  }

  private static let key = [UInt8](1...32)
  private static let good: [[UInt8]] =
    [[], "1.0", "7", "door", "192.0.2.1", "", "CURVE"].map { Array("\($0)".utf8) } + [key]

  private static func changed(_ index: Int, _ frame: [UInt8]) -> [[UInt8]] {
    var frames = good
    if index == 0 { return frames }
    frames[0] = []
    frames[index] = frame
    return frames
  }

  @Test func questionsAreReadByTheLetter() throws {
    let context = try Context()
    let handler = try ZapHandler(in: context)
    // 32 bytes in Z85, which writes 4 bytes as 5 characters of base 85, the first the most significant.
    let digits = Array(
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#")
    var text = ""
    for word in stride(from: 0, to: 32, by: 4) {
      var value = Self.key[word..<word + 4].reduce(0) { $0 * 256 + Int($1) }
      var characters: [Character] = []
      for _ in 0..<5 {
        characters.insert(digits[value % 85], at: 0)
        value /= 85
      }
      text += String(characters)
    }
    let answers = run(handler, letting: text)
    let dealer = try Socket(.dealer, in: context)
    try dealer.connect(ZapHandler.endpoint)

    var good = Self.good
    good[0] = []
    let long = [UInt8](repeating: 65, count: 256)
    let cases: [(status: String, id: String, frames: [[UInt8]])] = [
      ("200", "7", good),
      ("300", "7", Self.changed(7, [UInt8](repeating: 0, count: 32))),
      ("400", "7", Self.changed(6, Array("NULL".utf8)).dropLast()),
      ("400", "7", Self.changed(6, Array("PLAIN".utf8)) + [[1]]),
      ("400", "7", Self.changed(6, [0xFF, 0xFE])),
      ("500", "7", Self.changed(1, Array("2.0".utf8))), ("500", "7", Self.changed(1, [])),
      ("500", "", Self.changed(2, long)), ("500", "7", Self.changed(3, long)),
      ("500", "7", Self.changed(4, long)), ("500", "7", Self.changed(5, long)),
      ("500", "7", Self.changed(3, [0xC0])), ("500", "7", Self.changed(7, [])),
      ("500", "7", Self.changed(7, Array(Self.key.dropLast()))),
      ("500", "7", Self.changed(7, Self.key + [0])), ("500", "7", good + [Self.key]),
      ("500", "7", good + Array(repeating: long, count: 1000)),
      ("500", "7", Array(good.dropLast())), ("500", "7", Array(good.prefix(5))),
      ("500", "7", Array(good.prefix(3))), ("500", "", Array(good.prefix(2))), ("500", "", [[]]),
    ]
    for (status, id, frames) in cases {
      try dealer.send(frames.map { Frame(adopting: $0) })
      let reply = try dealer.texts()
      #expect(reply?.count == 7, "\(status) for \(frames.count) frames")
      #expect(reply?.prefix(4) == ["", "1.0", id, status], "\(frames.map(\.count))")
    }
    // Messages without a way back get no answer, and the next one does.
    for frames in [[[1]], [[1], []], [Array(repeating: 9, count: 100_000)]] as [[[UInt8]]] {
      try dealer.send(frames.map { Frame(adopting: $0) })
    }
    try dealer.send(good.map { Frame(adopting: $0) })
    #expect(try dealer.texts() == ["", "1.0", "7", "200", "OK", "me", ""])
    handler.stop()
    #expect(try answers.value().count == 3)
  }

  @Test func endpointsReachAsFarAsTheyCan() {
    let reaches: [(String, EndpointReach)] = [
      ("tcp://127.0.0.1:5580", .machine), ("tcp://127.255.0.9:*", .machine),
      ("tcp://[::1]:5580", .machine), ("tcp://*:5580", .network), ("tcp://0.0.0.0:1", .network),
      ("tcp://[::]:1", .network), ("tcp://[::ffff:127.0.0.1]:1", .network),
      ("tcp://eth0:1", .network), ("tcp://lo:1", .network), ("tcp://localhost:1", .network),
      ("tcp://128.0.0.1:1", .network), ("tcp://127.0.0.1.example:1", .network),
      ("tcp://127.0.0.1;0.0.0.0:1", .network), ("tcp://127.1:1", .network),
      ("tcp://192.168.1.7:1", .network), ("tcp://", .network), ("tcp://127.0.0.1", .network),
      ("tipc://{1,0,0}", .network), ("epgm://eth0;239.192.1.1:5555", .network), ("", .network),
      ("ipc:///run/afferent/events.ipc", .file), ("ipc://@afferent", .machine),
      ("inproc://events", .process),
    ]
    for (endpoint, reach) in reaches {
      #expect(EndpointReach(ofBound: endpoint) == reach, "\(endpoint)")
    }
  }
}
