import CZMQ

/// How a socket queues, waits, reconnects and protects itself. Fixed when the socket is opened.
public struct SocketOptions: Sendable {
  /// Messages kept for each peer that cannot take them yet; 0 is no limit. What happens beyond
  /// depends on the kind: publishers drop (unless `xpubNoDrop`), the others block.
  public var sendHighWaterMark = 1000

  /// Messages kept from each peer until they are received; 0 is no limit. Memory is bounded by
  /// this times `maxMessageSize` times the frames of a message times the number of peers.
  public var receiveHighWaterMark = 1000

  /// The largest *frame* taken from a peer, in bytes; nil is no limit. A peer that sends a larger
  /// one is disconnected. It does not count the frames of a message, nor does it bind `inproc`.
  public var maxMessageSize: Int?

  /// How long unsent messages outlive the socket; nil waits forever, and so does the process.
  public var linger: Duration? = .zero

  /// How long a blocking send waits before it throws `.timedOut`; nil waits forever.
  public var sendTimeout: Duration?

  /// How long a blocking receive waits before it returns nil; nil waits forever.
  public var receiveTimeout: Duration?

  /// Pings that find out about peers that vanished without a word; nil sends none.
  public var heartbeat: Heartbeat?

  /// Publishers wait for a subscriber whose queue is full instead of dropping its messages.
  public var xpubNoDrop = false

  /// An `xpub` socket passes on every subscription, not only the first to each prefix.
  public var xpubVerbose = false

  /// Keep only the newest message. For messages of one frame: of more, only the last frame stays.
  public var conflate = false

  /// The pause before a lost connection is tried again.
  public var reconnectInterval: Duration = .milliseconds(100)

  /// Doubles the pause after each failure, up to this; nil keeps the pause constant.
  public var reconnectIntervalMax: Duration?

  /// How long a handshake may take before the connection is given up; who connected tries again.
  /// Nil is libzmq's 30 s.
  public var handshakeInterval: Duration?

  /// Queue messages only for connections that are established, so that a send without a peer
  /// blocks instead of filling a queue for somebody who may never come.
  public var immediate = false

  /// A `router` socket throws `.unroutable` for an unknown peer instead of dropping the message.
  public var routerMandatory = false

  /// Encryption and the server's proof of identity.
  public var security: Security = .none

  /// Who is asked about new peers, and under which name; nil lets in whoever passes `security`.
  public var zapDomain: ZapDomain?

  /// libzmq's defaults, except that nothing lingers.
  public init() {}
}

extension SocketOptions {
  func apply(to handle: SocketHandle) throws(TransportError) {
    try handle.set(ZMQ_SNDHWM, Int32(clamping: sendHighWaterMark), "sendHighWaterMark")
    try handle.set(ZMQ_RCVHWM, Int32(clamping: receiveHighWaterMark), "receiveHighWaterMark")
    try handle.set(ZMQ_LINGER, linger?.wholeMilliseconds ?? -1, "linger")
    try handle.set(ZMQ_SNDTIMEO, sendTimeout?.wholeMilliseconds ?? -1, "sendTimeout")
    try handle.set(ZMQ_RCVTIMEO, receiveTimeout?.wholeMilliseconds ?? -1, "receiveTimeout")
    try handle.set(ZMQ_RECONNECT_IVL, reconnectInterval.wholeMilliseconds, "reconnectInterval")
    if let maxMessageSize {
      // -1 is libzmq's "no limit", and a negative size is more likely a mistake than that.
      guard maxMessageSize >= 0 else { throw handle.refusal("maxMessageSize", maxMessageSize) }
      try handle.setWide(ZMQ_MAXMSGSIZE, Int64(maxMessageSize), "maxMessageSize")
    }
    if let reconnectIntervalMax {
      let milliseconds = reconnectIntervalMax.wholeMilliseconds
      try handle.set(ZMQ_RECONNECT_IVL_MAX, milliseconds, "reconnectIntervalMax")
    }
    if let handshakeInterval {
      try handle.set(ZMQ_HANDSHAKE_IVL, handshakeInterval.wholeMilliseconds, "handshakeInterval")
    }
    if let heartbeat { try heartbeat.apply(to: handle) }
    if xpubNoDrop { try handle.set(ZMQ_XPUB_NODROP, 1, "xpubNoDrop") }
    if xpubVerbose { try handle.set(ZMQ_XPUB_VERBOSE, 1, "xpubVerbose") }
    if routerMandatory { try handle.set(ZMQ_ROUTER_MANDATORY, 1, "routerMandatory") }
    if immediate { try handle.set(ZMQ_IMMEDIATE, 1, "immediate") }
    if conflate {
      guard handle.kind.canConflate else { throw handle.refusal("conflate", true) }
      try handle.set(ZMQ_CONFLATE, 1, "conflate")
    }
    try security.apply(to: handle)
    if let zapDomain { try handle.set(ZMQ_ZAP_DOMAIN, zapDomain.name, "zapDomain") }
  }
}
