/// Decides when the publishing thread is woken for predictions: at the end of the message that they came of, and before that
/// when it was last woken a millisecond ago, or many wait.
///
/// Waking a thread takes longer than a step does. At the rate of a sensor a message is over as soon as its steps are, and
/// nothing waits; with a backlog, one call serves several predictions.
struct PredictionBell {
  private static let longest = Duration.milliseconds(1)
  /// A part of what the outbox holds: the engine must not come to wait for a thread that it has not woken.
  private static let most = 64
  private var count = 0
  private var rung = ContinuousClock.now - longest

  /// Notes a prediction. Returns whether it is time to ring.
  mutating func note() -> Bool {
    count += 1
    return count >= Self.most || rung.duration(to: .now) >= Self.longest ? end() : false
  }

  /// Ends a message. Returns whether there is something to ring for.
  mutating func end() -> Bool {
    guard count > 0 else { return false }
    count = 0
    rung = .now
    return true
  }
}
