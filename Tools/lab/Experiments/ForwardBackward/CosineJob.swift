import Foundation

/// Gradients of one rule and network, forward and backward, before and after learning.
struct CosineJob: ExperimentJob {
  typealias Outcome = CosineOutcome

  var gradient: GradientCase
  /// Trials learned by the rule itself between the two comparisons; 0 for none, and one comparison.
  var learned: Int
  /// Trials whose gradients are compared.
  var compared: Int
  var seed: UInt64

  var name: String { "\(gradient.rule), \(gradient.depth) hidden" }
}

struct CosineOutcome: Codable, Sendable {
  /// At the initial weights, then at the learned ones.
  var stages: [Stage]
  /// Largest relative difference between what the engine sums and what the reference computes of the same terms, of any
  /// connection, in double precision.
  var engineError: Double
  var seconds: Double

  private enum CodingKeys: String, CodingKey {
    case stages
    case engineError = "engine_error"
    case seconds = "cpu_s"
  }

  struct Stage: Codable, Sendable {
    /// Hidden layers from the input on, then the readout.
    var layers: [Layer]
    /// All weights of hidden layers as one vector.
    var hidden: Layer
    /// Mean number of steps of a trial.
    var steps: Double
    /// Mean number of spikes of hidden neurons a trial.
    var spikes: Double
  }

  struct Layer: Codable, Sendable {
    /// Of the trials in which the full gradient is not zero.
    var cosines: [Double]
    /// The forward gradient's norm over the full one's, of the same trials.
    var ratios: [Double]
    /// Of the gradients summed over all trials.
    var summed: Double
  }
}
