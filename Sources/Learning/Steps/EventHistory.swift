/// The events of the recent past, so that a trial can be run again: when its label comes late, or its loss is known at its
/// end only. It holds a number of events and forgets the oldest; 12 bytes each.
struct EventHistory {
  private let capacity: Int
  private var times: [Int64] = []
  private var addresses: [Int32] = []
  /// Where the oldest event stands once the buffer is full.
  private var start = 0
  /// The latest time of what has been forgotten.
  private(set) var forgotten: Int64?

  init(capacity: Int) {
    self.capacity = capacity
  }

  var count: Int { times.count }

  /// Takes the memory for all that it may hold.
  mutating func reserve() {
    times.reserveCapacity(capacity)
    addresses.reserveCapacity(capacity)
  }

  @inline(__always)
  mutating func append(time: Int64, address: Int32) {
    guard capacity > 0 else { return }
    if times.count < capacity {
      times.append(time)
      addresses.append(address)
      return
    }
    forgotten = max(forgotten ?? times[start], times[start])
    times[start] = time
    addresses[start] = address
    start = start + 1 == capacity ? 0 : start + 1
  }

  /// The same for many events.
  mutating func append(times new: UnsafeBufferPointer<Int64>, addresses: UnsafeBufferPointer<Int32>)
  {
    guard capacity > 0 else { return }
    var taken = min(new.count, capacity - times.count)
    if taken > 0 {
      times.append(contentsOf: new[..<taken])
      self.addresses.append(contentsOf: addresses[..<taken])
    }
    while taken < new.count {
      let room = start..<min(capacity, start + new.count - taken)
      let next = taken + room.count
      for oldest in times[room] { forgotten = max(forgotten ?? oldest, oldest) }
      times.replaceSubrange(room, with: new[taken..<next])
      self.addresses.replaceSubrange(room, with: addresses[taken..<next])
      taken = next
      start = room.upperBound == capacity ? 0 : room.upperBound
    }
  }

  /// Whether every event since `time` is still there.
  func reaches(_ time: Int64) -> Bool {
    capacity > 0 && forgotten.map { $0 < time } ?? true
  }

  /// Forgets all events, the latest of which was at `time`.
  mutating func forget(upTo time: Int64?) {
    let last = [forgotten, time].compactMap { $0 }.max()
    removeAll()
    forgotten = last
  }

  mutating func removeAll() {
    times.removeAll(keepingCapacity: true)
    addresses.removeAll(keepingCapacity: true)
    (start, forgotten) = (0, nil)
  }

  /// Events in the order of their arrival.
  @inline(__always)
  func forEach(_ body: (Int64, Int32) -> Void) {
    for index in start..<times.count { body(times[index], addresses[index]) }
    for index in 0..<start { body(times[index], addresses[index]) }
  }

  /// The steps of the trial [begin, end), cut as the stream cuts them: nothing stands for a silence longer than `maxGap`,
  /// after which membranes and traces begin anew.
  ///
  /// - Parameter stepper: without an open step; it is left so.
  func forEachStep(
    from begin: Int64, to end: Int64, maxGap: Int64, using stepper: inout Stepper,
    body: ([Int32]?) -> Void
  ) {
    var cut = stepper
    cut.start(at: begin)
    func advance(to time: Int64) {
      guard let open = cut.openStep else { return }
      if time - open > maxGap {
        cut.close { body($0) }
        body(nil)
        cut.start(at: open + (time - open) / cut.dt * cut.dt)
        return
      }
      while let open = cut.openStep, open + cut.dt <= time { cut.close { body($0) } }
    }
    forEach { time, address in
      guard time >= begin, time < end, let open = cut.openStep, time >= open else { return }
      advance(to: time)
      cut.insert(address)
    }
    advance(to: end)
    if let open = cut.openStep, open < end { cut.close { body($0) } }
    cut.discard()
    stepper = cut
  }

  /// All of it, oldest first.
  var contents: (times: [Int64], addresses: [Int32]) {
    (
      Array(times[start...] + times[..<start]), Array(addresses[start...] + addresses[..<start])
    )
  }

  /// Takes over what ``contents`` and ``forgotten`` gave; more than fits is cut off at its beginning.
  mutating func restore(times: [Int64], addresses: [Int32], forgotten: Int64?) {
    removeAll()
    self.forgotten = forgotten
    for (time, address) in zip(times, addresses) { append(time: time, address: address) }
  }
}
