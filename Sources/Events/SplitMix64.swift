/// A small seeded random generator with independent streams and the same numbers everywhere.
///
/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators",
/// doi:10.1145/2660193.2660195): a counter that advances by an odd increment, and a mixing
/// function over it. The whole state is two words, so it is cheap to seed one generator for each
/// recording and easy to keep one in a checkpoint. Not for cryptography.
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable, Codable {
  /// The counter. With ``increment`` it is all that a checkpoint needs.
  public private(set) var state: UInt64
  /// What one draw adds to the counter; always odd. Streams differ in it.
  public let increment: UInt64

  /// The generator of `seed`; its first numbers are those of the published reference code.
  public init(seed: UInt64) {
    state = seed
    increment = 0x9E37_79B9_7F4A_7C15
  }

  /// One of 2^64 generators of `seed` that can be used side by side.
  ///
  /// Each stream has a starting point and an increment of its own. With one increment for all,
  /// streams would be pieces of a single cycle, and among many some would overlap.
  public init(seed: UInt64, stream: UInt64) {
    // Two rounds, so that neither (seed, stream + 1) nor (seed + 1, stream) is a near neighbour.
    let key = Self.mix(Self.mix(seed) &+ 0x9E37_79B9_7F4A_7C15 &* (stream &+ 1))
    state = key
    increment = Self.oddIncrement(Self.mix(key &+ 0xD1B5_4A32_D192_ED03))
  }

  public mutating func next() -> UInt64 {
    state &+= increment
    return Self.mix(state)
  }

  /// A number in [0, 1), one of 2^53 that are equally likely.
  public mutating func nextUniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number in `range`.
  mutating func nextUniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + nextUniform() * (range.upperBound - range.lowerBound)
  }

  /// A number from the normal distribution with mean 0 and variance 1.
  ///
  /// The polar method (Marsaglia and Bray 1964). Its second number is thrown away: keeping it
  /// would make the state more than the two words that are saved and compared.
  public mutating func nextGaussian() -> Double {
    while true {
      let u = 2 * nextUniform() - 1
      let v = 2 * nextUniform() - 1
      let s = u * u + v * v
      if s < 1 && s > 0 { return u * (-2 * portableLogarithm(s) / s).squareRoot() }
    }
  }

  /// A number from the exponential distribution with mean 1: the time to the next Poisson event.
  public mutating func nextExponential() -> Double {
    -portableLogarithm(1 - nextUniform())
  }

  /// The finaliser of the published generator.
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// An odd increment whose bits change often enough: a sparse one would make successive
  /// counters too much alike for the mixing function (section 5 of the paper).
  private static func oddIncrement(_ value: UInt64) -> UInt64 {
    let odd = value | 1
    return (odd ^ (odd >> 1)).nonzeroBitCount < 24 ? odd ^ 0xAAAA_AAAA_AAAA_AAAA : odd
  }
}
