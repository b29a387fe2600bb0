import CZMQ
import Glibc

/// The owner of libzmq's I/O threads and of every `inproc` name.
///
/// One context serves a process. Sockets keep theirs alive, so it may be let go before them: it
/// ends with the last of its sockets. It can be used from any thread.
public final class Context: Sendable {
  // libzmq's context functions are the thread-safe part of its interface.
  nonisolated(unsafe) let pointer: UnsafeMutableRawPointer

  /// - Parameter ioThreads: Threads that move bytes; one is enough up to about a gigabyte per
  ///   second. Zero leaves only `inproc`.
  /// - Throws: `.invalidOption` for a negative number, `.tooManySockets` when the process has no
  ///   file descriptor left.
  public init(ioThreads: Int = 1) throws(TransportError) {
    guard let pointer = zmq_ctx_new() else {
      throw TransportError(errno: zmq_errno(), operation: "start libzmq")
    }
    guard zmq_ctx_set(pointer, ZMQ_IO_THREADS, Int32(clamping: ioThreads)) == 0 else {
      zmq_ctx_term(pointer)
      throw TransportError(
        .invalidOption, operation: "start libzmq", reason: "\(ioThreads) I/O threads are too few")
    }
    self.pointer = pointer
  }

  /// Ends every blocked call on the sockets of this context, now and later, with `.terminated`.
  ///
  /// The sockets stay open until their owners let go of them. May be called more than once.
  public func shutdown() {
    zmq_ctx_shutdown(pointer)
  }

  deinit {
    // Waits for messages that linger. No socket is open: each holds a reference to its context.
    while zmq_ctx_term(pointer) != 0, zmq_errno() == EINTR {}
  }
}
