import Foundation

/// The number type of the core: `Float` in production, `Double` in proofs.
public protocol LearningScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// The exponential function.
  static func exponential(_ value: Self) -> Self
  /// The natural logarithm.
  static func logarithm(_ value: Self) -> Self
}

extension Float: LearningScalar {
  public static func exponential(_ value: Float) -> Float { exp(value) }
  public static func logarithm(_ value: Float) -> Float { log(value) }
}

extension Double: LearningScalar {
  public static func exponential(_ value: Double) -> Double { exp(value) }
  public static func logarithm(_ value: Double) -> Double { log(value) }
}
