import Events
import Learning

/// The network of a case, but for its weights.
struct BenchShape: Hashable {
  /// How it learns.
  enum Learning: Hashable {
    /// SGD at every step.
    case steps
    /// Adam at the end of every trial.
    case trials
  }

  var geometry = SensorGeometry.nmnist
  var hidden = 200
  var isRecurrent = false
  var classes = BenchStrokes.classes
  var learning = Learning.steps
  /// Small, so that the hidden neurons keep their rate for a while.
  var learningRate = 1e-6

  /// Such as `H200f`: f for feed-forward, r for recurrent.
  var name: String { "H\(hidden)\(isRecurrent ? "r" : "f")" }

  /// LIF neurons of 20 ms with reset by subtraction, a leaky readout of 20 ms, softmax cross-entropy at every step.
  func configuration(inputGain: Double, compute: BenchCompute) -> LearnerConfiguration {
    var configuration = LearnerConfiguration()
    configuration.classes = classes
    configuration.hidden.neurons = LayerSizes(hidden)
    configuration.hidden.recurrent = isRecurrent
    configuration.readout.tau = 20
    configuration.initialisation.inputGain = inputGain
    configuration.initialisation.recurrentGain = 0.3
    switch learning {
    case .steps:
      configuration.optimiser.method = .sgd
      configuration.optimiser.update = .step
    case .trials:
      configuration.optimiser.method = .adam
      configuration.optimiser.update = .trial
    }
    configuration.optimiser.learningRate = learningRate
    return compute.applied(to: configuration)
  }
}
