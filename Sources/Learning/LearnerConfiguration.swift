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
  public var loss = Loss.softmaxCrossEntropy
  public var feedback = Feedback.symmetric
  public var initialisation = Initialisation()
  public var optimiser = Optimiser()
  public var regulariser = Regulariser()
  public var stream = Stream()

  public init() {}

  /// The hidden layer of LIF neurons; see ``LIFState``.
  public struct Hidden: Codable, Equatable, Sendable {
    public var neurons = 200
    /// Membrane time constant in milliseconds.
    public var tauMembrane = 20.0
    public var threshold = 1.0

    private enum CodingKeys: String, CodingKey {
      case neurons, threshold
      case tauMembrane = "tau_m_ms"
    }
  }

  /// The leaky readout.
  public struct Readout: Codable, Equatable, Sendable {
    /// Time constant in milliseconds.
    public var tau = 60.0

    private enum CodingKeys: String, CodingKey {
      case tau = "tau_ms"
    }
  }

  /// See ``SurrogateGradient``.
  public struct Surrogate: Codable, Equatable, Sendable {
    public var function = SurrogateGradient.Function.piecewiseLinear
    public var height = 0.3
    public var width = 1.0
  }

  public enum Loss: String, Codable, CaseIterable, Sendable {
    /// Softmax cross-entropy of the readout's potentials at every step.
    case softmaxCrossEntropy = "softmax_cross_entropy"
  }

  public enum Feedback: String, Codable, CaseIterable, Sendable {
    /// The error reaches the hidden layer through the readout's own weights.
    case symmetric
  }

  /// Normal weights of mean 0; the standard deviation is a gain over the root of the number of inputs that live.
  public struct Initialisation: Codable, Equatable, Sendable {
    public var inputGain = 2.0
    /// Share of the sensor's addresses that ever send events. In N-MNIST 1116 of 2312 are practically dead, so a fan-in
    /// of 2312 would make the weights too small by the root of two.
    public var liveFraction = 0.5
    public var readoutGain = 1.0

    private enum CodingKeys: String, CodingKey {
      case inputGain = "input_gain"
      case liveFraction = "live_fraction"
      case readoutGain = "readout_gain"
    }
  }

  public struct Optimiser: Codable, Equatable, Sendable {
    public enum Method: String, Codable, CaseIterable, Sendable {
      case sgd
      case adam
    }

    public enum Update: String, Codable, CaseIterable, Sendable {
      /// The weights move at the end of every step.
      case step
      /// The gradient is summed over a trial and applied at its end.
      case trial
    }

    public var method = Method.adam
    public var update = Update.trial
    public var learningRate = 0.001
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-8

    private enum CodingKeys: String, CodingKey {
      case method, update, epsilon
      case learningRate = "learning_rate"
      case beta1 = "beta_1"
      case beta2 = "beta_2"
    }
  }

  /// See ``FiringRateRegulariser``.
  public struct Regulariser: Codable, Equatable, Sendable {
    /// Weight of the rate error in the learning signal; 0 switches it off.
    public var strength = 0.0
    /// Wanted rate of a hidden neuron in spikes a second.
    public var targetRate = 20.0
    /// Time constant of the running rate in milliseconds.
    public var tau = 1000.0

    private enum CodingKeys: String, CodingKey {
      case strength
      case targetRate = "target_rate_hz"
      case tau = "tau_ms"
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

    private enum CodingKeys: String, CodingKey {
      case resetAtTrial = "reset_at_trial"
      case reorderWindow = "reorder_window_us"
      case maxGap = "max_gap_ms"
      case scoreTau = "score_tau_ms"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case seed, classes
    case stepMicroseconds = "step_us"
    case hidden, readout, surrogate, loss, feedback, initialisation, optimiser, regulariser, stream
  }
}

/// A configuration that cannot work: the field, its value, and what is allowed.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}

extension LearnerConfiguration {
  /// Refuses values that cannot work, and combinations that cannot learn.
  ///
  /// - Throws: ``ConfigurationError`` that names the field, the value and the limit.
  public func validate() throws(ConfigurationError) {
    func check<T: Comparable>(
      _ name: String, _ value: T, in range: ClosedRange<T>
    ) throws(ConfigurationError) {
      guard range.contains(value) else {
        throw ConfigurationError(
          "learner.\(name) is \(value), allowed is \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check("classes", classes, in: 2...65536)
    try check("step_us", stepMicroseconds, in: 1...1_000_000)
    try check("hidden.neurons", hidden.neurons, in: 1...65536)
    try check("hidden.tau_m_ms", hidden.tauMembrane, in: 1e-3...1e6)
    try check("hidden.threshold", hidden.threshold, in: 1e-6...1e6)
    try check("readout.tau_ms", readout.tau, in: 1e-3...1e6)
    try check("surrogate.height", surrogate.height, in: 1e-6...1e3)
    try check("surrogate.width", surrogate.width, in: 1e-6...1e6)
    try check("initialisation.input_gain", initialisation.inputGain, in: 0...1e3)
    try check("initialisation.live_fraction", initialisation.liveFraction, in: 1e-6...1)
    try check("initialisation.readout_gain", initialisation.readoutGain, in: 0...1e3)
    try check("optimiser.learning_rate", optimiser.learningRate, in: 0...1e3)
    try check("optimiser.beta_1", optimiser.beta1, in: 0...0.999999)
    try check("optimiser.beta_2", optimiser.beta2, in: 0...0.999999)
    try check("optimiser.epsilon", optimiser.epsilon, in: 1e-12...1)
    try check("regulariser.strength", regulariser.strength, in: 0...1e6)
    try check("regulariser.target_rate_hz", regulariser.targetRate, in: 0...1e6)
    try check("regulariser.tau_ms", regulariser.tau, in: 1e-3...1e9)
    try check("stream.reorder_window_us", stream.reorderWindow, in: 0...10_000_000)
    try check("stream.max_gap_ms", stream.maxGap, in: 1...3_600_000)
    try check("stream.score_tau_ms", stream.scoreTau, in: 1e-3...1e9)
    if optimiser.method == .adam, optimiser.update == .step {
      throw ConfigurationError(
        "learner.optimiser: adam at every step is not offered, for its moments would have to be "
          + "moved at every silent synapse too; use update: trial, or method: sgd")
    }
    if initialisation.readoutGain == 0, feedback == .symmetric {
      throw ConfigurationError(
        "learner.initialisation.readout_gain is 0 with symmetric feedback: no error would ever "
          + "reach the hidden layer")
    }
  }
}
