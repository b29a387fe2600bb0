/// Puts events that arrive out of order back in order, within a window of stream time.
///
/// An event leaves when one at least `window` younger has arrived, or when the buffer is full; events of one time leave
/// in the order of their arrival. With a window of 0 it holds nothing.
struct ReorderBuffer {
  private struct Item {
    let time: Int64
    let arrival: UInt64
    let address: Int32

    @inline(__always)
    func precedes(_ other: Item) -> Bool {
      time < other.time || (time == other.time && arrival < other.arrival)
    }
  }

  private let window: Int64
  private let capacity: Int
  private var heap: [Item] = []
  private var arrivals: UInt64 = 0
  private var newest = Int64.min

  /// Events held.
  var count: Int { heap.count }

  init(window: Int64, capacity: Int = 1 << 20) {
    self.window = window
    self.capacity = capacity
  }

  /// Whether events leave as they come.
  var isPassage: Bool { window <= 0 && heap.isEmpty }

  /// Takes an event in and hands on what is ready.
  @inline(__always)
  mutating func insert(time: Int64, address: Int32, body: (Int64, Int32) -> Void) {
    guard window > 0 else { return body(time, address) }
    newest = max(newest, time)
    push(Item(time: time, arrival: arrivals, address: address))
    arrivals += 1
    while let first = heap.first, first.time <= newest - window || heap.count > capacity {
      pop()
      body(first.time, first.address)
    }
  }

  /// Everything it holds, for a checkpoint.
  struct Contents {
    var times: [Int64]
    var addresses: [Int32]
    /// The numbers of their arrivals.
    var numbers: [Int64]
    var position: Position
  }

  /// What is no list of events.
  struct Position: Codable {
    var arrivals: UInt64
    var newest: Int64
  }

  var contents: Contents {
    Contents(
      times: heap.map(\.time), addresses: heap.map(\.address),
      numbers: heap.map { Int64(truncatingIfNeeded: $0.arrival) },
      position: Position(arrivals: arrivals, newest: newest))
  }

  /// Takes over what ``contents`` gave.
  ///
  /// - Returns: false, and nothing has changed, for lists of different lengths and for impossible numbers.
  mutating func restore(_ contents: Contents) -> Bool {
    let (times, position) = (contents.times, contents.position)
    let largest: Int64 = 1 << 62
    guard contents.addresses.count == times.count, contents.numbers.count == times.count,
      position.arrivals <= 1 << 60,
      position.newest == .min || position.newest.magnitude <= largest,
      times.allSatisfy({ $0.magnitude <= largest }),
      contents.numbers.allSatisfy({ $0 >= 0 })
    else { return false }
    removeAll()
    for index in times.indices {
      push(
        Item(
          time: times[index], arrival: UInt64(contents.numbers[index]),
          address: contents.addresses[index]))
    }
    (arrivals, newest) = (position.arrivals, position.newest)
    return true
  }

  /// Hands on everything that is left.
  mutating func flush(body: (Int64, Int32) -> Void) {
    while let first = heap.first {
      pop()
      body(first.time, first.address)
    }
    newest = Int64.min
  }

  /// Hands on what is older than `time`: no older event is to be waited for.
  mutating func release(before time: Int64, body: (Int64, Int32) -> Void) {
    while let first = heap.first, first.time < time {
      pop()
      body(first.time, first.address)
    }
  }

  mutating func removeAll() {
    heap.removeAll(keepingCapacity: true)
    newest = Int64.min
  }

  private mutating func push(_ item: Item) {
    heap.append(item)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var smallest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].precedes(heap[smallest]) { smallest = child }
      }
      guard smallest != parent else { return }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
