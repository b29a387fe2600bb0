import Events
import Foundation

/// The number type of the core: `Float` in production, `Double` in proofs.
public protocol LearningScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// The exponential function, with the same bits on every machine.
  static func exponential(_ value: Self) -> Self
  /// The natural logarithm, with the same bits on every machine.
  static func logarithm(_ value: Self) -> Self

  /// The numbers of `lane`, those nearer to zero than 1e-24 as zero: far below anything that acts, and far above the end
  /// of the normal range.
  ///
  /// What only ever decays would otherwise end below that range, where rounding keeps it from reaching zero and many
  /// processors take a hundred times longer.
  static func withoutVanishing(_ lane: SIMD8<Self>) -> SIMD8<Self>
  /// Whether any number of `lane` is further from zero than `limit`.
  static func isAny(of lane: SIMD8<Self>, beyond limit: Self) -> Bool
  /// A bit for each number of `lane` that is zero or above, the first one's lowest.
  static func notNegative(_ lane: SIMD8<Self>) -> UInt32
}

// Comparisons of lanes become vector instructions only where the type is known: in generic code they are made one
// number at a time.

extension Float: LearningScalar {
  @inline(__always)
  public static func withoutVanishing(_ lane: SIMD8<Float>) -> SIMD8<Float> {
    lane.replacing(with: 0 as Float, where: (lane .< 1e-24) .& (lane .> -1e-24))
  }

  @inline(__always)
  public static func isAny(of lane: SIMD8<Float>, beyond limit: Float) -> Bool {
    any((lane .> limit) .| (lane .< -limit))
  }

  @inline(__always)
  public static func notNegative(_ lane: SIMD8<Float>) -> UInt32 {
    let isAbove = lane .>= 0
    guard any(isAbove) else { return 0 }
    let bits = SIMD8<Int32>(1, 2, 4, 8, 16, 32, 64, 128)
    return UInt32(SIMD8<Int32>.zero.replacing(with: bits, where: isAbove).wrappedSum())
  }

  public static func exponential(_ value: Float) -> Float {
    Float(Double.exponential(Double(value)))
  }

  public static func logarithm(_ value: Float) -> Float {
    Float(Double.logarithm(Double(value)))
  }
}

extension Double: LearningScalar {
  @inline(__always)
  public static func withoutVanishing(_ lane: SIMD8<Double>) -> SIMD8<Double> {
    lane.replacing(with: 0 as Double, where: (lane .< 1e-24) .& (lane .> -1e-24))
  }

  @inline(__always)
  public static func isAny(of lane: SIMD8<Double>, beyond limit: Double) -> Bool {
    any((lane .> limit) .| (lane .< -limit))
  }

  @inline(__always)
  public static func notNegative(_ lane: SIMD8<Double>) -> UInt32 {
    let isAbove = lane .>= 0
    guard any(isAbove) else { return 0 }
    let bits = SIMD8<Int64>(1, 2, 4, 8, 16, 32, 64, 128)
    return UInt32(SIMD8<Int64>.zero.replacing(with: bits, where: isAbove).wrappedSum())
  }

  public static func exponential(_ value: Double) -> Double { portableExponential(value) }

  public static func logarithm(_ value: Double) -> Double {
    // Only for what is no positive normal number; there all libraries agree.
    value.isNormal && value > 0 ? portableLogarithm(value) : log(value)
  }
}
