/// Everything that decides how a network is built and learns. The same configuration and the same events give the
/// same weights, bit for bit.
public struct LearnerConfiguration: Codable, Equatable, Sendable {
  /// Seed of the initial weights.
  public var seed: UInt64 = 1
  /// Number of classes.
  public var classes = 10
  /// Length of a step, dt, in microseconds of stream time.
  public var stepMicroseconds: Int64 = 1000
  public var hidden = Hidden()
  public var readout = Readout()
  public var surrogate = Surrogate()
  public var gradient = Gradient()
  public var credit = Credit.symmetric
  public var loss = Loss()
  public var decision = Decision.integrated
  public var initialisation = Initialisation()
  public var optimiser = Optimiser()
  public var regulariser = Regulariser()
  public var rehearsal = Rehearsal()
  public var collapseGuard = CollapseGuard()
  public var stream = Stream()
  public var compute = Compute()

  public init() {}

  /// What a neuron clears when it has spiked.
  public enum Reset: String, Codable, CaseIterable, Sendable {
    /// The membrane loses the threshold.
    case subtract
    /// The membrane becomes zero.
    case zero
    /// Membrane and synaptic current become zero.
    case zeroBoth = "zero_both"

    var clearsMembrane: Bool { self != .subtract }
    var clearsCurrent: Bool { self == .zeroBoth }
  }

  /// The hidden layers, all of the same kind of neuron; see ``Neurons``.
  public struct Hidden: Codable, Equatable, Sendable {
    /// Neurons of each layer, from the input on.
    public var neurons: LayerSizes = 200
    /// Membrane time constant in milliseconds; 0 for a membrane without memory.
    public var tauMembrane = 20.0
    /// Time constant of the synaptic current in milliseconds; 0 for input that acts within its step.
    public var tauSynapse = 0.0
    public var threshold = 1.0
    public var reset = Reset.subtract
    /// Steps after a spike in which a neuron cannot spike again.
    public var refractorySteps = 0
    public var adaptation = Adaptation()
    /// Whether every neuron has a bias that is learned.
    public var bias = false
    /// Whether the neurons of a layer act on each other, one step later.
    public var recurrent = false
    /// Whether a neuron spikes at most once between two resets of the state.
    public var singleSpike = false
    /// Whether weights are standardised and their scale is learned by the thresholds; see ``ThresholdNormalisation``.
    public var thresholdNormalisation = false

    private enum CodingKeys: String, CodingKey {
      case neurons, threshold, reset, adaptation, bias, recurrent
      case tauMembrane = "tau_m_ms"
      case tauSynapse = "tau_syn_ms"
      case refractorySteps = "refractory_steps"
      case singleSpike = "single_spike"
      case thresholdNormalisation = "threshold_normalisation"
    }
  }

  /// A threshold that rises with a neuron's own spikes: theta + strength a, a a trace of these spikes.
  public struct Adaptation: Codable, Equatable, Sendable {
    /// How much one spike raises the threshold; 0 for a fixed threshold.
    public var strength = 0.0
    /// Time constant of the trace in milliseconds.
    public var tau = 200.0

    private enum CodingKeys: String, CodingKey {
      case strength
      case tau = "tau_ms"
    }
  }

  /// The output neurons.
  public struct Readout: Codable, Equatable, Sendable {
    public enum Kind: String, Codable, CaseIterable, Sendable {
      /// Leaky integrators without threshold.
      case leaky
      /// Neurons that spike.
      case spiking
    }

    public var kind = Kind.leaky
    /// Membrane time constant in milliseconds.
    public var tau = 60.0
    /// Time constant of the synaptic current in milliseconds.
    public var tauSynapse = 0.0
    public var bias = false
    /// The rest is for readouts that spike.
    public var threshold = 1.0
    public var reset = Reset.subtract
    public var refractorySteps = 0
    public var singleSpike = false

    private enum CodingKeys: String, CodingKey {
      case kind, bias, threshold, reset
      case tau = "tau_ms"
      case tauSynapse = "tau_syn_ms"
      case refractorySteps = "refractory_steps"
      case singleSpike = "single_spike"
    }
  }

  /// See ``SurrogateGradient``.
  public struct Surrogate: Codable, Equatable, Sendable {
    public var function = SurrogateGradient.Function.piecewiseLinear
    public var height = 0.3
    public var width = 1.0
    /// For the spike operator: the part of the height that remains below the threshold.
    public var leak = 0.1
  }

