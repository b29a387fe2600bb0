import Events
import Learning

/// The codes of the input.
enum CodeName: String, Codable, CaseIterable, Sendable {
  case rate, latency, delta

  func code(steps: Int) -> any InputCode {
    switch self {
    case .rate: RateCode(steps: steps)
    case .latency: LatencyCode(steps: steps)
    case .delta: DeltaCode(steps: steps)
    }
  }

  var about: String {
    switch self {
    case .rate: "each pixel spikes in each step with a probability of its brightness"
    case .latency: "each pixel of brightness x >= 0.01 spikes once, at step (T - 1)(1 - x)"
    case .delta:
      "the picture moves along a square at a quarter of a pixel a step; ON and OFF spikes where a pixel has changed by 0.25"
    }
  }
}

/// What the outputs should do: cross-entropy and mean square, each of spike counts, membranes and first spikes.
enum ObjectiveName: String, Codable, CaseIterable, Sendable {
  case countEntropy = "count_cross_entropy"
  case countSquare = "count_mean_square"
  case membraneEntropy = "membrane_cross_entropy"
  case membraneSquare = "membrane_mean_square"
  case timeEntropy = "latency_cross_entropy"
  case timeSquare = "spike_time_mean_square"

  var title: String { rawValue.replacing("_", with: " ").replacing("cross ", with: "cross-") }

  /// The function of snnTorch that it corresponds to.
  var peer: String {
    switch self {
    case .countEntropy: "ce_count_loss"
    case .countSquare: "mse_count_loss"
    case .membraneEntropy: "ce_max_membrane_loss"
    case .membraneSquare: "mse_membrane_loss"
    case .timeEntropy: "ce_temporal_loss"
    case .timeSquare: "mse_temporal_loss"
    }
  }

  private var isOfFirstSpikes: Bool { self == .timeEntropy || self == .timeSquare }
  var hasOutputSpikes: Bool { self != .membraneEntropy && self != .membraneSquare }

  /// A network of one hidden layer that learns it, but for the gain of its input and its learning rate.
  func configuration(steps: Int, hidden: Int, trials: Int) -> LearnerConfiguration {
    var configuration = LearnerConfiguration()
    let length = Double(steps)
    configuration.hidden.neurons = LayerSizes(integerLiteral: hidden)
    configuration.hidden.tauMembrane = length / 2
    configuration.readout.kind = hasOutputSpikes ? .spiking : .leaky
    configuration.readout.tau = length / 2
    configuration.surrogate.function = .fastSigmoid
    configuration.loss.trial = length
    configuration.optimiser.schedule.shape = .linear
    configuration.optimiser.schedule.trials = trials
    if isOfFirstSpikes {
      configuration.gradient.timing = 1
      // From the floor of 0.01 single spikes would decide the gradient.
      configuration.gradient.slopeFloor = 0.1
      configuration.gradient.noSpikeTarget = 1
      configuration.decision = .earliestSpike
    }
    switch self {
    case .countEntropy:
      configuration.loss.kind = .softmaxCrossEntropy
      // So long that the filtered spikes are their number.
      configuration.loss.tau = 1000 * length
      configuration.decision = .mostSpikes
    case .countSquare:
      configuration.loss.kind = .spikeCountOnline
      configuration.loss.target = (length * 0.4).rounded()
      configuration.loss.other = 1
      configuration.decision = .mostSpikes
    case .membraneEntropy:
      configuration.loss.kind = .softmaxCrossEntropy
      configuration.decision = .integrated
    case .membraneSquare:
      configuration.loss.kind = .meanSquare
      configuration.decision = .integrated
    case .timeEntropy:
      configuration.loss.kind = .latency
      configuration.loss.tau = length / 10
    case .timeSquare:
      configuration.loss.kind = .spikeTime
      configuration.loss.target = (length / 4).rounded()
      configuration.loss.other = length
      configuration.loss.tau = length / 4
    }
    return configuration
  }
}
