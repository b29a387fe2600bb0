import Foundation
import Testing
import Transport

@Suite(.timeLimit(.minutes(10))) struct LifetimeTests {
  @Test func socketsKeepTheirContext() throws {
    weak var context: Context?
    func open() throws -> Owner {
      let strong = try Context()
      context = strong
      return Owner(try Socket(.push, in: strong))
    }
    var owner: Owner? = try open()
    #expect(context != nil)
    try owner?.socket.connect("tcp://127.0.0.1:1")
    #expect(try owner?.socket.send("never delivered", wait: false) == true)
    owner = nil
    // Ends the context here: with an open socket or a lingering message this would never return.
    #expect(context == nil)
  }

  @Test func shutdownEndsABlockedReceive() throws {
    let context = try Context()
    let owner = Owner(try Socket(.pull, in: context))
    try owner.socket.bind("inproc://blocked")
    let receiver = Running { failure { _ = try owner.socket.receive() } }
    Thread.sleep(forTimeInterval: 0.05)
    context.shutdown()
    let error = try receiver.value()
    #expect(error?.code == .terminated)
    #expect(error?.description == "cannot receive: the context was shut down")
    #expect(failure { _ = try Socket(.pull, in: context) }?.code == .terminated)
  }

  @Test func shutdownEndsABlockedPoll() throws {
    let context = try Context()
    let owner = Owner(try Socket(.pull, in: context))
    let poller = Running {
      failure {
        var items = [owner.socket.pollItem(for: .readable)]
        try Poller.wait(&items, timeout: nil)
      }
    }
    Thread.sleep(forTimeInterval: 0.05)
    context.shutdown()
    #expect(try poller.value()?.code == .terminated)
  }

  /// Without a retry, any signal (a debugger, a profiler, a terminal) would end a receive.
  @Test func signalsDoNotDisturb() throws {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(SIGUSR2, &action, nil)
    let context = try Context()
    let pull = Owner(try Socket(.pull, in: context))
    let push = try Socket(.push, in: context)
    try pull.socket.bind("inproc://signals")
    try push.connect("inproc://signals")
    for polls in [false, true] {
      let started = DispatchSemaphore(value: 0)
      let target = Target()
      let receiver = Running {
        // The test runs on a thread of libdispatch, which blocks signals and hands that down.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_UNBLOCK, &all, nil)
        target.thread = pthread_self()
        started.signal()
        return try polls
          ? pull.socket.texts(timeout: .seconds(5)) : pull.socket.receive()?.map(\.string)
      }
      started.wait()
      for _ in 0..<5 {
        Thread.sleep(forTimeInterval: 0.01)
        pthread_kill(target.thread, SIGUSR2)
      }
      Thread.sleep(forTimeInterval: 0.01)
      #expect(try push.send("at last"))
      #expect(try receiver.value() == ["at last"])
    }
  }

  @Test func pollItemsDoNotKeepASocketOpen() throws {
    let context = try Context()
    func item() throws -> PollItem {
      let socket = try Socket(.pull, in: context)
      try socket.bind("inproc://brief")
      return socket.pollItem(for: .readable)
    }
    var items = [try item()]
    let successor = try Socket(.pull, in: context)
    let deadline = ContinuousClock.now + .seconds(5)
    var isFree = false
    while !isFree, .now < deadline {
      isFree = failure { try successor.bind("inproc://brief") } == nil
    }
    #expect(isFree)
    let error = failure { try Poller.wait(&items, timeout: .zero) }
    #expect(error?.code == .closed)
  }
}

private final class Target: @unchecked Sendable {
  var thread = pthread_self()
}
