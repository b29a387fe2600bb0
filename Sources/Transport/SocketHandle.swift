import CZMQ

/// A libzmq socket and the context it needs. It may outlive its `Socket` (a poll item refers to
/// it), but then it is closed, and says so instead of touching freed memory.
final class SocketHandle {
  let kind: SocketKind
  private let context: Context
  /// Lives as long as the socket: without it libzmq lets everybody in.
  private let zapHandler: ZapHandler?
  private var pointer: UnsafeMutableRawPointer?

  init(
    _ kind: SocketKind, in context: Context, guardedBy zapHandler: ZapHandler?
  ) throws(TransportError) {
    self.kind = kind
    self.context = context
    self.zapHandler = zapHandler
    pointer = zmq_socket(context.pointer, kind.constant)
    guard pointer != nil else {
      throw TransportError(errno: zmq_errno(), operation: "open a \(kind) socket")
    }
  }

  /// The open socket.
  func open(_ operation: String) throws(TransportError) -> UnsafeMutableRawPointer {
    guard let pointer else {
      throw TransportError(.closed, operation: operation, reason: "the socket is closed")
    }
    return pointer
  }

  func close() {
    zmq_close(pointer)
    pointer = nil
  }

  func set(_ option: Int32, _ value: Int32, _ name: String) throws(TransportError) {
    var copy = value
    guard zmq_setsockopt(pointer, option, &copy, MemoryLayout<Int32>.size) == 0 else {
      throw refusal(name, value)
    }
  }

  func setWide(_ option: Int32, _ value: Int64, _ name: String) throws(TransportError) {
    var copy = value
    guard zmq_setsockopt(pointer, option, &copy, MemoryLayout<Int64>.size) == 0 else {
      throw refusal(name, value)
    }
  }

  func set(_ option: Int32, _ text: String, _ name: String) throws(TransportError) {
    guard zmq_setsockopt(pointer, option, text, text.utf8.count) == 0 else {
      // The text may be a secret key.
      throw refusal(name, "<\(text.utf8.count) bytes of text>")
    }
  }

  /// The error for the `setsockopt` that just failed, or that would do nothing useful.
  func refusal(_ name: String, _ value: some Any) -> TransportError {
    TransportError(
      .invalidOption, operation: "open a \(kind) socket",
      reason: "the option \(name) = \(value) is out of range or does not fit this kind of socket")
  }

  /// The endpoint of the last bind, with wildcards filled in.
  func lastEndpoint() -> String {
    var size = 1024
    var buffer = [UInt8](repeating: 0, count: size)
    guard zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &buffer, &size) == 0 else { return "" }
    // The size counts the terminating zero.
    return String(decoding: buffer.prefix(max(0, size - 1)), as: UTF8.self)
  }

  deinit { close() }
}
