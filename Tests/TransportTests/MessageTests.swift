import Testing
import Transport

@Suite struct MessageTests {
  @Test(arguments: Carrier.allCases) func multipartRoundTrip(_ carrier: Carrier) throws {
    let (context, folder) = (try Context(), try Folder())
    let pull = try Socket(.pull, in: context)
    let push = try Socket(.push, in: context)
    try push.connect(try pull.bind(carrier.endpoint(in: folder)))

    let large = (0..<10_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    let parts: [[UInt8]] = [[], Array("topic/".utf8), [], large, [0, 255], []]
    try push.send(parts.map { Frame(adopting: $0) })
    try push.send("next")
    let received = try #require(try pull.receive(timeout: .seconds(5)))
    #expect(received.map(\.count) == parts.map(\.count))
    #expect(received.map(\.bytes) == parts)
    #expect(try pull.texts() == ["next"])
    #expect(try pull.receive(wait: false) == nil)
  }

  @Test func framesKeepTheirBytesWhenSent() throws {
    let context = try Context()
    let pull = try Socket(.pull, in: context)
    let push = try Socket(.push, in: context)
    try pull.bind("inproc://frames")
    try push.connect("inproc://frames")

    // Small payloads live inside libzmq's message, large ones behind a shared pointer.
    let frames = [Frame("small"), Frame(adopting: [UInt8](repeating: 7, count: 1000))]
    for _ in 0..<3 { try push.send(frames) }
    for _ in 0..<3 {
      let received = try #require(try pull.receive(timeout: .seconds(5)))
      #expect(received.map(\.bytes) == frames.map(\.bytes))
      // What was received can be sent on.
      try push.send(received)
    }
    #expect(frames[0].string == "small")
    #expect(frames[1].bytes == [UInt8](repeating: 7, count: 1000))
  }

  @Test func adoptionCopiesNothingAndFreesTheStorage() throws {
    let context = try Context()
    let pull = try Socket(.pull, in: context)
    let push = try Socket(.push, in: context)
    try pull.bind("inproc://adopt")
    try push.connect("inproc://adopt")
    weak var storage: AnyObject?

    func send() throws -> UnsafeRawPointer? {
      let bytes = [UInt8](repeating: 1, count: 100_000)
      storage = unsafeBitCast(bytes, to: AnyObject.self)
      let frame = Frame(adopting: bytes)
      #expect(
        frame.withUnsafeBytes(\.baseAddress) == bytes.withUnsafeBytes(\.baseAddress))
      try push.send([frame])
      return frame.withUnsafeBytes(\.baseAddress)
    }

    let sent = try send()
    #expect(storage != nil, "libzmq still needs it")
    do {
      let received = try #require(try pull.receive(timeout: .seconds(5)))
      #expect(received[0].withUnsafeBytes(\.baseAddress) == sent, "not even received by copy")
      #expect(received[0].count == 100_000)
    }
    #expect(storage == nil)
  }

  @Test func adoptedBytesDoNotFollowTheArray() {
    var bytes: [UInt8] = [1, 2, 3]
    let frame = Frame(adopting: bytes)
    bytes[0] = 9
    #expect(frame.bytes == [1, 2, 3])
    #expect(Frame(adopting: []).bytes == [])
  }

  @Test func copiedBytesDoNotFollowTheirSource() {
    for count in [0, 1, 33, 34, 5000] {
      var bytes = [UInt8](repeating: 5, count: count)
      let frame = bytes.withUnsafeBytes { Frame(copying: $0) }
      for index in bytes.indices { bytes[index] = 6 }
      #expect(frame.bytes == [UInt8](repeating: 5, count: count))
    }
  }

  @Test func textIsStrict() {
    #expect(Frame("Größe 物").string == "Größe 物")
    #expect(Frame("Größe 物").bytes == Array("Größe 物".utf8))
    #expect(Frame().string == "")
    #expect(Frame(adopting: [0x61, 0xFF]).string == nil)
    #expect(Frame(adopting: [0xC0, 0x80]).string == nil, "an overlong zero")
    #expect("\(Frame("secret"))" == "frame of 6 bytes")
  }

  @Test func aRefusedMessageIsRefusedWhole() throws {
    let context = try Context()
    var options = SocketOptions()
    options.sendHighWaterMark = 2
    options.receiveHighWaterMark = 2
    let pull = try Socket(.pull, in: context, options: options)
    let push = try Socket(.push, in: context, options: options)
    try pull.bind("inproc://whole")
    try push.connect("inproc://whole")

    var sent = 0
    while sent < 100, try push.send("\(sent)", "", "end", wait: false) { sent += 1 }
    #expect((2...4).contains(sent))
    var expected = 0
    while let message = try pull.texts(timeout: .zero) {
      #expect(message == ["\(expected)", "", "end"])
      expected += 1
    }
    #expect(expected == sent)
    #expect(try push.send("room", "again"))
    #expect(try pull.texts() == ["room", "again"])
  }

  @Test func routersNameTheirPeers() throws {
    let context = try Context()
    var options = SocketOptions()
    options.routerMandatory = true
    let router = try Socket(.router, in: context, options: options)
    let dealer = try Socket(.dealer, in: context)
    try dealer.connect(try router.bind("tcp://127.0.0.1:*"))
    #expect(try dealer.send("question"))
    let message = try #require(try router.receive(timeout: .seconds(5)))
    #expect(message.count == 2)
    #expect(message[1].string == "question")
    try router.send([message[0], Frame("answer")])
    #expect(try dealer.texts() == ["answer"])

    let error = failure { _ = try router.send("nobody", "answer") }
    #expect(error?.code == .unroutable)
    #expect(error?.description == "cannot send: no peer of that identity is connected")
  }

  @Test func turnsAreKept() throws {
    let context = try Context()
    let reply = try Socket(.reply, in: context)
    let error = failure { _ = try reply.send("an answer to nothing") }
    #expect(error?.code == .wrongState)
  }
}
