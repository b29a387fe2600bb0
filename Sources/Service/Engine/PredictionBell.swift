/// Decides when the publishing thread is woken for predictions: at the end of the message that they came of, and before that
/// once the oldest has waited for a millisecond, or many wait.
///
/// Waking a thread takes longer than a step does. At the rate of a sensor a message is over as soon as its steps are, and
/// nothing waits; with a backlog, one call serves several predictions.
struct PredictionBell {
  private static let longest = Duration.milliseconds(1)
  /// A part of what the outbox holds: the engine must not come to wait for a thread that it has not woken.
  private static let most = 64
  private var count = 0
  private var since = ContinuousClock.now

  /// Notes a prediction. Returns whether it is time to ring.
  mutating func note() -> Bool {
    if count == 0 { since = .now }
    count += 1
    return count >= Self.most || since.duration(to: .now) >= Self.longest ? end() : false
  }

  /// Ends a message. Returns whether there is something to ring for.
  mutating func end() -> Bool {
    defer { count = 0 }
    return count > 0
  }
}
