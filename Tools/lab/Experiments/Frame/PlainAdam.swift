import Foundation

/// Adam (Kingma and Ba 2015) over rows of weights that come in the same order in each update, the gradient clipped
/// element by element. Weights may decay by themselves (Loshchilov and Hutter 2019).
struct PlainAdam {
  let clip: Double
  let decay: Double
  private var rate = 0.0
  private var first: [Double] = []
  private var second: [Double] = []
  private var updates = 0
  private var corrections = (0.0, 0.0)
  /// Where the next row begins.
  private var place = 0

  init(clip: Double = .infinity, decay: Double = 0) { (self.clip, self.decay) = (clip, decay) }

  mutating func beginUpdate(rate: Double) {
    self.rate = rate
    updates += 1
    place = 0
    corrections = (1 - pow(0.9, Double(updates)), 1 - pow(0.999, Double(updates)))
  }

  /// Moves a row of weights against `gradient` times `scale`. The weights are `unit` times what is learned.
  mutating func update(
    _ weights: inout [Double], _ gradient: [Double], scale: Double = 1, unit: Double = 1
  ) {
    precondition(weights.count == gradient.count)
    let missing = place + weights.count - first.count
    if missing > 0 {
      first += [Double](repeating: 0, count: missing)
      second += [Double](repeating: 0, count: missing)
    }
    let (clip, rate, kept, begin) = (clip, rate, 1 - rate * decay, place)
    let (correction1, correction2) = corrections
    first.withUnsafeMutableBufferPointer { first in
      second.withUnsafeMutableBufferPointer { second in
        for j in weights.indices {
          let g = min(max(gradient[j] * scale * unit, -clip), clip)
          first[begin + j] = 0.9 * first[begin + j] + 0.1 * g
          second[begin + j] = 0.999 * second[begin + j] + 0.001 * g * g
          let root = (second[begin + j] / correction2).squareRoot()
          weights[j] =
            weights[j] * kept - unit * rate * first[begin + j] / correction1 / (root + 1e-8)
        }
      }
    }
    place += weights.count
  }
}
