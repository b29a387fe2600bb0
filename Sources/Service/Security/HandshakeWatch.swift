import Transport

/// Counts the peers that do not get through the handshake of a socket. Used by the thread that uses the socket.
struct HandshakeWatch: ~Copyable, Sendable {
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
      if case .handshakeFailed(let endpoint) = event {
        metrics.countFailedHandshake(at: socket, endpoint, &log)
      }
    }
  }
}

extension Metrics {
  func countFailedHandshake(
    at socket: EngineSocket, _ endpoint: String, _ log: inout RateLimitedLog
  ) {
    update { $0.security.handshakeFailures[socket.rawValue, default: 0] += 1 }
    log.warn(
      "handshake",
      "a peer of \(socket) at \(endpoint) was turned away: its handshake failed (no ZeroMQ, plain text to CURVE or the "
        + "reverse, or another server's key)")
  }
}
