import Foundation

/// A bounded queue between two threads: whoever fills it waits while it is full, so that memory stays bounded and
/// back-pressure reaches the sender. Urgent items overtake; too many of them are turned away, and nobody waits.
final class Inbox<Item: Sendable>: @unchecked Sendable {
  // Everything mutable below is touched with `condition` locked only.
  private let condition = NSCondition()
  let limit: Int
  let byteLimit: Int
  /// Urgent items that may wait.
  let urgentLimit = 64
  private var items: [(item: Item, bytes: Int)] = []
  private var head = 0
  private var bytes = 0
  private var urgent: [Item] = []
  private var wasUrgent = false
  /// Threads that wait for an item, and for room.
  private var waiting = (forItems: 0, forRoom: 0)
  private var isClosed = false

  /// - Parameters:
  ///   - limit: items that may wait.
  ///   - byteLimit: bytes that may wait; a single item may be larger.
  init(limit: Int, byteLimit: Int = .max) {
    self.limit = limit
    self.byteLimit = byteLimit
  }

  /// Items and bytes that wait.
  var depth: (items: Int, bytes: Int) {
    condition.lock()
    defer { condition.unlock() }
    return (items.count - head, bytes)
  }

  /// Adds an item, waiting while the queue is full.
  ///
  /// - Returns: false if the queue is closed; the item is dropped then.
  @discardableResult
  func push(_ item: Item, bytes size: Int = 0) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while !isClosed, items.count - head >= limit || (items.count > head && bytes + size > byteLimit)
    {
      waiting.forRoom += 1
      condition.wait()
      waiting.forRoom -= 1
    }
    guard !isClosed else { return false }
    items.append((item, size))
    bytes += size
    if waiting.forItems > 0 { condition.broadcast() }
    return true
  }

  /// Adds an item that overtakes all others.
  ///
  /// - Returns: false if the queue is closed or too many such items wait; the item is dropped then.
  func pushUrgent(_ item: Item) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    guard !isClosed, urgent.count < urgentLimit else { return false }
    urgent.append(item)
    if waiting.forItems > 0 { condition.broadcast() }
    return true
  }

  /// The next item; waits for one. Nothing once the queue is closed and empty.
  func pop() -> Item? {
    condition.lock()
    defer { condition.unlock() }
    while urgent.isEmpty, items.count == head, !isClosed {
      waiting.forItems += 1
      condition.wait()
      waiting.forItems -= 1
    }
    return takeNext()
  }

  /// The next item if there is one.
  func popIfPresent() -> Item? {
    condition.lock()
    defer { condition.unlock() }
    return takeNext()
  }

  /// An urgent item, but never two in a row while others wait.
  private func takeNext() -> Item? {
    wasUrgent = !urgent.isEmpty && !(wasUrgent && items.count > head)
    return wasUrgent ? urgent.removeFirst() : takeFirst()
  }

  /// Ends the queue: nothing more goes in, what is in can still be taken out.
  func close() {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
  }

  private func takeFirst() -> Item? {
    guard items.count > head else { return nil }
    let (item, size) = items[head]
    head += 1
    bytes -= size
    if head == items.count {
      items.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024 {
      items.removeSubrange(..<head)
      head = 0
    }
    // Whoever waits for room is called once there is plenty, and not for every item: each call costs both threads.
    let left = items.count - head
    if waiting.forRoom > 0, left <= limit / 2, left == 0 || bytes <= byteLimit / 2 {
      condition.broadcast()
    }
    return item
  }
}
