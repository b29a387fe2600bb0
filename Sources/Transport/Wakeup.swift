import CZMQ
import Glibc

/// A bell for a thread that waits in `Poller.wait`, rung from any other thread.
///
///     var items = [socket.pollItem(for: .readable), PollItem(fileDescriptor: bell.fileDescriptor)]
///     try Poller.wait(&items, timeout: nil)
///     if items[1].isReadable { bell.clear() }
public final class Wakeup: Sendable {
  /// Readable from `signal()` until `clear()`. Only for waiting; closed with the last reference.
  public let fileDescriptor: Int32

  /// - Throws: `.tooManySockets` when the process has no file descriptor left.
  public init() throws(TransportError) {
    fileDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard fileDescriptor >= 0 else {
      throw TransportError(errno: errno, operation: "open an eventfd")
    }
  }

  /// Rings. Signals that nobody cleared yet count as one. Never blocks, and is safe in a signal
  /// handler.
  public func signal() {
    // Fails only when 2^64 - 2 signals are waiting, and then the descriptor is readable anyway.
    eventfd_write(fileDescriptor, 1)
  }

  /// Makes the descriptor wait for the next signal.
  public func clear() {
    var count: eventfd_t = 0
    eventfd_read(fileDescriptor, &count)
  }

  deinit { close(fileDescriptor) }
}
