/// A stand-in for the derivative of the spike with respect to the membrane, which is zero almost everywhere.
public struct SurrogateGradient: Equatable, Sendable {
  /// The shape; names follow NEST.
  public enum Function: String, Codable, CaseIterable, Sendable {
    /// psi = height max(0, 1 - |V - theta| / width), Bellec et al. 2020 (equation 4 with width theta).
    case piecewiseLinear = "piecewise_linear"
  }

  public var function: Function
  /// Largest value, at the threshold.
  public var height: Double
  /// Distance from the threshold at which the value reaches zero, in units of the membrane.
  public var width: Double

  public init(function: Function = .piecewiseLinear, height: Double = 0.3, width: Double = 1) {
    self.function = function
    self.height = height
    self.width = width
  }

  /// psi for a whole layer.
  func evaluate<Scalar: LearningScalar>(
    membrane: LaneVector<Scalar>, threshold: Scalar, into psi: LaneVector<Scalar>
  ) {
    switch function {
    case .piecewiseLinear:
      let height = Scalar(self.height)
      let slope = SIMD8(repeating: height / Scalar(width))
      let top = SIMD8(repeating: height)
      let theta = SIMD8(repeating: threshold)
      for lane in 0..<membrane.laneCount {
        let distance = membrane.lanes[lane] - theta
        let magnitude = distance.replacing(with: -distance, where: distance .< .zero)
        let value = top - slope * magnitude
        psi.lanes[lane] = value.replacing(with: .zero, where: value .< .zero)
      }
    }
  }
}
