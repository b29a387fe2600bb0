/// Asks questions of a `reply` or `router` socket, one at a time, and does not wait forever.
///
/// A `router` gets three or more frames: the identity, an empty one, and the question. It answers
/// with the same first two and then the answer.
public struct RequestClient: ~Copyable, Sendable {
  /// Where the questions go.
  public let endpoint: String
  private let context: Context
  private let options: SocketOptions
  private var socket: Socket?

  /// Returns at once, whether somebody is there or not.
  ///
  /// - Throws: As `Socket.init` and `Socket.connect`.
  public init(
    _ endpoint: String, in context: Context, options: SocketOptions = .init()
  ) throws(TransportError) {
    self.endpoint = endpoint
    self.context = context
    self.options = options
    socket = try Self.open(endpoint, context, options)
  }

  /// Sends a question of one frame and waits for its answer.
  ///
  /// - Throws: As `request(_:timeout:)` of several frames.
  public mutating func request(
    _ question: Frame, timeout: Duration = .seconds(5)
  ) throws(TransportError) -> [Frame] {
    try request([question], timeout: timeout)
  }

  /// Sends a question and waits for its answer.
  ///
  /// - Throws: `.timedOut`, in a sentence that names the endpoint; `.terminated`. The client can be
  ///   used again after either.
  public mutating func request(
    _ question: [Frame], timeout: Duration = .seconds(5)
  ) throws(TransportError) -> [Frame] {
    let current: Socket
    if let idle = socket.take() {
      current = idle
    } else {
      current = try Self.open(endpoint, context, options)
    }
    try current.send(question)
    guard let answer = try current.receive(timeout: timeout) else {
      var question = "is the engine running"
      if case .curveClient = options.security { question += ", with the key given here" }
      throw TransportError(
        .timedOut, operation: "ask", endpoint: endpoint,
        reason: "nobody answered at \(endpoint) within \(timeout.text): \(question)?")
    }
    // Only after its answer: an answer that comes late must not pass for that of the next question.
    socket = consume current
    return answer
  }

  private static func open(
    _ endpoint: String, _ context: Context, _ options: SocketOptions
  ) throws(TransportError) -> Socket {
    let socket = try Socket(.request, in: context, options: options)
    try socket.connect(endpoint)
    return socket
  }
}
