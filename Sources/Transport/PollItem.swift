import CZMQ

/// Something that `Poller.wait` can watch, and what it saw there.
public struct PollItem {
  /// What to watch for. Both at once is `[.readable, .writable]`.
  public struct Events: OptionSet, Sendable {
    public let rawValue: Int16

    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// A message, or bytes, can be received without waiting.
    public static let readable = Events(rawValue: Int16(ZMQ_POLLIN))
    /// A message can be sent without waiting.
    public static let writable = Events(rawValue: Int16(ZMQ_POLLOUT))
  }

  private enum Source {
    case socket(SocketHandle)
    case fileDescriptor(Int32)
  }

  private let source: Source
  private let events: Events
  private var seen: Int16 = 0

  /// Watches a file descriptor, such as that of a `Wakeup`. It must stay open meanwhile.
  public init(fileDescriptor: Int32, for events: Events = .readable) {
    source = .fileDescriptor(fileDescriptor)
    self.events = events
  }

  init(_ handle: SocketHandle, _ events: Events) {
    source = .socket(handle)
    self.events = events
  }

  /// Whether the last wait found something to receive.
  public var isReadable: Bool { seen & Int16(ZMQ_POLLIN) != 0 }

  /// Whether the last wait found room to send.
  public var isWritable: Bool { seen & Int16(ZMQ_POLLOUT) != 0 }

  /// Whether the last wait found a file descriptor broken, hung up or closed. Never true for
  /// sockets.
  public var hasFailed: Bool { seen & Int16(ZMQ_POLLERR) != 0 }

  func request() throws(TransportError) -> zmq_pollitem_t {
    switch source {
    case .socket(let handle):
      let pointer = try handle.open("poll")
      return zmq_pollitem_t(socket: pointer, fd: 0, events: events.rawValue, revents: 0)
    case .fileDescriptor(let descriptor):
      return zmq_pollitem_t(socket: nil, fd: descriptor, events: events.rawValue, revents: 0)
    }
  }

  mutating func note(_ answer: zmq_pollitem_t) { seen = answer.revents }
}
