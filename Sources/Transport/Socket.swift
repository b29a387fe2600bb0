import CZMQ
import Glibc

/// A libzmq socket. It has one owner, closes with it, and keeps its context alive. Its addresses
/// are free a moment later, when libzmq's threads have seen that it is gone.
///
/// A socket is used by one thread at a time. It may be opened on one thread and handed over to
/// another (that is what `Sendable` allows: a class that owns it may run on its own thread), as
/// long as something orders the two, such as the start of that thread, and the first never touches
/// it again.
public struct Socket: ~Copyable, @unchecked Sendable {
  let handle: SocketHandle

  /// Opens a socket that is not attached to anything yet.
  ///
  /// - Throws: `.invalidOption` or `.invalidKey` with the option's name, `.tooManySockets`,
  ///   `.terminated` after `Context.shutdown()`.
  public init(
    _ kind: SocketKind, in context: Context, options: SocketOptions = .init()
  ) throws(TransportError) {
    let opened = try SocketHandle(kind, in: context, guardedBy: options.zapDomain?.handler)
    try options.apply(to: opened)
    handle = opened
  }

  public var kind: SocketKind { handle.kind }

  /// Waits for peers at an endpoint, such as `tcp://127.0.0.1:5580`, `tcp://*:*`,
  /// `ipc:///run/afferent/events` or `inproc://events`.
  ///
  /// libzmq would take an `ipc` path away from a live server, or delete a plain file there. Here
  /// the first is `.addressInUse` and the second `.pathOccupied`; a file that a dead server left
  /// behind is replaced.
  ///
  /// - Returns: The endpoint with wildcards filled in.
  /// - Throws: `.addressInUse`, `.addressNotAvailable`, `.invalidEndpoint`, `.unknownProtocol`,
  ///   `.pathMissing`, `.pathOccupied`, `.pathTooLong`, `.permissionDenied`, `.terminated`.
  @discardableResult
  public func bind(_ endpoint: String) throws(TransportError) -> String {
    let text = try EndpointText(endpoint, for: .bind)
    try text.path?.checkFree(for: endpoint)
    try attach(text, "bind", zmq_bind)
    return handle.lastEndpoint()
  }

  /// Looks for a peer at an endpoint, now and whenever the connection is lost.
  ///
  /// Returns at once; that nobody is there is not an error.
  ///
  /// - Throws: `.invalidEndpoint`, `.unknownProtocol`, `.pathTooLong`, `.terminated`.
  public func connect(_ endpoint: String) throws(TransportError) {
    try attach(try EndpointText(endpoint, for: .connect), "connect to", zmq_connect)
  }

  /// Binds or connects, as ``Attachment/read(_:default:)`` tells.
  ///
  /// - Returns: The endpoint without the mark, wildcards filled in.
  @discardableResult
  public func attach(
    _ endpoint: String, default fallback: Attachment
  ) throws(TransportError) -> String {
    let (way, bare) = Attachment.read(endpoint, default: fallback)
    switch way {
    case .bind:
      return try bind(bare)
    case .connect:
      try connect(bare)
      return bare
    }
  }

  /// Stops waiting at an endpoint, in the spelling that `bind` returned. The port or path is free
  /// a moment later, when libzmq's I/O thread has closed it.
  ///
  /// - Throws: `.notAttached`, `.invalidEndpoint`, `.terminated`.
  public func unbind(_ endpoint: String) throws(TransportError) {
    let pointer = try handle.open("unbind")
    guard zmq_unbind(pointer, endpoint) != 0 else { return }
    throw TransportError(errno: zmq_errno(), operation: "unbind", endpoint: endpoint)
  }

  /// Leaves the peer at an endpoint. Messages queued for it are lost.
  ///
  /// - Throws: `.notAttached`, `.invalidEndpoint`, `.terminated`.
  public func disconnect(_ endpoint: String) throws(TransportError) {
    let pointer = try handle.open("disconnect from")
    guard zmq_disconnect(pointer, endpoint) != 0 else { return }
    throw TransportError(errno: zmq_errno(), operation: "disconnect from", endpoint: endpoint)
  }

  /// Asks publishers for messages whose first frame begins with the prefix; "" asks for all.
  ///
  /// Subscriptions add up. Publishers learn of them a moment later, on each connection anew.
  ///
  /// - Throws: `.unsupported` on a socket that does not subscribe, `.terminated`.
  public func subscribe(_ prefix: String) throws(TransportError) {
    try change(ZMQ_SUBSCRIBE, mark: 1, prefix, "subscribe")
  }

  /// Takes back one `subscribe` with the same prefix.
  ///
  /// - Throws: `.unsupported` on a socket that does not subscribe, `.terminated`.
  public func unsubscribe(_ prefix: String) throws(TransportError) {
    try change(ZMQ_UNSUBSCRIBE, mark: 0, prefix, "unsubscribe")
  }

  private func change(
    _ option: Int32, mark: UInt8, _ prefix: String, _ operation: String
  ) throws(TransportError) {
    let pointer = try handle.open(operation)
    switch kind {
    case .subscribe:
      guard zmq_setsockopt(pointer, option, prefix, prefix.utf8.count) != 0 else { return }
      throw TransportError(errno: zmq_errno(), operation: operation)
    case .xsub:
      try send([Frame(adopting: [mark] + prefix.utf8)])
    default:
      throw TransportError(
        .unsupported, operation: operation, reason: "a \(kind) socket has no subscriptions")
    }
  }

  private func attach(
    _ text: EndpointText, _ operation: String,
    _ call: (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Int32
  ) throws(TransportError) {
    let pointer = try handle.open(operation)
    // libzmq parses bracketed addresses only with this option, which would also make names
    // resolve to IPv6 first; so it is on only where the address itself asks for it.
    try handle.set(ZMQ_IPV6, text.isIPv6 ? 1 : 0, "ipv6")
    guard call(pointer, text.whole) != 0 else { return }
    throw text.explain(zmq_errno(), operation)
  }

  deinit { handle.close() }
}
