/// A time that starts again at 0 after its range, made one that does not.
///
/// A step back by half of the range or more is a wrap; a smaller one is a step back. That is the rule of the camera
/// maker's open decoder for EVT 3.0.
struct WrappingTime: Sendable {
  /// Microseconds, a power of two.
  let range: Int64
  /// The time without end, in microseconds.
  private(set) var time: Int64 = 0

  /// Times stay below.
  static let limit: Int64 = 1 << 62

  init(range: Int64) { self.range = range }

  private var remainder: Int64 { time & (range &- 1) }

  /// Sets the time to `value`, which is in `0..<range`.
  ///
  /// - Returns: `false` if that would be ``limit`` or more; nothing has changed then.
  @inline(__always)
  mutating func set(_ value: Int64) -> Bool {
    let remainder = remainder
    var next = time &- remainder &+ value
    if remainder &- value >= range / 2 {
      next &+= range
      guard next < Self.limit else { return false }
    }
    time = next
    return true
  }

  static func beyond(_ offset: Int) -> RecordingError {
    .malformed(path: nil, offset: offset, reason: "a time of 2^62 us or more")
  }

  /// Times that can come next.
  var reach: ClosedRange<Int64> {
    let remainder = remainder
    let first = time - min(remainder, range / 2 - 1)
    let last = remainder < range / 2 ? time - remainder + range - 1 : time + range / 2
    return first...min(last, Self.limit - 1)
  }
}
