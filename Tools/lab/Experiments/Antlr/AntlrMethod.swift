import Learning

/// What a network is taught with.
enum AntlrMethod: String, Codable, CaseIterable, Sendable {
  /// The activation gradient of a loss of spike counts.
  case activation
  /// The timing gradient of the latency loss; silent neurons are drawn up by a penalty on their weights.
  case timing
  /// Both gradients of the latency loss, and a push for a silent target.
  case hybrid

  /// How a network that was taught so decides: by what its loss asks for.
  var decision: LearnerConfiguration.Decision {
    self == .activation ? .mostSpikes : .earliestSpike
  }
}

/// What all runs of an experiment have in common; see `afferent-lab experiment antlr-latency-mnist --help`.
struct AntlrSettings: Codable, Equatable, Sendable {
  var hidden = 800
  var steps = 100
  var stepMicroseconds: Int64 = 1000
  /// Of membranes and currents of both layers, in milliseconds.
  var tau = 100.0
  /// Deviation of the initial weights times the root of the number of inputs.
  var inputGain = 1.5
  var readoutGain = 6.0
  var epochs = 8
  var batch = 16
  var rate = 0.001
  /// Where the rate ends, as a part of it; it falls linearly.
  var finalRate = 0.05
  var clip = 1.0
  /// Whether neurons have biases, which begin at 0 and enter as currents do.
  var biases = true
  /// Temperature of the latency loss, in steps.
  var temperature = 6.0
  var noSpikeTarget = 0.1
  var noSpikeWeight = 100.0

  /// What a bias is of a weight: it enters the membrane as a current does.
  var biasScale: Double {
    SynapticKernel<Double>(
      tauMembrane: tau, tauSynapse: tau, milliseconds: Double(stepMicroseconds) / 1000
    ).scale
  }

  private enum CodingKeys: String, CodingKey {
    case hidden, steps, epochs, batch, rate, clip, biases
    case stepMicroseconds = "step_us"
    case tau = "tau_ms"
    case inputGain = "input_gain"
    case readoutGain = "readout_gain"
    case finalRate = "final_rate"
    case temperature = "temperature_steps"
    case noSpikeTarget = "no_spike_target"
    case noSpikeWeight = "no_spike_weight"
  }
}

/// One run: a method on a set of data, from one seed.
struct AntlrJob: ExperimentJob {
  /// Name of the data among those of the experiment.
  var data: String
  var method: AntlrMethod
  /// Whether every neuron spikes at most once.
  var isSingle: Bool
  /// Spikes of the class and of the others, for the loss of counts.
  var target: Double
  var other: Double
  var seed: UInt64
  var settings: AntlrSettings

  typealias Outcome = AntlrOutcome

  private enum CodingKeys: String, CodingKey {
    case data, method, target, other, seed, settings
    case isSingle = "single_spike"
  }

  var name: String { "\(data), \(title), seed \(seed)" }

  /// The method and what restricts it.
  var title: String {
    var text = method.rawValue
    if method == .activation { text += " \(Int(target))/\(Int(other))" }
    return isSingle ? text + ", single spike" : text
  }

  var configuration: LearnerConfiguration {
    var configuration = LearnerConfiguration()
    configuration.seed = seed
    configuration.stepMicroseconds = settings.stepMicroseconds
    let milliseconds = Double(settings.stepMicroseconds) / 1000
    configuration.hidden.neurons = LayerSizes(settings.hidden)
    configuration.hidden.tauMembrane = settings.tau
    configuration.hidden.tauSynapse = settings.tau
    configuration.hidden.reset = .zeroBoth
    configuration.hidden.singleSpike = isSingle
    configuration.hidden.bias = settings.biases
    configuration.readout.kind = .spiking
    configuration.readout.tau = settings.tau
    configuration.readout.tauSynapse = settings.tau
    configuration.readout.reset = .zeroBoth
    configuration.readout.singleSpike = isSingle
    configuration.readout.bias = settings.biases
    configuration.surrogate.function = .exponential
    configuration.surrogate.height = 1
    configuration.surrogate.width = 1.0 / 3
    configuration.initialisation.inputGain = settings.inputGain
    configuration.initialisation.readoutGain = settings.readoutGain
    configuration.optimiser.method = .adam
    configuration.optimiser.learningRate = settings.rate
    configuration.optimiser.clipValue = settings.clip
    configuration.loss.trial = Double(settings.steps) * milliseconds
    configuration.decision = method.decision
    switch method {
    case .activation:
      configuration.loss.kind = .spikeCount
      configuration.loss.target = target
      configuration.loss.other = other
    case .timing:
      configuration.gradient.activation = 0
      configuration.gradient.noSpikeWeight = settings.noSpikeWeight
    case .hybrid: configuration.gradient.noSpikeTarget = settings.noSpikeTarget
    }
    if method != .activation {
      configuration.gradient.timing = 1
      configuration.loss.kind = .latency
      configuration.loss.tau = settings.temperature * milliseconds
    }
    return configuration
  }
}

/// What came of a run, epoch by epoch.
struct AntlrOutcome: Codable, Sendable {
  struct Epoch: Codable, Sendable {
    /// Means over the samples that were learned from.
    var loss: Double
    var test: AntlrScore
  }

  var epochs: [Epoch] = []
  /// What learning took of a core.
  var seconds = 0.0

  private enum CodingKeys: String, CodingKey {
    case epochs
    case seconds = "learning_cpu_s"
  }

  var last: AntlrScore { epochs.last?.test ?? AntlrScore() }
}

/// A test; spikes are means a sample.
struct AntlrScore: Codable, Sendable {
  var samples = 0
  /// Shares of samples whose class spiked first, and most.
  var earliest = 0.0
  var most = 0.0
  /// The first of them, if the largest mean potential decides where no output spikes.
  var earliestOrPotential = 0.0
  var hiddenSpikes = 0.0
  var outputSpikes = 0.0
  /// Up to and with the step in which the first output spikes, when an earliest spike has decided.
  var spikesUntilDecision = 0.0
  /// Shares of samples without an output spike.
  var silent = 0.0

  private enum CodingKeys: String, CodingKey {
    case samples, earliest, most, silent
    case earliestOrPotential = "earliest_or_potential"
    case hiddenSpikes = "hidden_spikes"
    case outputSpikes = "output_spikes"
    case spikesUntilDecision = "spikes_until_decision"
  }

  var spikes: Double { hiddenSpikes + outputSpikes }

  func accuracy(_ decision: LearnerConfiguration.Decision) -> Double {
    decision == .mostSpikes ? most : earliest
  }
}
