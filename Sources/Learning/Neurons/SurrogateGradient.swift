/// A stand-in for the derivative of the spike with respect to the membrane, which is zero almost everywhere.
///
/// With u = (V - theta) / width, and height the largest value, at the threshold.
public struct SurrogateGradient: Equatable, Sendable {
  /// The shape; names follow NEST and snnTorch.
  public enum Function: String, Codable, CaseIterable, Sendable {
    /// psi = height max(0, 1 - |u|), Bellec et al. 2020 (equation 4 with width theta).
    case piecewiseLinear = "piecewise_linear"
    /// psi = height / (1 + |u|)^2, Zenke and Ganguli 2018.
    case fastSigmoid = "fast_sigmoid"
    /// psi = height 4 s (1 - s), s = 1 / (1 + exp(-u)).
    case sigmoid
    /// psi = height exp(-|u|), Shrestha and Orchard 2018; ANTLR has height 1 and width 1/3.
    case exponential
    /// psi = height / (1 + u^2), Fang et al. 2021; snnTorch's alpha is 2 / (pi width).
    case arctan
    /// psi = height where |u| <= 1, else 0.
    case boxcar
    /// psi = height from the threshold on, leak height below it: the spike itself, leaky (Eshraghian et al. 2021).
    case spikeOperator = "spike_operator"
  }

  public var function: Function
  /// Largest value, at the threshold.
  public var height: Double
  /// The scale of the distance from the threshold, in units of the membrane.
  public var width: Double
  /// The part of the height that the spike operator has below the threshold.
  public var leak: Double

  public init(
    function: Function = .piecewiseLinear, height: Double = 0.3, width: Double = 1,
    leak: Double = 0.1
  ) {
    self.function = function
    self.height = height
    self.width = width
    self.leak = leak
  }

  /// psi for a whole layer, from the distances of its membranes to their thresholds.
  func evaluate<Scalar: LearningScalar>(
    distance: LaneVector<Scalar>, into psi: LaneVector<Scalar>
  ) {
    let height = Scalar(self.height)
    let top = SIMD8(repeating: height)
    let scale = 1 / Scalar(width)
    let (source, target) = (distance.lanes, psi.lanes)
    switch function {
    case .piecewiseLinear:
      let slope = SIMD8(repeating: height * scale)
      for lane in 0..<distance.laneCount {
        let value = top - slope * Self.magnitude(source[lane])
        target[lane] = value.replacing(with: .zero, where: value .< .zero)
      }
    case .fastSigmoid:
      for lane in 0..<distance.laneCount {
        let root = Self.magnitude(source[lane]) * scale + 1
        target[lane] = top / (root * root)
      }
    case .arctan:
      for lane in 0..<distance.laneCount {
        let u = source[lane] * scale
        target[lane] = top / (u * u + 1)
      }
    case .boxcar:
      let width = SIMD8(repeating: Scalar(self.width))
      for lane in 0..<distance.laneCount {
        let outside = Self.magnitude(source[lane]) .> width
        target[lane] = top.replacing(with: .zero, where: outside)
      }
    case .spikeOperator:
      let low = SIMD8(repeating: height * Scalar(leak))
      for lane in 0..<distance.laneCount {
        target[lane] = top.replacing(with: low, where: source[lane] .< .zero)
      }
    case .sigmoid:
      for index in 0..<distance.count {
        // The same at -u; of the two, this exponential cannot overflow.
        let e = Scalar.exponential(-abs(distance.scalars[index]) * scale)
        psi.scalars[index] = height * 4 * e / ((1 + e) * (1 + e))
      }
    case .exponential:
      for index in 0..<distance.count {
        psi.scalars[index] = height * Scalar.exponential(-abs(distance.scalars[index]) * scale)
      }
    }
  }

  @inline(__always)
  private static func magnitude<Scalar: LearningScalar>(_ lane: SIMD8<Scalar>) -> SIMD8<Scalar> {
    lane.replacing(with: -lane, where: lane .< .zero)
  }
}
