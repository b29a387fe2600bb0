import Synchronization
import Transport

/// Counts who comes to a socket, who leaves, and who does not get through the handshake.
///
/// Made by whoever makes the socket, before it is attached, and then used by the publishing thread for all sockets: libzmq
/// waits for whoever watches, and that thread never lets it wait, while the ingest thread waits for the engine.
final class ConnectionWatch: Sendable {
  /// Connections that have not been reported as gone yet: libzmq says of each that it is gone, but not what it was.
  private struct Known {
    var open = 0
    /// Those whose failure has been counted.
    var refused = 0

    enum Gone { case peer, refused, stranger }

    /// What the connection was that is gone. One that never got anywhere, and of which nothing was said, is a stranger's.
    mutating func end() -> Gone {
      if refused > 0 {
        refused -= 1
        return .refused
      }
      guard open > 0 else { return .stranger }
      open -= 1
      return .peer
    }
  }

  private let monitor: SocketMonitor
  private let known = Mutex(Known())
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
      case .connected:
        known.withLock { $0.open += 1 }
        if socket == .events { metrics.update { $0.connects += 1 } }
      case .handshakeFailed(let endpoint):
        known.withLock { $0.refused += 1 }
        noteFailure(endpoint, metrics, &log)
      // Who was denied is counted by whoever denied it.
      case .denied: known.withLock { $0.refused += 1 }
      case .disconnected(let endpoint): noteEnd(endpoint, metrics, &log)
      }
    }
  }

  private func noteEnd(_ endpoint: String, _ metrics: Metrics, _ log: inout RateLimitedLog) {
    switch known.withLock({ $0.end() }) {
    case .refused: break
    case .stranger: noteFailure(endpoint, metrics, &log)
    case .peer:
      guard socket == .events else { return }
      metrics.update { $0.disconnects += 1 }
      log.info(
        "disconnect",
        "a publisher at \(endpoint) is gone: it left, or was cut off for a message above limits.message_bytes"
      )
    }
  }

  private func noteFailure(_ endpoint: String, _ metrics: Metrics, _ log: inout RateLimitedLog) {
    metrics.update { $0.security.handshakeFailures[socket.rawValue, default: 0] += 1 }
    log.warn(
      "handshake",
      "a peer of \(socket) at \(endpoint) was turned away: its handshake failed (no ZeroMQ, plain text to CURVE or "
        + "the reverse, or another server's key)")
  }
}
