import Transport

/// The queue in front of the publishing thread, with the bell that wakes it.
///
/// Consumers cannot slow the engine: libzmq drops what a slow one's queue cannot take. What slows the publishing thread
/// itself shows here, and the engine leaves out what can be left out.
final class Outbox: Sendable {
  private let items: Inbox<OutgoingItem>
  let wakeup: Wakeup
  let deltas = BytesUnderWay()
  let deltaByteLimit: Int
  let snapshots = BytesUnderWay()
  /// Snapshots that may be under way: who asks for them without taking them is not to fill the memory.
  static let mostSnapshots = 16

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
