/// Follows the sequence numbers of one publisher.
public struct SequenceTracker: Sendable, Equatable, Codable {
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
