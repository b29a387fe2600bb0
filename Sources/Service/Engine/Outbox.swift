import Transport

/// The queue in front of the publishing thread, with the bell that wakes it.
final class Outbox: Sendable {
  private let items: Inbox<OutgoingItem>
  let wakeup: Wakeup

  init(limit: Int) throws(TransportError) {
    items = Inbox(limit: limit)
    wakeup = try Wakeup()
  }

  var depth: Int { items.depth.items }

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
