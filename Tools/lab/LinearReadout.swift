import Foundation

/// Softmax regression: the plainest classifier that learns online, trial by trial, by Adam.
struct LinearReadout {
  private let classes: Int
  private let rate: Double
  /// Class by class.
  private var weights: [Double]
  private var adam = PlainAdam(clip: .infinity)

  init(inputs: Int, classes: Int, rate: Double) {
    self.classes = classes
    self.rate = rate
    weights = [Double](repeating: 0, count: inputs * classes)
  }

  /// The class of the highest score.
  func prediction(for input: [Double]) -> Int {
    let scores = scores(input)
    return scores.indices.max { (scores[$0], $1) < (scores[$1], $0) } ?? 0
  }

  /// One step down the cross-entropy of one trial.
  mutating func learn(_ input: [Double], label: Int) {
    let scores = scores(input)
    let highest = scores.max() ?? 0
    let powers = scores.map { exp($0 - highest) }
    let sum = powers.reduce(0, +)
    var gradient: [Double] = []
    gradient.reserveCapacity(weights.count)
    for k in 0..<classes {
      let error = powers[k] / sum - (k == label ? 1 : 0)
      for value in input { gradient.append(error * value) }
    }
    adam.beginUpdate(rate: rate)
    adam.update(&weights, gradient, scale: 1)
  }

  private func scores(_ input: [Double]) -> [Double] {
    (0..<classes).map { k in
      let row = weights[k * input.count..<(k + 1) * input.count]
      return zip(row, input).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }
}
