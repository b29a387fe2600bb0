import Foundation
import Synchronization
import Testing
import Transport

@Suite struct PublishTests {
  @Test func subscribersGetWhatTheyAskedFor() throws {
    let context = try Context()
    let publisher = try Socket(.xpub, in: context)
    let subscriber = try Socket(.subscribe, in: context)
    try subscriber.connect(try publisher.bind("tcp://127.0.0.1:*"))
    try subscriber.subscribe("cam1/")
    #expect(try publisher.texts() == ["\u{1}cam1/"])
    for topic in ["cam10/", "cam", "cam1/left", "", "cam1/"] {
      #expect(try publisher.send(topic, "x"))
    }
    #expect(try subscriber.texts() == ["cam1/left", "x"])
    #expect(try subscriber.texts() == ["cam1/", "x"])

    try subscriber.unsubscribe("cam1/")
    #expect(try publisher.texts() == ["\u{0}cam1/"])
    #expect(try publisher.send("cam1/", "y"))
    try subscriber.subscribe("")
    #expect(try publisher.texts() == ["\u{1}"])
    #expect(try publisher.send("anything"))
    #expect(try subscriber.texts() == ["anything"])
  }

  @Test func onlyVerbosePublishersHearOfEverySubscription() throws {
    let context = try Context()
    for verbose in [false, true] {
      var options = SocketOptions()
      options.xpubVerbose = verbose
      let publisher = try Socket(.xpub, in: context, options: options)
      let endpoint = try publisher.bind("tcp://127.0.0.1:*")
      let first = try Socket(.subscribe, in: context)
      try first.connect(endpoint)
      try first.subscribe("a")
      #expect(try publisher.texts() == ["\u{1}a"])
      let second = try Socket(.subscribe, in: context)
      try second.connect(endpoint)
      try second.subscribe("a")
      try second.subscribe("b")
      #expect(try publisher.texts() == [verbose ? "\u{1}a" : "\u{1}b"])
    }
  }

  @Test func xsubSubscribesToo() throws {
    let context = try Context()
    let publisher = try Socket(.xpub, in: context)
    let subscriber = try Socket(.xsub, in: context)
    try subscriber.connect(try publisher.bind("tcp://127.0.0.1:*"))
    try subscriber.subscribe("a")
    #expect(try publisher.texts() == ["\u{1}a"])
    try subscriber.unsubscribe("a")
    #expect(try publisher.texts() == ["\u{0}a"])
    let error = failure { try publisher.subscribe("a") }
    #expect(error?.code == .unsupported)
    #expect(error?.description == "cannot subscribe: a xpub socket has no subscriptions")
  }

  /// 50000 messages of 128 bytes are far more than the queues and the kernel's buffers hold.
  @Test(arguments: [SocketKind.xpub, .publish]) func noDropLosesNothing(_ kind: SocketKind) throws {
    let total = 50_000
    let (context, folder) = (try Context(), try Folder())
    let endpoint = "ipc://\(folder.path)/events"
    var options = SocketOptions()
    options.sendHighWaterMark = 100
    options.receiveHighWaterMark = 100
    options.xpubNoDrop = true
    let publisher = Owner(try Socket(kind, in: context, options: options))
    try publisher.socket.bind(endpoint)
    options.xpubNoDrop = false
    let subscriber = try Socket(.subscribe, in: context, options: options)
    try subscriber.connect(endpoint)
    try subscriber.subscribe("events/")

    // A plain publisher cannot be asked for its subscribers: it calls until one answers.
    repeat {
      _ = try publisher.socket.send("events/", "call")
    } while try subscriber.receive(
      timeout: .milliseconds(5)) == nil
    while try subscriber.receive(timeout: .milliseconds(50)) != nil {}

    try withExtendedLifetime(publisher) {
      let counter = Counter()
      let sender = Running {
        for number in 0..<total {
          var payload = [UInt8](repeating: 0, count: 128)
          withUnsafeBytes(of: number.littleEndian) { payload.replaceSubrange(0..<8, with: $0) }
          try publisher.socket.send([Frame("events/"), Frame(adopting: payload)])
          counter.increment()
        }
      }
      Thread.sleep(forTimeInterval: 0.3)
      let blockedAt = counter.value
      #expect(blockedAt > 0 && blockedAt < total / 2, "the sender should wait for the subscriber")
      Thread.sleep(forTimeInterval: 0.05)
      #expect(counter.value == blockedAt)

      for expected in 0..<total {
        let message = try #require(try subscriber.receive(timeout: .seconds(5)))
        let number = message[1].withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
        guard number == Int(littleEndian: expected) else {
          Issue.record("message \(number) instead of \(expected)")
          break
        }
      }
      try sender.value()
      #expect(try subscriber.receive(wait: false) == nil)
    }
  }

  @Test func conflateKeepsTheNewest() throws {
    let context = try Context()
    var options = SocketOptions()
    options.conflate = true
    let publisher = try Socket(.xpub, in: context)
    let subscriber = try Socket(.subscribe, in: context, options: options)
    let endpoint = try publisher.bind("tcp://127.0.0.1:*")
    let witness = try Socket(.subscribe, in: context)
    try subscriber.connect(endpoint)
    try subscriber.subscribe("p")
    #expect(try publisher.texts() == ["\u{1}p"])
    try witness.connect(endpoint)
    try witness.subscribe("end")
    #expect(try publisher.texts() == ["\u{1}end"])
    for number in 0..<100 { #expect(try publisher.send("p\(number)")) }
    #expect(try publisher.send("end"))
    // When the witness has the end, the I/O thread has long passed on all the others.
    #expect(try witness.texts() == ["end"])
    Thread.sleep(forTimeInterval: 0.1)
    #expect(try subscriber.texts() == ["p99"])
    #expect(try subscriber.receive(wait: false) == nil)
  }
}

private final class Counter: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .relaxed) }
  func increment() { count.add(1, ordering: .relaxed) }
}
