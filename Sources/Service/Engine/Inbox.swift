import Foundation

/// A bounded queue between two threads: whoever fills it waits while it is full, so that memory stays bounded and
/// back-pressure reaches the sender. Urgent items overtake; too many of them are turned away, and nobody waits.
final class Inbox<Item: Sendable>: @unchecked Sendable {
  private struct Entry {
    /// Nothing once it was taken out.
    var item: Item?
    var bytes: Int
    /// Whether only its essence is left, which does not count; see ``Sheddable``.
    var isEssence = false
  }

  // Everything mutable below is touched with `condition` locked only.
  private let condition = NSCondition()
  let limit: Int
  let byteLimit: Int
  /// Urgent items that may wait.
  let urgentLimit = 64
  private var entries: [Entry] = []
  private var head = 0
  private var bytes = 0
  /// Entries of which only the essence is left.
  private var essences = 0
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
    return (count, bytes)
  }

  /// The part of the limits that is used, of items or of bytes, whichever is larger.
  var fullness: Double {
    let depth = depth
    return max(Double(depth.items) / Double(limit), Double(depth.bytes) / Double(byteLimit))
  }

  /// Adds an item, waiting while the queue is full.
  ///
  /// - Returns: false if the queue is closed; the item is dropped then.
  @discardableResult
  func push(_ item: Item, bytes size: Int = 0) -> Bool {
    push(item, size, makingRoom: { false })
  }

  private func push(_ item: Item, _ size: Int, makingRoom: () -> Bool) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while !isClosed, count >= limit || (count > 0 && size > byteLimit - bytes) {
      guard !makingRoom() else { continue }
      waiting.forRoom += 1
      condition.wait()
      waiting.forRoom -= 1
    }
    guard !isClosed else { return false }
    entries.append(Entry(item: item, bytes: size))
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

  /// What a wait for an item brought.
  enum Popped {
    case item(Item)
    /// No item came in time.
    case nothing
    /// None comes any more.
    case end
  }

  /// Waits for the next item.
  ///
  /// - Parameter time: how long at most; nil waits for as long as it takes.
  func pop(within time: Duration? = nil) -> Popped {
    let deadline = time.map { Date(timeIntervalSinceNow: $0.seconds) }
    condition.lock()
    defer { condition.unlock() }
    var isInTime = true
    while isInTime, urgent.isEmpty, entries.count == head, !isClosed {
      waiting.forItems += 1
      if let deadline { isInTime = condition.wait(until: deadline) } else { condition.wait() }
      waiting.forItems -= 1
    }
    if let item = takeNext() { return .item(item) }
    return isClosed ? .end : .nothing
  }

  /// The next item if there is one.
  func popIfPresent() -> Item? {
    condition.lock()
    defer { condition.unlock() }
    return takeNext()
  }

  /// An urgent item, but never two in a row while others wait.
  private func takeNext() -> Item? {
    wasUrgent = !urgent.isEmpty && !(wasUrgent && entries.count > head)
    return wasUrgent ? urgent.removeFirst() : takeFirst()
  }

  /// Ends the queue: nothing more goes in, what is in can still be taken out.
  func close() {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
  }

  /// Items that count.
  private var count: Int { entries.count - head - essences }

  private func takeFirst() -> Item? {
    guard entries.count > head else { return nil }
    let first = entries[head]
    dropFirst()
    bytes -= first.bytes
    if first.isEssence { essences -= 1 }
    // Whoever waits for room is called once there is plenty, and not for every item: each call costs both threads.
    if waiting.forRoom > 0, count <= limit / 2, count == 0 || bytes <= byteLimit / 2 {
      condition.broadcast()
    }
    return first.item
  }

  private func dropFirst() {
    // What was taken out is not to be kept alive by its old place.
    entries[head].item = nil
    head += 1
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024 {
      entries.removeSubrange(..<head)
      head = 0
    }
  }
}

/// An item of which a part may be lost.
protocol Sheddable {
  /// What must not be lost of it; nothing if all of it has to stay.
  var essence: Self? { get }
  /// Whether nothing of a later item may come before this one.
  func mustPrecede(_ later: Self) -> Bool
  /// Takes the essence of a later item into this one, which is an essence too. False if they have to stay apart.
  mutating func absorb(_ later: Self) -> Bool
}

extension Inbox where Item: Sheddable {
  /// Adds an item. While the queue is full, the oldest item that can be reduced to its essence makes room. It waits only
  /// where that leaves no room: as many essences wait as items may, or nothing can be lost of any item.
  ///
  /// - Returns: false if the queue is closed; the item is dropped then.
  @discardableResult
  func pushShedding(_ item: Item, bytes size: Int = 0) -> Bool {
    push(item, size, makingRoom: shedOldest)
  }

  private func shedOldest() -> Bool {
    guard essences < limit else { return false }
    for index in head..<entries.count where !entries[index].isEssence {
      guard let essence = entries[index].item?.essence else { continue }
      bytes -= entries[index].bytes
      for earlier in (head..<index).reversed() {
        guard entries[earlier].isEssence, entries[earlier].item?.absorb(essence) == true else {
          if entries[earlier].item?.mustPrecede(essence) == true { break }
          continue
        }
        // The few that are older move up.
        for place in stride(from: index, to: head, by: -1) { entries[place] = entries[place - 1] }
        dropFirst()
        return true
      }
      entries[index] = Entry(item: essence, bytes: 0, isEssence: true)
      essences += 1
      return true
    }
    return false
  }
}
