/// Follows the sequence numbers of one publisher.
///
/// It remembers what the last messages looked like: a number that comes again with the same look is a message that came
/// twice, and with another look it is a publisher that counts anew, the first messages of which were lost.
public struct SequenceTracker: Sendable, Equatable, Codable {
  /// What a sequence number tells.
  public enum Arrival: Equatable, Sendable {
    /// The number expected.
    case next
    /// This many messages before it did not arrive.
    case gap(UInt64)
    /// A message that was missing in a gap: one message less did not arrive.
    case late
    /// A message that came before.
    case duplicate
    /// The publisher counts anew: another recording session, another clock.
    case restart
  }

  /// What tells one message from another of the same number.
  public struct Fingerprint: Sendable, Equatable, Codable {
    var count = 0
    var tBase: Int64 = 0
    /// Times of the oldest and the newest event, or of the watermark where there is none.
    var earliest: Int64?
    var latest: Int64?
    /// Whether a recording ends with it: what follows has a clock of its own.
    var isEnd = false

    /// That of a message of which nothing but its number is known.
    public init() {}

    /// - Parameter events: as the publisher sent them, on its own clock.
    public init(_ header: EventHeader, _ events: EventBatch) {
      let span = events.timeSpan
      count = events.count
      tBase = header.tBase
      earliest = span?.lowerBound ?? header.tEnd
      latest = span?.upperBound ?? header.tEnd
      isEnd = header.endOfRecording
    }
  }

  private struct Seen: Sendable, Equatable, Codable {
    var sequence: UInt64
    var fingerprint: Fingerprint
  }

  /// How far back a number may lie and not be that of a publisher that counts anew; so many messages are remembered.
  static let window: UInt64 = 64
  private var expected: UInt64?
  /// The last messages, by their numbers.
  private var recent: [Seen] = []

  public init() {}

  /// The newest number, where there is one.
  public var latest: UInt64? { expected.map { $0 &- 1 } }

  /// Takes the next number in.
  public mutating func receive(
    _ sequence: UInt64, _ fingerprint: Fingerprint = Fingerprint()
  ) -> Arrival {
    let arrival = arrival(of: sequence, fingerprint)
    switch arrival {
    case .duplicate: return arrival
    case .late: break
    case .restart:
      recent.removeAll(keepingCapacity: true)
      expected = sequence &+ 1
    case .next, .gap: expected = sequence &+ 1
    }
    if recent.count >= Int(Self.window) { recent.removeFirst() }
    recent.insert(Seen(sequence: sequence, fingerprint: fingerprint), at: place(of: sequence))
    return arrival
  }

  private func arrival(of sequence: UInt64, _ fingerprint: Fingerprint) -> Arrival {
    guard let expected, sequence > 0 || expected == 0 else { return .restart }
    // Modulo 2^64, so that the last number and the first are neighbours.
    let ahead = sequence &- expected
    if ahead == 0 { return .next }
    if ahead < 1 << 63 { return .gap(ahead) }
    guard expected &- sequence <= Self.window else { return .restart }
    let next = place(of: sequence)
    // What came before the first message that was seen is none of this session.
    guard next > 0 else { return .restart }
    let before = recent[next - 1]
    guard before.sequence != sequence else {
      return before.fingerprint == fingerprint ? .duplicate : .restart
    }
    let after = next < recent.count ? recent[next].fingerprint : fingerprint
    return fingerprint.lies(between: before.fingerprint, and: after) ? .late : .restart
  }

  /// Behind all messages up to this number.
  private func place(of sequence: UInt64) -> Int {
    guard let expected else { return 0 }
    let age = expected &- sequence
    return (recent.lastIndex { expected &- $0.sequence >= age } ?? -1) + 1
  }
}

extension SequenceTracker.Fingerprint {
  /// Whether a message of the same session that was sent between two others can look like this.
  fileprivate func lies(between before: Self, and after: Self) -> Bool {
    guard let earliest, let latest, !isEnd, !before.isEnd else { return true }
    return (before.earliest ?? earliest) <= earliest && latest <= (after.latest ?? latest)
  }
}
