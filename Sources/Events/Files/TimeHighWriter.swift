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
