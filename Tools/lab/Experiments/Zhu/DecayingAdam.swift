/// Adam whose weights decay by themselves (Loshchilov and Hutter 2019), over rows that come in the same order in each
/// update.
struct DecayingAdam {
  let decay: Double
  private var rate = 0.0
  private var first: [Double] = []
  private var second: [Double] = []
  private var updates = 0
  private var place = 0

  init(decay: Double) { self.decay = decay }

  mutating func beginUpdate(rate: Double) {
    self.rate = rate
    updates += 1
    place = 0
  }

  mutating func update(_ weights: inout [Double], _ gradient: [Double]) {
    let missing = place + weights.count - first.count
    if missing > 0 {
      first += [Double](repeating: 0, count: missing)
      second += [Double](repeating: 0, count: missing)
    }
    var (power1, power2) = (1.0, 1.0)
    for _ in 0..<min(updates, 20_000) {
      power1 *= 0.9
      power2 *= 0.999
    }
    let (begin, rate, kept) = (place, rate, 1 - rate * decay)
    let (scale1, scale2) = (1 / (1 - power1), 1 / (1 - power2))
    let count = weights.count
    first.withUnsafeMutableBufferPointer { first in
      second.withUnsafeMutableBufferPointer { second in
        weights.withUnsafeMutableBufferPointer { weights in
          gradient.withUnsafeBufferPointer { gradient in
            for j in 0..<count {
              let g = gradient[j]
              let m = 0.9 * first[begin + j] + 0.1 * g
              let v = 0.999 * second[begin + j] + 0.001 * g * g
              first[begin + j] = m
              second[begin + j] = v
              weights[j] =
                weights[j] * kept - rate * m * scale1 / ((v * scale2).squareRoot() + 1e-8)
            }
          }
        }
      }
    }
    place += count
  }
}
