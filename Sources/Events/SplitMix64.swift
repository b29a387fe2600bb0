import Foundation

/// A small seeded generator whose sequence is fixed by this file: the same seed gives the same bits
/// on every machine and with every compiler.
///
/// Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014. It shuffles,
/// initialises and simulates; it is not for secrets.
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable, Codable {
  private var state: UInt64
  private var spareGaussian: Double?

  public init(seed: UInt64) {
    state = seed
  }

  /// A generator of its own for each `stream` of one `seed`.
  public init(seed: UInt64, stream: UInt64) {
    var mixer = SplitMix64(seed: seed)
    let base = mixer.next()
    mixer = SplitMix64(seed: stream &* 0xD1B5_4A32_D192_ED03 &+ 0x8CB9_2BA7_2F3D_8DD7)
    state = base ^ mixer.next()
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in [0, 1), uniform over multiples of 2^-53.
  public mutating func nextUniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number from the standard normal distribution (Marsaglia's polar method).
  public mutating func nextGaussian() -> Double {
    if let spare = spareGaussian {
      spareGaussian = nil
      return spare
    }
    while true {
      let u = 2 * nextUniform() - 1
      let v = 2 * nextUniform() - 1
      let square = u * u + v * v
      guard square > 0, square < 1 else { continue }
      let scale = (-2 * log(square) / square).squareRoot()
      spareGaussian = v * scale
      return u * scale
    }
  }

  /// An integer in 0..<`bound`, without bias.
  ///
  /// - Precondition: `bound` is at least 1.
  public mutating func nextInteger(below bound: Int) -> Int {
    precondition(bound > 0, "a random integer below \(bound)")
    let range = UInt64(bound)
    let limit = UInt64.max - UInt64.max % range
    while true {
      let value = next()
      if value < limit { return Int(value % range) }
    }
  }

  /// The numbers 0..<`count` in random order (Fisher and Yates).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, nextInteger(below: last + 1))
    }
    return order
  }
}
