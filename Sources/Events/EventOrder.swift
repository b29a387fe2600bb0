/// Puts events of a stream in the order of their times, where none comes later than a window.
///
/// Events of one time keep their order. Memory is bounded by the events of one window and of one batch.
public struct EventOrder: Sendable {
  /// How much older than the newest event before it an event may be and still find its place, in microseconds; 0 leaves all
  /// as it is.
  public let window: Int64
  private var waiting = EventBatch()
  private var newest = Int64.min

  public init(window: Int64) {
    self.window = window
  }

  /// Takes events in, and gives those out that no later event can come before.
  public mutating func take(_ batch: EventBatch) -> EventBatch {
    guard window > 0, !batch.isEmpty else { return batch }
    waiting.append(batch)
    newest = batch.t.reduce(newest, max)
    return release(before: newest - window)
  }

  /// Gives out the rest.
  public mutating func finish() -> EventBatch {
    defer { waiting.removeAll() }
    return waiting.sorted()
  }

  private mutating func release(before time: Int64) -> EventBatch {
    let sorted = waiting.sorted()
    let count = sorted.t.firstIndex { $0 >= time } ?? sorted.count
    waiting.removeAll()
    waiting.append(sorted, range: count..<sorted.count)
    var ready = EventBatch()
    ready.append(sorted, range: 0..<count)
    return ready
  }
}

extension EventBatch {
  /// The events in the order of their times; those of one time keep their order.
  func sorted() -> EventBatch {
    guard !zip(t, t.dropFirst()).allSatisfy({ $0 <= $1 }) else { return self }
    let order = indices.sorted { t[$0] == t[$1] ? $0 < $1 : t[$0] < t[$1] }
    return EventBatch(
      t: order.map { t[$0] }, x: order.map { x[$0] }, y: order.map { y[$0] },
      on: order.map { on[$0] })
  }

  /// Keeps the events from `begin` on and, where there is an end, before it, in microseconds.
  public mutating func keep(from begin: Int64, before end: Int64?) {
    let last = end.map { $0 - 1 } ?? .max
    filter { columns, index in begin <= columns.t[index] && columns.t[index] <= last }
  }
}
