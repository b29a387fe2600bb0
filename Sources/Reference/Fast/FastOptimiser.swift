import Foundation
import Learning

/// Moves the weights of a layer: plain descent or Adam (Kingma and Ba 2015), the gradient clipped element by element. Rows
/// of weights that were never used have never had a gradient, and are passed over.
final class FastOptimiser {
  private let settings: LearnerConfiguration.Optimiser
  private let first: Rows
  private let second: Rows
  private let hasBias: Bool

  init(_ settings: LearnerConfiguration.Optimiser, rows: Int, width: Int, hasBias: Bool) {
    (self.settings, self.hasBias) = (settings, hasBias)
    // The moments of the bias are the last row.
    let count = settings.method == .adam ? rows + 1 : 0
    (first, second) = (Rows(count: count, width: width), Rows(count: count, width: width))
  }

  /// Moves weights against the summed gradient times `scale`, and clears it.
  func update(
    _ layer: FastLayer, rate: Double, scale: Double, biasUnit: Double, updates: Int
  ) {
    for i in 0..<layer.inputs where layer.transposed != nil || layer.isLive[i] {
      move(layer.weights.row(i), layer.gradient.row(i), i, rate, scale, updates)
    }
    if hasBias {
      move(
        layer.bias.start, layer.biasGradient.start, layer.inputs, rate * biasUnit,
        scale * biasUnit, updates)
    } else {
      layer.biasGradient.clear()
    }
  }

  private func move(
    _ w: UnsafeMutablePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ row: Int,
    _ rate: Double, _ scale: Double, _ updates: Int
  ) {
    let width = first.stride
    let scale = Float(scale)
    let limit: Float = settings.clipValue > 0 ? Float(settings.clipValue) : .infinity
    guard settings.method == .adam else {
      let rate = Float(rate)
      for j in 0..<width {
        let g = gradient[j] * scale
        let clipped = g > limit ? limit : (g < -limit ? -limit : g)
        w[j] -= rate * clipped
        gradient[j] = 0
      }
      return
    }
    let (beta1, beta2) = (Float(settings.beta1), Float(settings.beta2))
    let correction = (1 - pow(settings.beta2, Double(updates))).squareRoot()
    // The corrections of both moments in one factor, and in epsilon.
    let step = Float(rate * correction / (1 - pow(settings.beta1, Double(updates))))
    let epsilon = Float(settings.epsilon * correction)
    let (m, v) = (first.row(row), second.row(row))
    for j in 0..<width {
      let g = gradient[j] * scale
      let clipped = g > limit ? limit : (g < -limit ? -limit : g)
      let mean = beta1 * m[j] + (1 - beta1) * clipped
      let square = beta2 * v[j] + (1 - beta2) * clipped * clipped
      m[j] = mean
      v[j] = square
      w[j] -= step * mean / (square.squareRoot() + epsilon)
      gradient[j] = 0
    }
  }
}
