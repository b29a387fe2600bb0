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
