/// When the ingest thread has read what had arrived as it was told to drain: when nothing is there for once, or when it has
/// read as much as libzmq may have held. Publishers that never pause cannot keep it.
struct Draining {
  private var taken = 0

  /// - Parameter limit: messages that libzmq holds at most.
  mutating func isOver(taking count: Int, isDry: Bool, of limit: Int) -> Bool {
    taken += count
    return isDry || taken >= limit
  }
}
