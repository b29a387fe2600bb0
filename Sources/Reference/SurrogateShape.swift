import Foundation
import Learning

extension LearnerConfiguration.Surrogate {
  /// psi at a distance of the membrane from the threshold; see `SurrogateGradient` of Learning for the shapes.
  func derivative(_ distance: Double) -> Double {
    let u = distance / width
    switch function {
    case .piecewiseLinear: return height * max(0, 1 - abs(u))
    case .fastSigmoid: return height / ((1 + abs(u)) * (1 + abs(u)))
    case .sigmoid:
      let e = exp(-abs(u))
      return height * 4 * e / ((1 + e) * (1 + e))
    case .exponential: return height * exp(-abs(u))
    case .arctan: return height / (1 + u * u)
    case .boxcar: return abs(u) <= 1 ? height : 0
    case .spikeOperator: return u >= 0 ? height : height * leak
    }
  }

  /// A soft spike: a function of the distance whose derivative is psi everywhere.
  func integral(_ distance: Double) -> Double {
    let u = distance / width
    let scale = height * width
    switch function {
    case .piecewiseLinear:
      let x = min(max(u, -1), 1)
      return scale * (x < 0 ? (1 + x) * (1 + x) / 2 : 1 - (1 - x) * (1 - x) / 2)
    case .fastSigmoid: return scale * (u < 0 ? 1 / (1 - u) : 2 - 1 / (1 + u))
    case .sigmoid: return scale * 4 / (1 + exp(-u))
    case .exponential: return scale * (u < 0 ? exp(u) : 2 - exp(-u))
    case .arctan: return scale * (atan(u) + .pi / 2)
    case .boxcar: return scale * (1 + min(max(u, -1), 1))
    case .spikeOperator: return scale * (u >= 0 ? u : leak * u)
    }
  }
}
