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
    guard let expected else {
      self.expected = sequence &+ 1
      return .restart
    }
    if sequence == expected {
      self.expected = sequence &+ 1
      return .next
    }
    if sequence > expected {
      self.expected = sequence &+ 1
      return .gap(sequence - expected)
    }
    if sequence > 0, expected - sequence <= Self.duplicateWindow { return .duplicate }
    self.expected = sequence &+ 1
    return .restart
  }
}

/// Extends a 32-bit microsecond clock, which starts again at 0 after 71.6 minutes, to 64 bits.
public struct ClockUnwrapper: Sendable, Equatable {
  private var epoch: Int64 = 0
  private var last: Int64?

  public init() {}

  /// The time of the endless clock: a step back by more than half of the range is a wrap.
  public mutating func unwrap(_ time: Int64) -> Int64 {
    if let last, time + epoch < last - 1 << 31, epoch < 1 << 60 { epoch += 1 << 32 }
    let unwrapped = time + epoch
    last = max(last ?? unwrapped, unwrapped)
    return unwrapped
  }

  /// The time of the endless clock for a time of the same epoch as the newest one.
  public func unwrapped(_ time: Int64) -> Int64 { time + epoch }
}
