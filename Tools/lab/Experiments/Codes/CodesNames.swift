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

  var title: String {
    switch self {
    case .countEntropy: "count cross-entropy"
    case .countSquare: "count mean square"
    case .membraneEntropy: "membrane cross-entropy"
    case .membraneSquare: "membrane mean square"
    case .timeEntropy: "latency cross-entropy"
    case .timeSquare: "time mean square"
    }
  }

  /// The function of snnTorch that it corresponds to, and what differs.
  var peer: (name: String, difference: String) {
    switch self {
    case .countEntropy:
      ("ce_count_loss", "of the counts so far, at every step; there of the final counts")
    case .countSquare:
      (
        "mse_count_loss",
        "against targets that grow with time, at every step; there of the final counts"
      )
    case .membraneEntropy:
      (
        "ce_max_membrane_loss",
        "of every step's potentials, of readouts that do not spike; there of the largest ones"
      )
    case .membraneSquare: ("mse_membrane_loss", "of readouts that do not spike")
    case .timeEntropy:
      (
        "ce_temporal_loss",
        "latencies counted from the end in units of a tenth of the trial; there negated or inverted"
      )
    case .timeSquare:
      ("mse_temporal_loss", "in units of a quarter of the trial; there of the whole")
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
      // Currents that rise and fall give membranes a slope at their spikes, which is what moves them.
      configuration.hidden.tauSynapse = length / 7
      configuration.readout.tauSynapse = length / 7
      configuration.hidden.reset = .zeroBoth
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
