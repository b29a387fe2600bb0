import CZMQ
import Glibc

extension Socket {
  /// Sends a message of one or more frames, whole or not at all. The frames stay valid.
  ///
  /// - Parameter wait: Wait while the queues are full, for at most `SocketOptions.sendTimeout`.
  /// - Returns: False if `wait` is false and the message would have had to wait.
  /// - Throws: `.timedOut`, `.terminated`, `.unroutable` (a mandatory `router`), `.wrongState` (a
  ///   `request` or `reply` socket out of turn).
  /// - Precondition: There is at least one frame.
  @discardableResult
  public func send(_ frames: [Frame], wait: Bool = true) throws(TransportError) -> Bool {
    precondition(!frames.isEmpty, "a message has at least one frame")
    let pointer = try handle.open("send")
    var isSent = true
    for (index, frame) in frames.enumerated() {
      let more = index + 1 < frames.count ? ZMQ_SNDMORE : 0
      switch frame.send(on: pointer, flags: more | (wait ? 0 : ZMQ_DONTWAIT)) {
      case 0:
        continue
      case EAGAIN:
        isSent = false
      case let code:
        throw TransportError(errno: code, operation: "send")
      }
      // Refused at once: nothing was sent. Refused later: the peer went away amid the message, and
      // libzmq took back the first frames and drops the others, but it has to be given them.
      if index == 0 { break }
    }
    guard !isSent, wait else { return isSent }
    throw TransportError(
      .timedOut, operation: "send",
      reason: "no peer took a message within the send timeout of this \(kind) socket")
  }

  /// Receives a whole message, without copying its bytes.
  ///
  /// - Parameters:
  ///   - wait: Wait for one, for at most `SocketOptions.receiveTimeout`.
  ///   - maxFrames: Frames that are kept; those behind are taken in and dropped.
  /// - Returns: Nil if `wait` is false and nothing is there, or when the receive timeout passed.
  /// - Throws: `.terminated`, `.wrongState` (a `request` or `reply` socket out of turn).
  public func receive(
    wait: Bool = true, maxFrames: Int = .max
  ) throws(TransportError) -> [Frame]? {
    let pointer = try handle.open("receive")
    var frames: [Frame] = []
    while true {
      let frame = Frame()
      switch frame.receive(on: pointer, flags: wait ? 0 : ZMQ_DONTWAIT) {
      case 0:
        if frames.count < maxFrames { frames.append(frame) }
        if !frame.hasMore { return frames }
      case EAGAIN where frames.isEmpty:
        return nil
      case let code:
        throw TransportError(errno: code, operation: "receive")
      }
    }
  }

  /// Receives a whole message, waiting at most as long as given, whatever the options say.
  ///
  /// - Returns: Nil when the time passed without a message.
  /// - Throws: As `receive(wait:)`.
  public func receive(timeout: Duration) throws(TransportError) -> [Frame]? {
    let deadline = ContinuousClock.now + timeout
    var items = [pollItem(for: .readable)]
    while true {
      if let message = try receive(wait: false) { return message }
      guard timeout > .zero else { return nil }
      let remaining = ContinuousClock.now.duration(to: deadline)
      guard try Poller.wait(&items, timeout: remaining) > 0 else { return nil }
    }
  }

  /// An item for `Poller.wait`. It refers to this socket without keeping it open.
  public func pollItem(for events: PollItem.Events) -> PollItem {
    PollItem(handle, events)
  }
}
