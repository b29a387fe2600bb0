import Transport

/// Receives what an engine publishes.
public final class OutputSubscriber {
  private let socket: Socket

  /// - Parameters:
  ///   - endpoint: the engine's output socket.
  ///   - topics: prefixes such as `prediction/`.
  ///   - queue: messages that may wait here.
  ///   - security: the keys, where the engine asks for some.
  /// - Throws: ``TransportError``.
  public init(
    _ endpoint: String, topics: [String], queue: Int = 100_000, in context: Context,
    security: Security = .none
  ) throws(TransportError) {
    var options = SocketOptions()
    options.security = security
    options.receiveHighWaterMark = queue
    socket = try Socket(.subscribe, in: context, options: options)
    for topic in topics { try socket.subscribe(topic) }
    try socket.attach(endpoint, default: .connect)
  }

  /// The next message, its topic and the other frames; nothing when none came in time.
  ///
  /// - Throws: ``TransportError``.
  public func receive(
    timeout: Duration
  ) throws(TransportError) -> (topic: String, frames: [[UInt8]])? {
    guard let message = try socket.receive(timeout: timeout), let first = message.first else {
      return nil
    }
    return (String(decoding: first.bytes, as: UTF8.self), message.dropFirst().map(\.bytes))
  }

  /// Whether a frozen copy of the weights predicted what comes on `topic`.
  public static func isOfFrozenCopy(_ topic: String) -> Bool {
    topic.hasSuffix(PredictionMessage.frozenSuffix + "/")
  }

  /// The next prediction, nothing when none came in time; other messages are passed over.
  ///
  /// - Parameter frozen: whether predictions of a frozen copy of the weights are wanted, or those of the learning ones.
  /// - Throws: ``TransportError``.
  public func prediction(
    timeout: Duration, frozen: Bool = false
  ) throws(TransportError) -> PredictionMessage? {
    let deadline = ContinuousClock.now + timeout
    while true {
      let left = max(.zero, ContinuousClock.now.duration(to: deadline))
      guard let (topic, frames) = try receive(timeout: left) else { return nil }
      guard topic.hasPrefix("prediction/"), Self.isOfFrozenCopy(topic) == frozen,
        let body = frames.first,
        let prediction = try? PredictionMessage(json: body)
      else {
        if left == .zero { return nil }
        continue
      }
      return prediction
    }
  }
}
