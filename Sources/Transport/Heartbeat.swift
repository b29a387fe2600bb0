import CZMQ

/// Pings on idle connections. Without them a peer whose machine lost its power stays "connected".
public struct Heartbeat: Sendable, Hashable {
  /// The time between pings.
  public var interval: Duration

  /// How long an answer may take before the connection is given up.
  public var timeout: Duration

  /// How long the *peer* is told to wait for a ping before it gives up; up to 6553.5 s, in tenths
  /// of a second. Zero leaves the decision to the peer.
  public var ttl: Duration

  /// - Parameters:
  ///   - timeout: The interval unless given.
  ///   - ttl: Zero unless given.
  public init(interval: Duration, timeout: Duration? = nil, ttl: Duration = .zero) {
    self.interval = interval
    self.timeout = timeout ?? interval
    self.ttl = ttl
  }

  func apply(to handle: SocketHandle) throws(TransportError) {
    try handle.set(ZMQ_HEARTBEAT_IVL, interval.wholeMilliseconds, "heartbeat.interval")
    try handle.set(ZMQ_HEARTBEAT_TIMEOUT, timeout.wholeMilliseconds, "heartbeat.timeout")
    try handle.set(ZMQ_HEARTBEAT_TTL, ttl.wholeMilliseconds, "heartbeat.ttl")
  }
}
