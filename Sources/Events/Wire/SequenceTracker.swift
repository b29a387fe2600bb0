/// Follows the sequence numbers of one publisher.
public struct SequenceTracker: Sendable, Equatable {
  /// What a sequence number tells.
  public enum Arrival: Equatable, Sendable {
    /// The number expected.
    case next
    /// This many messages before it did not arrive.
    case gap(UInt64)
    /// A message that came before.
    case duplicate
    /// The publisher counts anew: another recording session, another clock.
    case restart
  }

  /// How far back a number may lie to count as a duplicate and not as a publisher that counts anew.
  static let duplicateWindow: UInt64 = 64
  private var expected: UInt64?

  public init() {}

  /// Takes the next number in.
  public mutating func receive(_ sequence: UInt64) -> Arrival {
    let arrival = arrival(of: sequence)
    if arrival != .duplicate { expected = sequence &+ 1 }
    return arrival
  }

  private func arrival(of sequence: UInt64) -> Arrival {
    guard let expected, sequence > 0 || expected == 0 else { return .restart }
    // Modulo 2^64, so that the last number and the first are neighbours.
    let ahead = sequence &- expected
    if ahead == 0 { return .next }
    if ahead < 1 << 63 { return .gap(ahead) }
    return expected &- sequence <= Self.duplicateWindow ? .duplicate : .restart
  }
}

/// Extends a 32-bit microsecond clock, which starts again at 0 after 71.6 minutes, to 64 bits.
public struct ClockUnwrapper: Sendable, Equatable {
  private static let range: Int64 = 1 << 32
  /// Within this time around a wrap, an event from before it is late and not an hour ahead.
  private static let disorder: Int64 = 60_000_000
  /// Sums of a time and an epoch below these stay within ``WireEncoding/timeLimit``.
  private static let largestTime: Int64 = 3 << 60
  private static let largestEpoch: Int64 = 1 << 60
  private var epoch: Int64 = 0
  private var last: Int64?

  public init() {}

  /// The time of the endless clock: a step back by more than half of the range is a wrap.
  public mutating func unwrap(_ time: Int64) -> Int64 {
    let time = Self.bounded(time)
    let unwrapped = unwrapped(time)
    if unwrapped > last ?? .min {
      epoch = unwrapped - time
      last = unwrapped
    }
    return unwrapped
  }

  /// The same without taking `time` for news of the clock: for labels, which may lie ahead.
  public func unwrapped(_ time: Int64) -> Int64 {
    let time = Self.bounded(time)
    guard let last else { return time }
    let behind = last - (time + epoch)
    if behind > Self.range / 2 {
      let wraps = (behind + Self.range / 2 - 1) >> 32
      return time + min(epoch + wraps << 32, Self.largestEpoch)
    }
    let late = behind + Self.range
    return time + (epoch > 0 && (0...Self.disorder).contains(late) ? epoch - Self.range : epoch)
  }

  private static func bounded(_ time: Int64) -> Int64 {
    min(max(time, -largestTime), largestTime)
  }

  /// Whether many times, the earliest and the latest of which are known, need no unwrapping; notes them then.
  ///
  /// - Returns: whether they are the times of the endless clock already; nothing is to be done then.
  fileprivate mutating func passes(from earliest: Int64, to latest: Int64) -> Bool {
    let newest = max(last ?? latest, latest)
    guard epoch == 0, Self.bounded(earliest) == earliest, Self.bounded(newest) == newest,
      newest - earliest <= Self.range / 2
    else { return false }
    last = newest
    return true
  }
}

extension EventBatch {
  /// Puts all times on the endless clock, in their order.
  public mutating func unwrap(_ clock: inout ClockUnwrapper) {
    guard let span = timeSpan, !clock.passes(from: span.lowerBound, to: span.upperBound) else {
      return
    }
    mapTimes { clock.unwrap($0) }
  }
}
