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

/// The upper part of times as EVT files write it: each change of it, and each start again at 0.
struct TimeHighWriter: Sendable {
  /// Bits of a time that stand with the events.
  let lowBits: Int64
  /// Bits of the upper part.
  let highBits: Int64
  /// Times without end, without their lower bits.
  private var high: Int64 = 0
  private var hasBegun = false

  /// Starts again at 0 between two events, at most: so many words can one event take.
  static let largestGap: Int64 = 1 << 16

  init(lowBits: Int64, highBits: Int64) { (self.lowBits, self.highBits) = (lowBits, highBits) }

  /// Whether `time` has the upper part that was written last.
  @inline(__always)
  func holds(_ time: Int64) -> Bool { hasBegun && time >> lowBits == high }

  /// Times that can come next.
  var reach: ClosedRange<Int64> {
    let (range, half) = (Int64(1) << highBits, Int64(1) << (highBits - 1))
    let first = high - min(high & (range - 1), half - 1)
    let (turns, overflow) = ((high >> highBits) + 1 + Self.largestGap)
      .multipliedReportingOverflow(by: range << lowBits)
    let end = overflow ? WrappingTime.limit : min(turns, WrappingTime.limit)
    return first << lowBits...end - 1
  }

  /// The upper parts to be written before an event at `time`, which is in ``reach``.
  ///
  /// No step forward is longer than half of the range, and what comes before a start at 0 is the largest part:
  /// decoders differ in what else they take for a start.
  mutating func parts(to time: Int64) -> [UInt32] {
    let target = time >> lowBits
    let mask = Int64(1) << highBits - 1
    let half = Int64(1) << (highBits - 1)
    var parts: [UInt32] = []
    func write(_ part: Int64) { parts.append(UInt32(truncatingIfNeeded: part & mask)) }
    while high >> highBits < target >> highBits {
      let last = high | mask
      if last - high > half { write(high + half) }
      if last != high || !hasBegun { write(last) }
      high = last + 1
      hasBegun = true
      write(high)
    }
    if target - high > half { write(high + half) }
    if target != high || !hasBegun { write(target) }
    (high, hasBegun) = (target, true)
    return parts
  }
}
