import Synchronization

/// Bytes of large messages that have set out and have not been passed on to all who get them: in the outbox, and in libzmq's
/// queues. A message that goes to many counts once.
final class BytesUnderWay: Sendable {
  private let bytes = Atomic<Int>(0)

  /// Bytes under way now.
  var count: Int { bytes.load(ordering: .relaxed) }

  func add(_ size: Int) { bytes.add(size, ordering: .relaxed) }

  func remove(_ size: Int) { bytes.subtract(size, ordering: .relaxed) }
}
