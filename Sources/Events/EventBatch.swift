/// Events in columns: what a file chunk or a message holds, and what crosses a module boundary.
///
/// The four columns always have the same length. Batches are meant to be reused:
/// ``removeAll()`` keeps the memory.
public struct EventBatch: Equatable, Sendable {
  /// Times in microseconds.
  public internal(set) var t: [Int64] = []
  /// Columns of the sensor, from the left.
  public internal(set) var x: [UInt16] = []
  /// Rows of the sensor, from the top.
  public internal(set) var y: [UInt16] = []
  /// Polarities, `true` for ON.
  public internal(set) var on: [Bool] = []

  public init() {}

  /// A batch that holds `events` in the given order.
  public init(_ events: some Sequence<Event>) {
    for event in events { append(event) }
  }

  /// A batch of columns of one length.
  init(t: [Int64], x: [UInt16], y: [UInt16], on: [Bool]) {
    precondition(t.count == x.count && t.count == y.count && t.count == on.count)
    (self.t, self.x, self.y, self.on) = (t, x, y, on)
  }

  public var count: Int { t.count }
  public var isEmpty: Bool { t.isEmpty }
  public var indices: Range<Int> { 0..<t.count }

  /// The event at `index`, assembled from the columns.
  public subscript(index: Int) -> Event {
    Event(t: t[index], x: x[index], y: y[index], on: on[index])
  }

  public mutating func append(_ event: Event) {
    append(t: event.t, x: event.x, y: event.y, on: event.on)
  }

  public mutating func append(t: Int64, x: UInt16, y: UInt16, on: Bool) {
    self.t.append(t)
    self.x.append(x)
    self.y.append(y)
    self.on.append(on)
  }

  /// Appends the events of `other` that lie in `range`.
  public mutating func append(_ other: EventBatch, range: Range<Int>) {
    t.append(contentsOf: other.t[range])
    x.append(contentsOf: other.x[range])
    y.append(contentsOf: other.y[range])
    on.append(contentsOf: other.on[range])
  }

  /// Appends all events of `other`.
  public mutating func append(_ other: EventBatch) {
    append(other, range: other.indices)
  }

  /// Adds `offset` microseconds to every time.
  public mutating func shift(by offset: Int64) { mapTimes { $0 &+ offset } }

  /// Gives the events of `range` the time of the earliest of them.
  public mutating func mergeTimes(of range: Range<Int>) {
    guard let earliest = t[range].min() else { return }
    for index in range { t[index] = earliest }
  }

  /// Puts another time in the place of every time, in their order.
  mutating func mapTimes(_ change: (Int64) -> Int64) {
    t.withUnsafeMutableBufferPointer { times in
      for index in times.indices { times[index] = change(times[index]) }
    }
  }

  /// The columns of a batch, for a loop that changes events in place.
  struct Columns {
    let t: UnsafeMutablePointer<Int64>
    let x: UnsafeMutablePointer<UInt16>
    let y: UnsafeMutablePointer<UInt16>
    let on: UnsafeMutablePointer<Bool>
    let count: Int
  }

  /// Lets `body` change events in place; it returns how many, from the first, are to stay.
  @inline(__always)
  mutating func edit(_ body: (Columns) -> Int) {
    let count = count
    let kept = t.withUnsafeMutableBufferPointer { t in
      x.withUnsafeMutableBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
          on.withUnsafeMutableBufferPointer { on in
            guard let t = t.baseAddress, let x = x.baseAddress, let y = y.baseAddress,
              let on = on.baseAddress
            else { return 0 }
            return body(Columns(t: t, x: x, y: y, on: on, count: count))
          }
        }
      }
    }
    let surplus = count - kept
    t.removeLast(surplus)
    x.removeLast(surplus)
    y.removeLast(surplus)
    on.removeLast(surplus)
  }

  /// Keeps the events from index `first` on for which `isKept` returns true, and all before; it may change its event.
  @inline(__always)
  mutating func filter(from first: Int = 0, _ isKept: (Columns, Int) -> Bool) {
    edit { columns in
      var kept = first
      for index in first..<columns.count {
        let staying = isKept(columns, index)
        // Written in any case: a jump that cannot be foreseen costs more.
        columns.t[kept] = columns.t[index]
        columns.x[kept] = columns.x[index]
        columns.y[kept] = columns.y[index]
        columns.on[kept] = columns.on[index]
        kept += staying ? 1 : 0
      }
      return kept
    }
  }

  /// The earliest and the latest time.
  var timeSpan: ClosedRange<Int64>? {
    guard let first = t.first else { return nil }
    var (earliest, latest) = (first, first)
    t.withUnsafeBufferPointer { times in
      for time in times {
        earliest = min(earliest, time)
        latest = max(latest, time)
      }
    }
    return earliest...latest
  }

  /// Makes room for `count` more events; doubles it where it is short, so that many small additions stay cheap.
  mutating func makeRoom(for count: Int) {
    let needed = t.count + count
    guard needed > t.capacity || needed > min(x.capacity, y.capacity, on.capacity) else { return }
    reserveCapacity(max(needed, 2 * t.count))
  }

  public mutating func reserveCapacity(_ capacity: Int) {
    t.reserveCapacity(capacity)
    x.reserveCapacity(capacity)
    y.reserveCapacity(capacity)
    on.reserveCapacity(capacity)
  }

  /// Empties the batch and keeps its memory.
  public mutating func removeAll() {
    t.removeAll(keepingCapacity: true)
    x.removeAll(keepingCapacity: true)
    y.removeAll(keepingCapacity: true)
    on.removeAll(keepingCapacity: true)
  }
}