  /// Which ways a weight acts on the loss.
  public struct Gradient: Codable, Equatable, Sendable {
    /// Weight of the path that makes and deletes spikes, through the surrogate.
    public var activation = 1.0
    /// Weight of the path that moves spikes in time.
    public var timing = 0.0
    /// Least slope of a membrane at its spike, in units of the membrane a step; 1 over the slope enters the gradient.
    public var slopeFloor = 0.01
    /// What the weights of a neuron gain at the end of a trial in which it was silent, over its number of inputs.
    public var noSpikeWeight = 0.0
    /// What pushes the target's output in each step of a trial in which it was silent.
    public var noSpikeTarget = 0.0

    private enum CodingKeys: String, CodingKey {
      case activation = "lambda_act"
      case timing = "lambda_tim"
      case slopeFloor = "slope_floor"
      case noSpikeWeight = "no_spike_weight"
      case noSpikeTarget = "no_spike_target"
    }
  }

  /// How an error reaches the hidden layers.
  public enum Credit: String, Codable, CaseIterable, Sendable {
    /// Through the weights of the layers above, with the past that the layer above remembers.
    case symmetric
    /// Through fixed random weights from the outputs to each layer.
    case random
    /// Each hidden layer has fixed random readouts of its own, and errors of its own.
    case local
    /// Through the weights of the layers above, within one step.
    case instantaneous
  }

  /// What is made small; see ``LossKind``.
  public struct Loss: Codable, Equatable, Sendable {
    public var kind = LossKind.softmaxCrossEntropy
    /// What the target's output should reach: a potential, a number of spikes, or a time in milliseconds.
    public var target = 1.0
    /// What the other outputs should reach.
    public var other = 0.0
    /// Time constant in milliseconds: of the filter behind spiking readouts, and the temperature of the latency loss.
    public var tau = 20.0
    /// Second time constant of the filter behind spiking readouts.
    public var tauSynapse = 0.0
    /// Expected length of a trial in milliseconds, for targets that grow with time and for spike trains.
    public var trial = 300.0

    private enum CodingKeys: String, CodingKey {
      case kind, target, other
      case tau = "tau_ms"
      case tauSynapse = "tau_syn_ms"
      case trial = "trial_ms"
    }
  }

  /// How scores come from the outputs.
  public enum Decision: String, Codable, CaseIterable, Sendable {
    /// The mean potential over the trial.
    case integrated
    /// The number of output spikes.
    case mostSpikes = "most_spikes"
    /// The output that spikes first.
    case earliestSpike = "earliest_spike"
    /// The largest potential of the trial.
    case peakMembrane = "peak_membrane"
    /// The potential at the last step.
    case last

    var needsSpikes: Bool { self == .mostSpikes || self == .earliestSpike }
  }

  /// Normal weights of mean 0; the standard deviation is a gain over the root of the number of inputs that live.
  public struct Initialisation: Codable, Equatable, Sendable {
    public var inputGain = 2.0
    /// Share of the sensor's addresses that ever send events. In N-MNIST 1116 of 2312 are practically dead, so a fan-in
    /// of 2312 would make the weights too small by the root of two.
    public var liveFraction = 0.5
    /// Of weights between hidden layers.
    public var hiddenGain = 4.0
    public var recurrentGain = 0.5
    public var readoutGain = 1.0
    /// Of fixed random weights: feedback and local readouts.
    public var feedbackGain = 1.0

    private enum CodingKeys: String, CodingKey {
      case inputGain = "input_gain"
      case liveFraction = "live_fraction"
      case hiddenGain = "hidden_gain"
      case recurrentGain = "recurrent_gain"
      case readoutGain = "readout_gain"
      case feedbackGain = "feedback_gain"
    }
  }

  public struct Optimiser: Codable, Equatable, Sendable {
    public enum Method: String, Codable, CaseIterable, Sendable {
      case sgd
      case momentum
      case adam
      case adamw
    }

    public enum Update: String, Codable, CaseIterable, Sendable {
      /// The weights move at the end of every step.
      case step
      /// The gradient is summed over a number of learned steps.
      case steps
      /// The gradient is summed over a trial and applied at its end.
      case trial
    }

    public var method = Method.adam
    public var update = Update.trial
    /// Learned steps between updates, for `update: steps`.
    public var everySteps = 50
    public var learningRate = 0.001
    public var momentum = 0.9
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-8
    /// Decoupled from the gradient: w -= rate decay w, on the rows that an update touches.
    public var weightDecay = 0.0
    /// Largest magnitude of one element of the gradient; 0 for none.
    public var clipValue = 0.0
    /// Largest Euclidean norm of the whole gradient; 0 for none.
    public var clipNorm = 0.0
    public var schedule = Schedule()

