import Transport

/// Counts who comes to a socket, who leaves, and who does not get through the handshake.
///
/// Made by whoever makes the socket, before it is attached, and then used by the publishing thread for all sockets: libzmq
/// waits for whoever watches, and that thread never lets it wait, while the ingest thread waits for the engine.
final class ConnectionWatch: Sendable {
  private let monitor: SocketMonitor
  private let socket: EngineSocket

  init(
    _ watched: borrowing Socket, _ socket: EngineSocket, in context: Context
  ) throws(TransportError) {
    monitor = try SocketMonitor(watched, named: socket.rawValue, in: context)
    self.socket = socket
  }

  /// An item for `Poller.wait`.
  var pollItem: PollItem { monitor.pollItem }

  /// Counts what has happened since.
  func note(_ metrics: Metrics, _ log: inout RateLimitedLog) throws(TransportError) {
    while let event = try monitor.next() {
      switch event {
      case .handshakeFailed(let endpoint):
        metrics.update { $0.security.handshakeFailures[socket.rawValue, default: 0] += 1 }
        log.warn(
          "handshake",
          "a peer of \(socket) at \(endpoint) was turned away: its handshake failed (no ZeroMQ, plain text to CURVE or "
            + "the reverse, or another server's key)")
      case .connected where socket == .events: metrics.update { $0.connects += 1 }
      case .disconnected(let endpoint) where socket == .events:
        metrics.update { $0.disconnects += 1 }
        log.info(
          "disconnect",
          "a publisher at \(endpoint) is gone: it left, or was cut off for a message above limits.message_bytes"
        )
      // Who was denied is counted by whoever denied it.
      case .denied, .connected, .disconnected: break
      }
    }
  }
}
