/// A loss with a normalisation on a set, from one seed.
struct ZhuJob: ExperimentJob {
  var set: String
  var settings: TimedSettings
  var seed: UInt64
  var hidden: Int
  var epochs: Int
  var searchEpochs: Int
  var rates: [Double]

  var name: String {
    "\(set), \(settings.loss.title), \(settings.normalisation.rawValue), seed \(seed)"
  }

  /// What an epoch came to; sums are means of its trials.
  struct Epoch: Codable, Sendable {
    var loss: Double
    var accuracy: Double
    var trials: Int
    var sums: TimedSums
    /// Mean thresholds over mean gains of the hidden layer and of the outputs.
    var hiddenThreshold: Double
    var outputThreshold: Double

    private enum CodingKeys: String, CodingKey {
      case loss, accuracy, trials, sums
      case hiddenThreshold = "hidden_threshold"
      case outputThreshold = "output_threshold"
    }
  }

  struct Outcome: Codable, Sendable {
    var searched: [SearchedRate]
    var rate: Double
    var epochs: [Epoch]
    var tested: Int
    var correct: Int
    var hiddenSpikes: Double
    var outputSpikes: Double
    /// Of learning, without the search.
    var seconds: Double

    private enum CodingKeys: String, CodingKey {
      case searched, rate, epochs, tested, correct
      case hiddenSpikes = "hidden_spikes"
      case outputSpikes = "output_spikes"
      case seconds = "cpu_s"
    }
  }
}
