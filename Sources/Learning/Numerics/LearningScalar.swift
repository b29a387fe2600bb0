import Events
import Foundation

/// The number type of the core: `Float` in production, `Double` in proofs.
public protocol LearningScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// The exponential function, with the same bits on every machine.
  static func exponential(_ value: Self) -> Self
  /// The natural logarithm, with the same bits on every machine.
  static func logarithm(_ value: Self) -> Self
}

extension Float: LearningScalar {
  public static func exponential(_ value: Float) -> Float {
    Float(Double.exponential(Double(value)))
  }

  public static func logarithm(_ value: Float) -> Float {
    Float(Double.logarithm(Double(value)))
  }
}

extension Double: LearningScalar {
  public static func exponential(_ value: Double) -> Double { portableExponential(value) }

  public static func logarithm(_ value: Double) -> Double {
    // Only for what is no positive normal number; there all libraries agree.
    value.isNormal && value > 0 ? portableLogarithm(value) : log(value)
  }
}
