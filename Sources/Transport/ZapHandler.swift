import CZMQ
import Synchronization

/// Decides which CURVE clients the sockets of a context let in (ZAP 1.0, ZeroMQ RFC 27).
///
/// libzmq asks at each handshake of a socket whose `SocketOptions.zapDomain` is one of this
/// handler's, and the peer waits for the answer. There is one handler in a context. While it is
/// open and does not run, nobody gets in; were it closed, libzmq would let everybody in, and so
/// the sockets that it guards keep it open.
public final class ZapHandler: Sendable {
  /// What libzmq wants to know.
  public struct Question: Equatable, Sendable {
    /// The domain of the socket that the client has come to.
    public let domain: String
    /// Where the client is, such as "192.0.2.7"; empty for local sockets.
    public let address: String
    /// The client's public key as 40 characters of Z85. It has proved to own the secret one.
    public let publicKey: String
  }

  /// What libzmq is told.
  public enum Answer: Equatable, Sendable {
    /// Let in, under a name of at most 255 bytes.
    case accepted(user: String)
    /// Turned away for now: libzmq says nothing to the client, which asks again when either side's
    /// `SocketOptions.handshakeInterval` has passed. The reason goes no further than libzmq.
    case denied(reason: String)
  }

  /// Where libzmq asks.
  public static let endpoint = "inproc://zeromq.zap.01"

  private let socket: Socket
  private let wakeup: Wakeup
  private let stopped = Atomic<Bool>(false)

  /// Takes questions from now on; they wait until ``run(_:)``. To be called before the sockets that
  /// it guards are opened.
  ///
  /// - Throws: `.addressInUse` for a second handler, `.tooManySockets`.
  public init(in context: Context) throws(TransportError) {
    wakeup = try Wakeup()
    var options = SocketOptions()
    options.sendHighWaterMark = 0
    options.receiveHighWaterMark = 0
    socket = try Socket(.router, in: context, options: options)
    try socket.bind(Self.endpoint)
  }

  /// The sockets of one kind of use, for `SocketOptions.zapDomain`.
  public func domain(_ name: String) -> ZapDomain { ZapDomain(name: name, handler: self) }

  /// Ends ``run(_:)`` from another thread. The sockets let nobody in afterwards.
  public func stop() {
    stopped.store(true, ordering: .releasing)
    wakeup.signal()
  }

  /// Answers until ``stop()``, on the calling thread. Malformed questions are answered with status
  /// 500, those without a way back are dropped, other mechanisms than CURVE are denied for good.
  ///
  /// - Parameter decide: asked for each client that shows a key.
  /// - Throws: `.terminated`.
  public func run(_ decide: (Question) -> Answer) throws(TransportError) {
    var items = [
      socket.pollItem(for: .readable), PollItem(fileDescriptor: wakeup.fileDescriptor),
    ]
    while !stopped.load(ordering: .acquiring) {
      try Poller.wait(&items, timeout: nil)
      while !stopped.load(ordering: .acquiring),
        let frames = try socket.receive(wait: false, maxFrames: ZapRequest.mostFrames)
      {
        guard let request = ZapRequest(frames) else { continue }
        try socket.send(request.reply(decide), wait: false)
      }
    }
  }
}

/// A name under which a handler is asked, and the handler.
public struct ZapDomain: Sendable {
  /// At most 255 bytes, not empty.
  public let name: String
  let handler: ZapHandler
}
