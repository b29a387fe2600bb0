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
    distance: LaneVector<Scalar>, into psi: LaneVector<Scalar>, lanes: Range<Int>
  ) {
    let height = Scalar(self.height)
    let scale = 1 / Scalar(width)
    // One number after the other: the compiler makes vectors of this, and not of comparisons of lanes.
    let (source, target) = (distance.scalars, psi.scalars)
    let range = lanes.lowerBound * 8..<lanes.upperBound * 8
    switch function {
    case .piecewiseLinear:
      let slope = height * scale
      for index in range {
        let value = height - slope * source[index].magnitude
        target[index] = value < 0 ? 0 : value
      }
    case .fastSigmoid:
      for index in range {
        let root = source[index].magnitude * scale + 1
        target[index] = height / (root * root)
      }
    case .arctan:
      for index in range {
        let u = source[index] * scale
        target[index] = height / (u * u + 1)
      }
    case .boxcar:
      let width = Scalar(self.width)
      for index in range { target[index] = source[index].magnitude > width ? 0 : height }
    case .spikeOperator:
      let low = height * Scalar(leak)
      for index in range { target[index] = source[index] < 0 ? low : height }
    case .sigmoid:
      for index in range.clamped(to: 0..<distance.count) {
        // The same at -u; of the two, this exponential cannot overflow.
        let e = Scalar.exponential(-abs(distance.scalars[index]) * scale)
        psi.scalars[index] = height * 4 * e / ((1 + e) * (1 + e))
      }
    case .exponential:
      for index in range.clamped(to: 0..<distance.count) {
        psi.scalars[index] = height * Scalar.exponential(-abs(distance.scalars[index]) * scale)
      }
    }
  }
}
