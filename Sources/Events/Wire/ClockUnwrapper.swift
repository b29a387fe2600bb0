/// Extends a microsecond clock of few bits to 64: one of 32 starts again at 0 after 71.6 minutes.
///
/// A pause longer than half of the range may look shorter than it was: only the bits are there to tell.
public struct ClockUnwrapper: Sendable, Equatable {
  /// Bits of the clock.
  public let bits: Int
  private let range: Int64
  /// Within this time around a wrap, an event from before it is late and not a whole range ahead.
  private let disorder: Int64
  /// Sums of a time and an epoch below these stay within ``WireEncoding/timeLimit``.
  private static let largestTime: Int64 = 3 << 60
  private static let largestEpoch: Int64 = 1 << 60
  private var epoch: Int64 = 0
  private var last: Int64?

  /// - Precondition: `bits` is in 8...48.
  public init(bits: Int = 32) {
    precondition((8...48).contains(bits), "a clock of \(bits) bits")
    self.bits = bits
    range = 1 << bits
    disorder = min(60_000_000, range / 4)
  }

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
    if behind > range / 2 {
      let wraps = (behind + range / 2 - 1) >> bits
      return time + min(epoch + wraps << bits, Self.largestEpoch)
    }
    let late = behind + range
    return time + (epoch > 0 && (0...disorder).contains(late) ? epoch - range : epoch)
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
      newest - earliest <= range / 2
    else { return false }
    last = newest
    return true
  }
}

extension ClockUnwrapper: Codable {
  private enum CodingKeys: String, CodingKey {
    case bits, epoch, last
  }

  /// - Throws: `DecodingError` for a clock that cannot be.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let bits = try container.decode(Int.self, forKey: .bits)
    let epoch = try container.decode(Int64.self, forKey: .epoch)
    guard (8...48).contains(bits), (0...Self.largestEpoch).contains(epoch) else {
      throw DecodingError.dataCorruptedError(
        forKey: .bits, in: container, debugDescription: "a clock of \(bits) bits at \(epoch) us")
    }
    self.init(bits: bits)
    self.epoch = epoch
    last = try container.decodeIfPresent(Int64.self, forKey: .last)
      .map { min(max($0, -WireEncoding.timeLimit), WireEncoding.timeLimit) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(bits, forKey: .bits)
    try container.encode(epoch, forKey: .epoch)
    try container.encodeIfPresent(last, forKey: .last)
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
