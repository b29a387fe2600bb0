import Testing
import Transport

@Suite struct CurveTests {
  @Test func onlyTheRightKeysPass() throws {
    let context = try Context()
    let (server, client) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
    var options = SocketOptions()
    options.security = .curveServer(secretKey: server.secretKey)
    let pull = try Socket(.pull, in: context, options: options)
    let endpoint = try pull.bind("tcp://127.0.0.1:*")

    func push(_ security: Security, _ text: String) throws -> Owner {
      var options = SocketOptions()
      options.security = security
      let socket = try Socket(.push, in: context, options: options)
      try socket.connect(endpoint)
      _ = try socket.send(text)
      return Owner(socket)
    }

    let plain = try push(.none, "plain")
    let stranger = try CurveKeyPair.generate().publicKey
    let wrong = try push(.curveClient(serverKey: stranger, keyPair: client), "wrong server key")
    #expect(try pull.receive(timeout: .milliseconds(300)) == nil)
    let right = try push(.curveClient(serverKey: server.publicKey, keyPair: client), "right")
    #expect(try pull.texts() == ["right"])
    #expect(try pull.receive(timeout: .milliseconds(200)) == nil)
    withExtendedLifetime((plain, wrong, right)) {}
  }

  @Test func curveClientsDoNotTalkToPlainServers() throws {
    let context = try Context()
    let pull = try Socket(.pull, in: context)
    var options = SocketOptions()
    options.security = .curveClient(
      serverKey: try CurveKeyPair.generate().publicKey, keyPair: try .generate())
    let push = try Socket(.push, in: context, options: options)
    try push.connect(try pull.bind("tcp://127.0.0.1:*"))
    #expect(try push.send("for nobody else's eyes"))
    #expect(try pull.receive(timeout: .milliseconds(200)) == nil)
  }

  @Test func keysAreChecked() throws {
    let (pair, other) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
    #expect(pair != other)
    #expect(try CurveKeyPair(publicKey: pair.publicKey, secretKey: pair.secretKey) == pair)

    let short = String(pair.publicKey.dropLast())
    let bad = "0123456 " + pair.publicKey.dropFirst(8)
    let wide = "é" + pair.publicKey.dropFirst(2)
    let reasons = [
      (short, "the public key has 39 characters; a CURVE key has 40 (Z85)"),
      (pair.publicKey + "0", "the public key has 41 characters; a CURVE key has 40 (Z85)"),
      (bad, "character 8 of the public key is \" \", which Z85 does not use"),
      (wide, "character 1 of the public key is \"é\", which Z85 does not use"),
      (other.publicKey, "the public key \(other.publicKey) does not belong to the secret key"),
    ]
    for (key, reason) in reasons {
      let error = failure { _ = try CurveKeyPair(publicKey: key, secretKey: pair.secretKey) }
      #expect(error?.code == .invalidKey)
      #expect(error?.reason == reason)
    }

    let context = try Context()
    for (security, name) in [
      (Security.curveServer(secretKey: short), "the server's secret key has 39"),
      (.curveClient(serverKey: short, keyPair: pair), "the server's public key has 39"),
    ] {
      var options = SocketOptions()
      options.security = security
      let error = failure { _ = try Socket(.pull, in: context, options: options) }
      #expect(error?.code == .invalidKey)
      #expect(error?.description.contains(name) == true)
      #expect(error?.description.contains(short) == false)
    }
  }

  @Test func secretsAreNotPrinted() throws {
    let pair = try CurveKeyPair.generate()
    var (server, client) = (SocketOptions(), SocketOptions())
    server.security = .curveServer(secretKey: pair.secretKey)
    client.security = .curveClient(serverKey: pair.publicKey, keyPair: pair)
    for value in [pair, server, client, server.security, client.security] as [Any] {
      var dumped = ""
      dump(value, to: &dumped)
      for text in [String(describing: value), String(reflecting: value), dumped] {
        #expect(!text.contains(pair.secretKey), "\(type(of: value))")
      }
    }
    #expect("\(pair)" == "CURVE key pair \(pair.publicKey)")
  }

  @Test func theLibraryIsKnown() {
    #expect(Transport.version.split(separator: ".").count == 3)
    #expect(Transport.version.hasPrefix("4."))
    #expect(Transport.has("curve"))
    #expect(Transport.has("ipc"))
    #expect(!Transport.has("telepathy"))
  }
}
