import Foundation
import Reference

/// Adam (Kingma and Ba 2015) over the weights of a reference network, its gradient clipped element by element.
struct ReferenceAdam {
  let rate: Double
  let clip: Double
  private var first: [Double] = []
  private var second: [Double] = []
  private var updates = 0

  init(rate: Double, clip: Double) {
    (self.rate, self.clip) = (rate, clip)
  }

  mutating func step(
    _ network: inout ReferenceNetwork, _ gradient: ReferenceGradients, scale: Double
  ) {
    updates += 1
    var index = 0
    for layer in network.layers.indices {
      step(&network.layers[layer].weights, gradient.layers[layer].weights, scale, &index)
    }
    step(&network.readout.weights, gradient.readout.weights, scale, &index)
  }

  private mutating func step(
    _ weights: inout [[Double]], _ gradient: [[Double]], _ scale: Double, _ index: inout Int
  ) {
    let (beta1, beta2) = (0.9, 0.999)
    let correction1 = 1 - pow(beta1, Double(updates))
    let correction2 = 1 - pow(beta2, Double(updates))
    let missing = index + weights.count * (weights.first?.count ?? 0) - first.count
    if missing > 0 {
      first += [Double](repeating: 0, count: missing)
      second += [Double](repeating: 0, count: missing)
    }
    for i in weights.indices {
      for j in weights[i].indices {
        let g = min(max(gradient[i][j] * scale, -clip), clip)
        first[index] = beta1 * first[index] + (1 - beta1) * g
        second[index] = beta2 * second[index] + (1 - beta2) * g * g
        let root = (second[index] / correction2).squareRoot()
        weights[i][j] -= rate * first[index] / correction1 / (root + 1e-8)
        index += 1
      }
    }
  }
}