    private enum CodingKeys: String, CodingKey {
      case method, update, momentum, epsilon, schedule
      case everySteps = "every_steps"
      case learningRate = "learning_rate"
      case beta1 = "beta_1"
      case beta2 = "beta_2"
      case weightDecay = "weight_decay"
      case clipValue = "clip_value"
      case clipNorm = "clip_norm"
    }
  }

  /// See ``LearningRateSchedule``.
  public struct Schedule: Codable, Equatable, Sendable {
    public enum Shape: String, Codable, CaseIterable, Sendable {
      case constant
      case linear
      case exponential
      case cosine
    }

    public var shape = Shape.constant
    /// Learned trials over which the rate falls.
    public var trials = 10000
    /// Where it ends, as a part of the learning rate.
    public var final = 0.05
    /// Learned trials over which the rate rises first.
    public var warmup = 0
  }

  /// See ``FiringRateRegulariser`` and ``ReadoutNorm``.
  public struct Regulariser: Codable, Equatable, Sendable {
    /// Weight of the rate error in the learning signal; 0 switches it off.
    public var strength = 0.0
    /// Wanted rate of a hidden neuron in spikes a second.
    public var targetRate = 20.0
    /// Weight of what the mean rate of a layer exceeds its ceiling by; 0 switches it off.
    public var ceiling = 0.0
    /// Ceiling of a layer's mean rate in spikes a second.
    public var ceilingRate = 50.0
    /// Weight of what a neuron's rate lacks to its floor; 0 switches it off.
    public var floor = 0.0
    /// Floor of a neuron's rate in spikes a second.
    public var floorRate = 1.0
    /// Time constant of the running rates in milliseconds.
    public var tau = 1000.0
    /// Weight of half the square of the readout's weights in the loss of an update; 0 switches it off.
    public var readoutNorm = 0.0

    private enum CodingKeys: String, CodingKey {
      case strength, ceiling, floor
      case targetRate = "target_rate_hz"
      case ceilingRate = "ceiling_rate_hz"
      case floorRate = "floor_rate_hz"
      case tau = "tau_ms"
      case readoutNorm = "readout_norm"
    }
  }

  /// How stream time is turned into steps.
  public struct Stream: Codable, Equatable, Sendable {
    /// Whether membranes and traces are cleared where a trial begins.
    public var resetAtTrial = true
    /// Events may arrive this much out of order, in microseconds; older ones are dropped and counted.
    public var reorderWindow: Int64 = 0
    /// A silence longer than this, in milliseconds, clears the state instead of being stepped through.
    public var maxGap: Int64 = 2000
    /// Time constant of the running score outside trials, in milliseconds.
    public var scoreTau = 300.0
    /// Events of the past that are kept, for labels that come late and losses that are known at a trial's end.
    public var historyEvents = 262_144

    private enum CodingKeys: String, CodingKey {
      case resetAtTrial = "reset_at_trial"
      case reorderWindow = "reorder_window_us"
      case maxGap = "max_gap_ms"
      case scoreTau = "score_tau_ms"
      case historyEvents = "history_events"
    }
  }

  /// How the same is computed in other ways: faster, or plainer.
  public struct Compute: Codable, Equatable, Sendable {
    public enum Eligibility: String, Codable, CaseIterable, Sendable {
      /// At a cost that follows input spikes, wherever that is exact; weights differ from the dense ones by rounding.
      case eventDriven = "event_driven"
      /// Every live synapse in every step.
      case dense
    }

    public var eligibility = Eligibility.eventDriven
    /// Threads that share the neurons of a large layer. Weights have the same bits whatever their number.
    public var threads = 1
  }

  private enum CodingKeys: String, CodingKey {
    case seed, classes
    case stepMicroseconds = "step_us"
    case hidden, readout, surrogate, gradient, credit, loss, decision
    case initialisation, optimiser, regulariser, rehearsal, stream, compute
    case collapseGuard = "guard"
  }
}

extension LearnerConfiguration {
  /// Weights between neurons that a network for `inputs` addresses has.
  public func weightCount(inputs: Int) -> Int {
    var (count, below) = (0, inputs)
    for size in hidden.neurons.sizes {
      count += below * size + (hidden.recurrent ? size * size : 0)
      if credit == .random || credit == .local { count += size * classes }
      below = size
    }
    return count + below * classes
  }
}
