import Foundation
import Testing
import Transport

@Suite struct PollTests {
  @Test func readinessIsSeen() throws {
    let context = try Context()
    var options = SocketOptions()
    options.sendHighWaterMark = 1
    options.receiveHighWaterMark = 1
    let push = try Socket(.push, in: context, options: options)
    let pull = try Socket(.pull, in: context, options: options)
    try pull.bind("inproc://poll")
    var items = [push.pollItem(for: .writable), pull.pollItem(for: .readable)]
    #expect(try Poller.wait(&items, timeout: .zero) == 0)
    #expect(!items[0].isWritable && !items[1].isReadable)

    try push.connect("inproc://poll")
    #expect(try Poller.wait(&items, timeout: .seconds(1)) == 1)
    #expect(items[0].isWritable && !items[0].isReadable && !items[1].isReadable)

    #expect(try push.send("one"))
    #expect(try push.send("two"))
    #expect(try Poller.wait(&items, timeout: .seconds(1)) == 1)
    #expect(!items[0].isWritable && items[1].isReadable && !items[1].isWritable)
  }

  @Test func wakeupEndsAPoll() throws {
    let context = try Context()
    let owner = Owner(try Socket(.pull, in: context))
    let bell = try Wakeup()
    let waiting = Running { () -> [Bool] in
      var items = [
        owner.socket.pollItem(for: .readable), PollItem(fileDescriptor: bell.fileDescriptor),
      ]
      let ready = try Poller.wait(&items, timeout: .seconds(10))
      return [ready == 1, items[0].isReadable, items[1].isReadable]
    }
    Thread.sleep(forTimeInterval: 0.05)
    bell.signal()
    #expect(try waiting.value() == [true, false, true])

    var items = [PollItem(fileDescriptor: bell.fileDescriptor)]
    bell.signal()
    #expect(try Poller.wait(&items, timeout: .zero) == 1, "two signals, not cleared yet")
    bell.clear()
    #expect(try Poller.wait(&items, timeout: .zero) == 0, "cleared at once")
    bell.clear()
    bell.signal()
    #expect(try Poller.wait(&items, timeout: .zero) == 1)
  }

  @Test func waitsAreNotShorterThanAsked() throws {
    let bell = try Wakeup()
    var items = [PollItem(fileDescriptor: bell.fileDescriptor)]
    for timeout in [Duration.microseconds(300), .milliseconds(30)] {
      let elapsed = try ContinuousClock().measure {
        let ready = try Poller.wait(&items, timeout: timeout)
        #expect(ready == 0)
      }
      #expect(elapsed >= timeout && elapsed < timeout + .seconds(1))
    }
  }

  @Test func aDescriptorThatIsNotOpenHasFailed() throws {
    var items = [PollItem(fileDescriptor: 987_654)]
    #expect(try Poller.wait(&items, timeout: .zero) == 1)
    #expect(items[0].hasFailed && !items[0].isReadable)
  }
}
