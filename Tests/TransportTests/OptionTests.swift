import Testing
import Transport

@Suite struct OptionTests {
  @Test(arguments: [Carrier.ipc, .tcp]) func oversizedMessagesDoNotArrive(_ carrier: Carrier) throws
  {
    let (context, folder) = (try Context(), try Folder())
    var options = SocketOptions()
    options.maxMessageSize = 1000
    let pull = try Socket(.pull, in: context, options: options)
    let endpoint = try pull.bind(carrier.endpoint(in: folder))
    let hostile = try Socket(.push, in: context)
    try hostile.connect(endpoint)
    try hostile.send([Frame(adopting: [UInt8](repeating: 1, count: 1001))])
    #expect(try pull.receive(timeout: .milliseconds(200)) == nil)

    let decent = try Socket(.push, in: context)
    try decent.connect(endpoint)
    try decent.send([Frame(adopting: [UInt8](repeating: 2, count: 1000))])
    let message = try #require(try pull.receive(timeout: .seconds(5)))
    #expect(message.map(\.bytes) == [[UInt8](repeating: 2, count: 1000)])
  }

  @Test func receivingTimesOut() throws {
    let context = try Context()
    var options = SocketOptions()
    options.receiveTimeout = .milliseconds(60)
    let pull = try Socket(.pull, in: context, options: options)
    try pull.bind("inproc://silent")
    let clock = ContinuousClock()
    let byOption = try clock.measure {
      let message = try pull.receive()
      #expect(message == nil)
    }
    #expect(byOption >= .milliseconds(55) && byOption < .seconds(2))
    let byCall = try clock.measure {
      let message = try pull.receive(timeout: .milliseconds(90))
      #expect(message == nil)
    }
    #expect(byCall >= .milliseconds(90) && byCall < .seconds(2))
    let atOnce = try clock.measure {
      let message = try pull.receive(wait: false)
      #expect(message == nil)
    }
    #expect(atOnce < .milliseconds(50))
  }

  @Test func sendingTimesOut() throws {
    let context = try Context()
    var options = SocketOptions()
    options.sendTimeout = .milliseconds(60)
    let push = try Socket(.push, in: context, options: options)
    let elapsed = ContinuousClock().measure {
      let error = failure { _ = try push.send("to nobody") }
      #expect(error?.code == .timedOut)
      #expect(
        error?.description
          == "no peer took a message within the send timeout of this push socket")
    }
    #expect(elapsed >= .milliseconds(55) && elapsed < .seconds(2))
    #expect(try push.send("to nobody", wait: false) == false)
  }

  @Test func immediateSendsNeedAPeer() throws {
    let context = try Context()
    for immediate in [false, true] {
      var options = SocketOptions()
      options.immediate = immediate
      let push = try Socket(.push, in: context, options: options)
      // Port 1 of the loopback is nobody's.
      try push.connect("tcp://127.0.0.1:1")
      #expect(try push.send("queued?", wait: false) == !immediate)
    }
  }

  @Test func everyOptionIsAccepted() throws {
    let context = try Context()
    var options = SocketOptions()
    options.sendHighWaterMark = 0
    options.receiveHighWaterMark = 7
    options.maxMessageSize = 5_000_000_000
    options.linger = .milliseconds(1)
    options.sendTimeout = .seconds(100_000_000_000)
    options.receiveTimeout = .zero
    options.heartbeat = Heartbeat(interval: .seconds(1), timeout: .seconds(3), ttl: .seconds(6))
    options.reconnectInterval = .microseconds(1)
    options.reconnectIntervalMax = .seconds(5)
    options.immediate = true
    options.zapDomain = try ZapHandler(in: context).domain("afferent")
    for kind in SocketKind.allCases {
      var fitting = options
      fitting.xpubNoDrop = kind == .xpub || kind == .publish
      fitting.xpubVerbose = kind == .xpub
      fitting.routerMandatory = kind == .router
      #expect(try Socket(kind, in: context, options: fitting).kind == kind)
    }
  }

  @Test func misfitsAreRefusedByName() throws {
    let context = try Context()
    func refusal(_ kind: SocketKind, _ change: (inout SocketOptions) -> Void) -> TransportError? {
      var options = SocketOptions()
      change(&options)
      return failure { _ = try Socket(kind, in: context, options: options) }
    }
    let misfits: [(String, TransportError?)] = [
      ("sendHighWaterMark = -1", refusal(.push) { $0.sendHighWaterMark = -1 }),
      ("maxMessageSize = -1", refusal(.pull) { $0.maxMessageSize = -1 }),
      ("xpubNoDrop = 1", refusal(.subscribe) { $0.xpubNoDrop = true }),
      ("routerMandatory = 1", refusal(.dealer) { $0.routerMandatory = true }),
      ("conflate = true", refusal(.router) { $0.conflate = true }),
      (
        "heartbeat.ttl = 7000000",
        refusal(.pair) { $0.heartbeat = Heartbeat(interval: .seconds(1), ttl: .seconds(7000)) }
      ),
    ]
    for (text, error) in misfits {
      #expect(error?.code == .invalidOption, "\(text)")
      #expect(error?.description.contains(text) == true, "\(text): \(String(describing: error))")
    }
    #expect(failure { _ = try Context(ioThreads: -1) }?.code == .invalidOption)
  }
}
