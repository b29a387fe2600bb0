import Synchronization
import Transport

/// The queue in front of the publishing thread, with the bell that wakes it.
///
/// Consumers cannot slow the engine: libzmq drops what a slow one's queue cannot take. What slows the publishing thread
/// itself shows here, and the engine leaves out what can be left out.
final class Outbox: Sendable {
  private let items: Inbox<OutgoingItem>
  let wakeup: Wakeup
  /// Bytes of deltas on their way, here and in libzmq's queues; a delta that goes to many counts once.
  private let deltaBytes = Atomic<Int>(0)
  let deltaByteLimit: Int

  /// - Parameters:
  ///   - limit: messages that may wait.
  ///   - deltaByteLimit: bytes of deltas that may be on their way before changes of the weights are gathered into fewer.
  init(limit: Int, deltaByteLimit: Int = .max) throws(TransportError) {
    items = Inbox(limit: limit)
    self.deltaByteLimit = deltaByteLimit
    wakeup = try Wakeup()
  }

  var depth: Int { items.depth.items }

  /// Whether what can be left out is to be left out.
  var isHalfFull: Bool { items.fullness > 0.5 }

  var bytesOfDeltas: Int { deltaBytes.load(ordering: .relaxed) }

  /// Notes a delta that sets out. Its bytes count until ``noteDeltaGone(bytes:)``.
  func noteDelta(bytes: Int) { deltaBytes.add(bytes, ordering: .relaxed) }

  func noteDeltaGone(bytes: Int) { deltaBytes.subtract(bytes, ordering: .relaxed) }

  /// Adds a message; waits while the queue is full, which the publishing thread never leaves for long: its sockets
  /// drop for slow consumers and do not block.
  ///
  /// - Parameter rings: whether the publishing thread is woken for it; ``ring()`` has to follow soon, otherwise, and
  ///   before the queue is full.
  func push(_ item: OutgoingItem, rings: Bool = true) {
    items.push(item)
    if rings { wakeup.signal() }
  }

  /// Wakes the publishing thread.
  func ring() { wakeup.signal() }

  func popIfPresent() -> OutgoingItem? { items.popIfPresent() }

  func close() {
    items.close()
    wakeup.signal()
  }
}
