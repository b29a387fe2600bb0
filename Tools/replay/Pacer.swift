import Foundation
import ToolSupport

/// Holds stream time against the wall clock.
struct Pacer {
  private let speed: Replay.Speed
  private var origin: (wall: ContinuousClock.Instant, stream: Int64)?

  init(_ speed: Replay.Speed) {
    self.speed = speed
  }

  /// Whether stream time is tied to the wall clock at all.
  var isPaced: Bool { speed != .max }

  /// Sleeps until stream time `time` (microseconds) is due.
  mutating func wait(until time: Int64) {
    guard case .times(let factor) = speed else { return }
    let now = ContinuousClock.now
    guard let origin else {
      self.origin = (now, time)
      return
    }
    let due = origin.wall + .microseconds(Double(time - origin.stream) / factor)
    let left = now.duration(to: due)
    if left > .zero { Thread.sleep(forTimeInterval: left.inSeconds) }
  }
}
