import Events

/// Finds out when the rate of a yes or no changes: ADWIN2 of Bifet and Gavaldà 2007, "Learning from time-changing data with
/// adaptive windowing".
///
/// The window holds the latest outcomes for as long as they look alike. It is cut wherever it can be split into an older part
/// of n0 outcomes and a newer one of n1 whose means differ by more than
///
///     epsilon = sqrt(2/m s^2 ln(2/d)) + 2/(3m) ln(2/d)        1/m = 1/n0 + 1/n1,  d = delta / ln n
///
/// with s^2 the variance of the n outcomes of the whole window; then its oldest outcomes are dropped. Under one rate all along,
/// a cut is made at a given time with a probability of at most `delta`.
///
/// The outcomes are held in an exponential histogram: at most ``bucketsPerSize`` buckets of each power of two, of which the two
/// oldest become one of the next size. So n outcomes take at most 5 (log2 n + 1) counts, and splits are tried between
/// buckets only.
public struct Adwin: Equatable, Sendable {
  /// M of the paper.
  public static let bucketsPerSize = 5

  /// A part of the window.
  struct Bucket: Equatable, Sendable, Codable {
    /// Outcomes, a power of two.
    var count: Int
    /// How many of them were yes.
    var ones: Int
  }

  /// A change that was found: the split of the window that told the two parts apart most clearly.
  public struct Change: Equatable, Sendable {
    /// Mean of the older part.
    public var before: Double
    /// Mean of the newer part.
    public var after: Double
    /// Outcomes in the newer part.
    public var recent: Int
    /// By how much the means differ more than they may.
    var excess: Double
  }

  /// Bound for the probability of a false alarm.
  public let delta: Double
  /// The oldest first; their sizes never rise.
  private(set) var buckets: [Bucket] = []
  /// Outcomes in the window.
  public private(set) var width = 0
  /// How many of them were yes.
  public private(set) var ones = 0

  /// - Parameter delta: above 0 and below 1; 0.002 is usual.
  public init(delta: Double) {
    self.delta = delta
  }

  /// The rate as the window has it.
  public var mean: Double? { width > 0 ? Double(ones) / Double(width) : nil }

  /// Takes the next outcome in.
  ///
  /// - Returns: what has changed, where the window was cut.
  public mutating func add(_ outcome: Bool) -> Change? {
    buckets.append(Bucket(count: 1, ones: outcome ? 1 : 0))
    width += 1
    ones += outcome ? 1 : 0
    compress()
    let change = clearestChange()
    var isAlike = change == nil
    while !isAlike {
      dropOldest()
      isAlike = clearestChange() == nil
    }
    return change
  }

  /// Drops all but the newest `count` outcomes, or a few more where a bucket holds both.
  public mutating func keep(newest count: Int) {
    while let oldest = buckets.first, width - oldest.count >= count { dropOldest() }
  }

  private mutating func dropOldest() {
    let oldest = buckets.removeFirst()
    width -= oldest.count
    ones -= oldest.ones
  }

  /// Puts the two oldest buckets of a size together where there are too many of it.
  private mutating func compress() {
    var end = buckets.count
    while end > 0 {
      let size = buckets[end - 1].count
      var first = end
      while first > 0, buckets[first - 1].count == size { first -= 1 }
      guard end - first > Self.bucketsPerSize else { return }
      let older = buckets.remove(at: first)
      buckets[first].count += older.count
      buckets[first].ones += older.ones
      // What became larger is the newest of its size.
      end = first + 1
    }
  }

  /// The split that tells its two parts apart most clearly, if any does.
  private func clearestChange() -> Change? {
    guard width > 1 else { return nil }
    let (n, p) = (Double(width), Double(ones) / Double(width))
    let variance = p * (1 - p)
    let logarithm = Double.logarithm(2 * Double.logarithm(n) / delta)
    // Below e outcomes, ln n is no number to divide by.
    guard logarithm > 0 else { return nil }
    var clearest: Change?
    var (n0, ones0) = (0, 0)
    for bucket in buckets.dropLast() {
      n0 += bucket.count
      ones0 += bucket.ones
      let n1 = width - n0
      let m = 1 / (1 / Double(n0) + 1 / Double(n1))
      let epsilon =
        (2 / m * variance * logarithm).squareRoot() + 2 / (3 * m) * logarithm
      let (before, after) = (Double(ones0) / Double(n0), Double(ones - ones0) / Double(n1))
      let excess = abs(before - after) - epsilon
      if excess > 0, excess > clearest?.excess ?? 0 {
        clearest = Change(before: before, after: after, recent: n1, excess: excess)
      }
    }
    return clearest
  }

  /// Takes over what ``buckets`` gave, where it can be of such a window.
  ///
  /// - Returns: whether it can; nothing has changed otherwise.
  mutating func restore(_ buckets: [Bucket]) -> Bool {
    guard buckets.count <= Self.bucketsPerSize * 62,
      buckets.allSatisfy({
        $0.count > 0 && $0.count <= 1 << 50 && $0.count.nonzeroBitCount == 1
          && (0...$0.count).contains($0.ones)
      }),
      zip(buckets, buckets.dropFirst()).allSatisfy({ $0.count >= $1.count })
    else { return false }
    self.buckets = buckets
    width = buckets.reduce(0) { $0 + $1.count }
    ones = buckets.reduce(0) { $0 + $1.ones }
    return true
  }
}
