/// The two losses of counts in a batch, as the published program has them: n is first limited, the class's to its target from
/// above and the others' to theirs from below, and
///
///     d = (n - n*) / T        L = T/2 sum d^2
///     counting             dL/dt = -m d        at each spike
///     enhanced counting    dL/dt = -m d / n    at each spike
///
/// m is 1, but max(R / 10, 1) for the class; R is the ratio of the others' limited counts to the class's over the batch.
struct TimedLoss {
  private(set) var value = 0.0
  /// By trial and class.
  private var times: [[Double]] = []

  init(_ settings: TimedSettings, counts: [[Int]], labels: [Int]) {
    let limited = zip(counts, labels).map { counts, label in
      counts.enumerated().map { k, n in
        k == label ? min(Double(n), settings.target) : max(Double(n), settings.other)
      }
    }
    var (mine, others) = (1e-5, 1e-5)
    for (n, label) in zip(limited, labels) {
      mine += n[label]
      others += n.reduce(0, +) - n[label]
    }
    let factor = max(others / mine / 10, 1)
    let length = Double(settings.steps)
    for (n, label) in zip(limited, labels) {
      times.append(
        n.enumerated().map { k, n in
          let d = (n - (k == label ? settings.target : settings.other)) / length
          value += length / 2 * d * d
          let time = -d * (k == label ? factor : 1)
          guard settings.loss == .enhancedCount else { return time }
          return n > 0 ? time / n : 0
        })
    }
  }

  /// dL/dt of a spike of output `k` in a trial of the batch.
  func time(of k: Int, in trial: Int) -> Double { times[trial][k] }
}

/// What the derivatives by times of spikes add up to, over trials: figure 3 of Zhu et al. 2023. They are positive where a
/// spike should come earlier, for then its loss falls.
struct TimedSums: Codable, Sendable {
  /// Of output spikes, those of the class and those of others.
  var ofClass = 0.0
  var ofOthers = 0.0
  /// Of output spikes with a derivative that is not 0, and how many of those are positive.
  var spikes = 0
  var positive = 0
  /// Of the magnitudes.
  var magnitude = 0.0
  /// Of hidden spikes, and of their magnitudes.
  var hidden = 0.0
  var hiddenMagnitude = 0.0
  /// Of the derivatives by weights w.
  var hiddenWeights = 0.0
  var outputWeights = 0.0

  private enum CodingKeys: String, CodingKey {
    case spikes, positive, magnitude, hidden
    case ofClass = "of_class"
    case ofOthers = "of_others"
    case hiddenMagnitude = "hidden_magnitude"
    case hiddenWeights = "hidden_weights"
    case outputWeights = "output_weights"
  }

  /// Of all output spikes.
  var total: Double { ofClass + ofOthers }
  /// Positive spikes among those that are not 0.
  var shareOfSpikes: Double { Double(positive) / Double(max(spikes, 1)) }
  /// The positive part of the magnitudes.
  var shareOfMagnitude: Double { magnitude > 0 ? (total + magnitude) / (2 * magnitude) : 0 }

  mutating func note(outputs times: [Double], spikes: [[Int32]], label: Int, classes: Int) {
    for (t, active) in spikes.enumerated() {
      for k in active {
        let time = times[t * classes + Int(k)]
        if Int(k) == label { ofClass += time } else { ofOthers += time }
        magnitude += abs(time)
        self.spikes += time != 0 ? 1 : 0
        positive += time > 0 ? 1 : 0
      }
    }
  }

  mutating func note(hidden times: [[Double]]) {
    for row in times {
      for time in row {
        hidden += time
        hiddenMagnitude += abs(time)
      }
    }
  }

  mutating func note(weights hidden: [Double], _ output: [Double]) {
    hiddenWeights += hidden.reduce(0, +)
    outputWeights += output.reduce(0, +)
  }
}

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
