import Foundation
import ToolSupport

/// Stream time on the wall clock.
struct LiveClock {
  private let begin = ContinuousClock.now
  private let speed: Double
  /// How late a message was at most, in seconds of wall-clock time.
  private(set) var largestDelay = 0.0

  /// - Parameter speed: stream time over wall-clock time.
  init(speed: Double) {
    self.speed = speed
  }

  /// Wall-clock time since stream time 0, in seconds.
  var elapsed: Double { (ContinuousClock.now - begin).inSeconds }

  /// Sleeps until stream time `time`, in microseconds.
  ///
  /// - Returns: `false` when the user ended it before.
  mutating func wait(until time: Int64, unless interruption: Interruption) -> Bool {
    let due = Double(time) / speed * 1e-6
    while !interruption.isRequested {
      let left = due - elapsed
      guard left > 0 else {
        largestDelay = max(largestDelay, -left)
        return true
      }
      // In short pieces: an interruption does not end a sleep of this thread.
      Thread.sleep(forTimeInterval: min(left, 0.05))
    }
    return false
  }
}
