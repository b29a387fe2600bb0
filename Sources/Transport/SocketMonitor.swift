import CZMQ

/// What happens to the connections of a socket: who came, who left, who was turned away.
///
/// Used by the thread that uses the socket. libzmq does not say why a peer is gone: one that left
/// and one that was cut off for a message above `SocketOptions.maxMessageSize` look the same.
public struct SocketMonitor: ~Copyable, @unchecked Sendable {
  /// Something that happened to a connection.
  public enum Event: Equatable, Sendable {
    /// A peer's handshake succeeded.
    case connected(endpoint: String)
    /// A peer is gone.
    case disconnected(endpoint: String)
    /// A peer was turned away: it spoke another protocol, or encrypted for another key.
    case handshakeFailed(endpoint: String)
    /// A peer was turned away by the ZAP handler.
    case denied(endpoint: String)
  }

  private let receiver: Socket

  /// Watches `socket` under `name`, which must be unique in its context.
  ///
  /// - Throws: ``TransportError``.
  public init(
    _ socket: borrowing Socket, named name: String, in context: Context
  ) throws(TransportError) {
    let endpoint = "inproc://monitor-\(name)"
    let events =
      ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED
      | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
      | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
    let pointer = try socket.handle.open("watch")
    guard zmq_socket_monitor(pointer, endpoint, events) == 0 else {
      throw TransportError(errno: zmq_errno(), operation: "watch the connections of a socket")
    }
    let connected = try Socket(.pair, in: context)
    try connected.connect(endpoint)
    receiver = connected
  }

  /// An item for `Poller.wait`.
  public var pollItem: PollItem { receiver.pollItem(for: .readable) }

  /// The next thing that happened, or nothing.
  ///
  /// - Throws: ``TransportError``.
  public func next() throws(TransportError) -> Event? {
    while let frames = try receiver.receive(wait: false) {
      guard frames.count == 2, frames[0].count >= 2 else { continue }
      let kind = frames[0].withUnsafeBytes {
        Int32($0.loadUnaligned(fromByteOffset: 0, as: UInt16.self))
      }
      let endpoint = frames[1].string ?? ""
      switch kind {
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .connected(endpoint: endpoint)
      case ZMQ_EVENT_DISCONNECTED: return .disconnected(endpoint: endpoint)
      case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return .denied(endpoint: endpoint)
      default: return .handshakeFailed(endpoint: endpoint)
      }
    }
    return nil
  }
}
