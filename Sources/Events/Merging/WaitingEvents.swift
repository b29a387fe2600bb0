/// Events of one source that wait for those of others, in the order of their times; those of one time as they came.
struct WaitingEvents: Sendable {
  private var events = EventBatch()
  /// Where the oldest event stands.
  private var head = 0

  var count: Int { events.count - head }

  /// All of them.
  var all: EventBatch {
    var batch = EventBatch()
    batch.append(events, range: head..<events.count)
    return batch
  }

  /// The time of the event that half of them, rounded up, are not newer than.
  var middle: Int64? { count > 0 ? events.t[head + (count - 1) / 2] : nil }

  /// Takes a batch in, `column` columns further to the right. Only what is older than the newest is put in its place.
  mutating func add(_ batch: EventBatch, column: UInt16) {
    guard !batch.isEmpty else { return }
    var batch = batch
    if column > 0 {
      batch.edit { columns in
        for index in 0..<columns.count { columns.x[index] &+= column }
        return columns.count
      }
    }
    batch = batch.sorted()
    let place = firstIndex(after: batch.t[0])
    if place < events.count {
      var tail = EventBatch()
      tail.append(events, range: place..<events.count)
      tail.append(batch)
      truncate(to: place)
      batch = tail.sorted()
    }
    events.append(batch)
  }

  /// Takes out the events that are older than `time`, and appends them to `ready`.
  mutating func take(before time: Int64, into ready: inout EventBatch) {
    guard count > 0, events.t[head] < time else { return }
    let end = time == .max ? events.count : firstIndex(after: time - 1)
    ready.append(events, range: head..<end)
    head = end
    if head == events.count {
      truncate(to: 0)
      head = 0
    } else if head > 4096, head > events.count / 2 {
      var rest = EventBatch()
      rest.append(events, range: head..<events.count)
      events = rest
      head = 0
    }
  }

  private mutating func truncate(to count: Int) {
    events.edit { _ in count }
  }

  /// The first of the waiting events that is newer than `time`.
  private func firstIndex(after time: Int64) -> Int {
    var (low, high) = (head, events.count)
    while low < high {
      let middle = (low + high) / 2
      if events.t[middle] > time { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
