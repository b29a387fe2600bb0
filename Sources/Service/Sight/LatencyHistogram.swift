/// Times in buckets whose width grows with them, sixteen to an octave: a quantile is right to 1/16, and memory is fixed.
///
/// From 1 us to 38 hours in 544 buckets; the scheme of HdrHistogram (Tene).
struct LatencyHistogram {
  private static let octaves = 37
  private var counts = [UInt64](repeating: 0, count: (octaves - 3) * 16)
  private(set) var count: UInt64 = 0
  /// Of all times, microseconds.
  private(set) var sum = 0.0
  private(set) var largest: UInt64 = 0

  /// Adds a time in microseconds.
  mutating func add(_ microseconds: UInt64) {
    let time = min(microseconds, 1 << Self.octaves - 1)
    counts[Self.bucket(of: time)] += 1
    count += 1
    sum += Double(time)
    largest = max(largest, time)
  }

  mutating func add(_ other: LatencyHistogram) {
    guard other.count > 0 else { return }
    for index in counts.indices { counts[index] += other.counts[index] }
    count += other.count
    sum += other.sum
    largest = max(largest, other.largest)
  }

  /// Forgets everything.
  mutating func clear() {
    guard count > 0 else { return }
    self = LatencyHistogram()
  }

  private static func bucket(of time: UInt64) -> Int {
    guard time >= 16 else { return Int(time) }
    let octave = 63 - time.leadingZeroBitCount
    return (octave - 3) * 16 + Int(time >> UInt64(octave - 4) & 15)
  }

  /// The first time, in microseconds, that is above a bucket.
  private static func end(of bucket: Int) -> UInt64 {
    guard bucket >= 16 else { return UInt64(bucket) + 1 }
    return UInt64(bucket % 16 + 17) << UInt64(bucket / 16 - 1)
  }

  /// The least time in microseconds, to 1/16, that a share of all times does not exceed; nothing without times.
  func quantile(_ share: Double) -> UInt64? {
    guard count > 0 else { return nil }
    let rank = max(1, UInt64((share * Double(count)).rounded(.up)))
    var seen: UInt64 = 0
    for (bucket, here) in counts.enumerated() {
      seen += here
      if seen >= rank { return min(Self.end(of: bucket) - 1, largest) }
    }
    return largest
  }

  /// How many times were below `2^octave` microseconds, for an octave of at least 4.
  func count(belowOctave octave: Int) -> UInt64 {
    counts[..<((octave - 3) * 16)].reduce(0, +)
  }
}

/// The times of the last minute, in slices of ten seconds that are forgotten one by one.
struct RecentLatency {
  static let slice = Duration.seconds(10)
  private var slices = [LatencyHistogram](repeating: LatencyHistogram(), count: 6)
  private var newest = 0
  private var end = ContinuousClock.now + slice

  mutating func add(_ microseconds: UInt64, at now: ContinuousClock.Instant) {
    advance(to: now)
    slices[newest].add(microseconds)
  }

  mutating func histogram(at now: ContinuousClock.Instant) -> LatencyHistogram {
    advance(to: now)
    return slices.reduce(into: LatencyHistogram()) { $0.add($1) }
  }

  private mutating func advance(to now: ContinuousClock.Instant) {
    // After a long silence nothing is left, however many slices it covers.
    for _ in slices.indices where now >= end {
      newest = (newest + 1) % slices.count
      slices[newest].clear()
      end += Self.slice
    }
    if now >= end { end = now + Self.slice }
  }
}
