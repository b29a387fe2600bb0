import Events
import Transport

/// Publishes messages of events and labels (XPUB), as an engine takes them in.
///
/// Where a subscriber cannot keep up, a lossless publisher waits for it; a live one goes on, and libzmq drops what that
/// subscriber's queue cannot take. It does not tell the publisher; the subscriber sees the gap in the sequence.
public final class EventPublisher {
  /// What a publisher does when a subscriber cannot keep up.
  public enum Policy: Sendable {
    /// Wait: nothing is lost, and the slowest subscriber sets the pace.
    case lossless
    /// Do not wait: a subscriber whose queue is full loses messages, and no other is held up by it.
    case live
  }

  /// Where messages go, without a mark.
  public let endpoint: String
  private let socket: Socket
  private let policy: Policy
  private var subscriptions: Set<String> = []

  /// - Parameters:
  ///   - endpoint: where the subscribers are; `@` binds, otherwise the publisher connects.
  ///   - queue: messages that may wait for each subscriber.
  ///   - security: the keys, where the subscribers ask for some.
  /// - Throws: ``TransportError``.
  public init(
    endpoint: String, in context: Context, policy: Policy, queue: Int = 64,
    security: Security = .none
  ) throws(TransportError) {
    var options = SocketOptions()
    options.security = security
    options.sendHighWaterMark = queue
    options.xpubNoDrop = policy == .lossless
    options.linger = .seconds(5)
    options.sendTimeout = .milliseconds(200)
    socket = try Socket(.xpub, in: context, options: options)
    self.policy = policy
    self.endpoint = try socket.attach(endpoint, default: .connect)
  }

  /// Whether somebody listens to `topic`.
  public func isSubscribed(to topic: [UInt8]) -> Bool {
    let topic = String(decoding: topic, as: UTF8.self)
    return subscriptions.contains { topic.hasPrefix($0) }
  }

  /// Waits until somebody listens to `topic`.
  ///
  /// - Returns: whether it happened in time.
  /// - Throws: ``TransportError``.
  public func waitForSubscriber(
    to topic: [UInt8], timeout: Duration
  ) throws(TransportError) -> Bool {
    let deadline = ContinuousClock.now + timeout
    while true {
      try noteSubscriptions()
      if isSubscribed(to: topic) { return true }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero, let message = try socket.receive(timeout: left) else { return false }
      note(message)
    }
  }

  /// Sends one message.
  ///
  /// - Returns: false only if a lossless publisher waited and `shouldContinue` said no.
  /// - Throws: ``TransportError``.
  @discardableResult
  public func send(
    _ frames: [[UInt8]], shouldContinue: () -> Bool = { true }
  ) throws(TransportError) -> Bool {
    let message = frames.map { Frame(adopting: $0) }
    try noteSubscriptions()
    while true {
      do {
        return try socket.send(message, wait: policy == .lossless)
      } catch {
        guard error.code == .timedOut, shouldContinue() else {
          if error.code == .timedOut { return false }
          throw error
        }
      }
    }
  }

  private func noteSubscriptions() throws(TransportError) {
    while let message = try socket.receive(wait: false) { note(message) }
  }

  private func note(_ message: [Frame]) {
    guard let bytes = message.first?.bytes, let first = bytes.first else { return }
    let topic = String(decoding: bytes.dropFirst(), as: UTF8.self)
    if first == 1 { subscriptions.insert(topic) } else { subscriptions.remove(topic) }
  }
}
