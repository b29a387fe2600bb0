import Testing
import Transport

@Suite struct RequestTests {
  @Test func questionsAreAnswered() throws {
    let context = try Context()
    let reply = Owner(try Socket(.reply, in: context))
    var client = try RequestClient(try reply.socket.bind("tcp://127.0.0.1:*"), in: context)
    let server = Running {
      for _ in 0..<3 {
        let question = try reply.socket.receive(timeout: .seconds(5)) ?? []
        try reply.socket.send([Frame("re:")] + question)
      }
    }
    for number in 0..<3 {
      #expect(try client.request(Frame("\(number)")).map(\.string) == ["re:", "\(number)"])
    }
    try server.value()
  }

  @Test func aMissingPeerIsNamed() throws {
    let context = try Context()
    var client = try RequestClient("tcp://127.0.0.1:1", in: context)
    var error: TransportError?
    let elapsed = ContinuousClock().measure {
      error = failure { _ = try client.request(Frame("hello?"), timeout: .milliseconds(250)) }
    }
    #expect(error?.code == .timedOut)
    #expect(
      error?.description
        == "nobody answered at tcp://127.0.0.1:1 within 250 ms: is the engine running?")
    #expect(elapsed >= .milliseconds(250) && elapsed < .seconds(2))

    let pair = try CurveKeyPair.generate()
    var options = SocketOptions()
    options.security = .curveClient(serverKey: pair.publicKey, keyPair: pair)
    var secured = try RequestClient("tcp://127.0.0.1:1", in: context, options: options)
    error = failure { _ = try secured.request(Frame("hello?"), timeout: .milliseconds(1)) }
    #expect(error?.description.hasSuffix("is the engine running, with the key given here?") == true)
    #expect(failure { _ = try RequestClient("tcp://x", in: context) }?.code == .invalidEndpoint)
  }

  @Test func aLateAnswerIsNotTheNextOne() throws {
    let context = try Context()
    let router = try Socket(.router, in: context)
    var client = try RequestClient(try router.bind("tcp://127.0.0.1:*"), in: context)
    let error = failure { _ = try client.request(Frame("first"), timeout: .milliseconds(100)) }
    #expect(error?.code == .timedOut)
    let first = try #require(try router.receive(timeout: .seconds(5)))
    #expect(first.dropFirst().map(\.string) == ["", "first"])

    let owner = Owner(router)
    let late = Late([first[0].bytes, [], Array("answer 1".utf8)])
    let server = Running {
      let second = try owner.socket.receive(timeout: .seconds(5)) ?? []
      try owner.socket.send(late.parts.map { Frame(adopting: $0) })
      try owner.socket.send([second[0], second[1], Frame("answer 2")])
    }
    #expect(try client.request(Frame("second")).map(\.string) == ["answer 2"])
    try server.value()
  }
}

private struct Late: Sendable {
  let parts: [[UInt8]]

  init(_ parts: [[UInt8]]) { self.parts = parts }
}
