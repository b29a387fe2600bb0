import Learning

/// The gradients of ``ReferenceNetwork`` for many trials, with either of its terms: feed-forward networks in flat memory, whose
/// cost follows neurons times steps and input events, and whose weights move after a batch.
///
///     let network = try FastNetwork(configuration, inputs: 784, seed: 1)
///     for trial in batch { loss += network.addGradient(of: trial.steps, target: .label(trial.label)) }
///     network.update(rate: 0.001, scale: 1 / Double(batch.count))
///
/// It holds one state, and is used by one thread at a time.
public final class FastNetwork {
  public let configuration: LearnerConfiguration
  private let core: FastCore

  /// - Throws: ``ConfigurationError`` for what it does not compute: recurrent weights, adaptive thresholds, rate
  ///   regularisers, normalised thresholds, and optimisers other than `sgd` and `adam` with `clip_value`.
  public init(
    _ network: ReferenceNetwork, terms: ReferenceNetwork.Terms = .full
  ) throws(ConfigurationError) {
    configuration = network.configuration
    try Self.check(configuration)
    guard terms == .full || configuration.credit == .symmetric else {
      throw ConfigurationError(
        "learner.credit: \(configuration.credit.rawValue) is not computed by the fast form of the reference"
      )
    }
    core = FastCore(network, terms)
  }

  /// Random weights, those of ``ReferenceNetwork/init(_:inputs:seed:)``.
  public convenience init(
    _ configuration: LearnerConfiguration, inputs: Int, seed: UInt64
  ) throws(ConfigurationError) {
    try self.init(ReferenceNetwork(configuration, inputs: inputs, seed: seed))
  }

  private static func check(
    _ configuration: LearnerConfiguration
  ) throws(ConfigurationError) {
    let (regulariser, optimiser) = (configuration.regulariser, configuration.optimiser)
    let refused: [(Bool, String)] = [
      (configuration.hidden.recurrent, "hidden.recurrent"),
      (configuration.hidden.adaptation.strength != 0, "hidden.adaptation"),
      (configuration.hidden.thresholdNormalisation, "hidden.threshold_normalisation"),
      (
        regulariser.strength != 0 || regulariser.ceiling != 0 || regulariser.floor != 0
          || regulariser.readoutNorm != 0, "regulariser"
      ),
      (
        optimiser.method != .sgd && optimiser.method != .adam,
        "optimiser.method: \(optimiser.method.rawValue)"
      ),
      (optimiser.clipNorm != 0, "optimiser.clip_norm"),
      (optimiser.weightDecay != 0, "optimiser.weight_decay"),
    ]
    for (isRefused, what) in refused where isRefused {
      throw ConfigurationError("learner.\(what) is not computed by the fast form of the reference")
    }
  }

  /// Runs a trial from a cleared state.
  @discardableResult
  public func run(_ trial: StepEvents) -> FastOutcome {
    core.run(trial)
    return core.outcome
  }

  /// Runs a trial and adds its gradient to the sum.
  ///
  /// - Returns: its loss.
  public func addGradient(of trial: StepEvents, target: ReferenceTarget) -> Double {
    core.gradient(of: trial, target: target)
  }

  /// What the last trial came to.
  public var outcome: FastOutcome { core.outcome }

  /// Moves weights (and biases, where the configuration has them) against the summed gradient times `scale`, by the
  /// configured method; the sum is then zero.
  ///
  /// - Parameter biasUnit: biases are this times what is learned.
  public func update(rate: Double, scale: Double, biasUnit: Double = 1) {
    core.update(rate: rate, scale: scale, biasUnit: biasUnit)
  }

  public func clearGradient() { core.clearGradient() }

  /// The sum.
  public var gradient: ReferenceGradients {
    let all = core.gradients
    return ReferenceGradients(
      layers: Array(all.dropLast()), readout: all[all.count - 1], rates: [],
      countRatio: core.countRatio)
  }
}

/// What a trial of a ``FastNetwork`` came to.
public struct FastOutcome: Sendable, Equatable {
  public var steps: Int
  /// Spikes of each output.
  public var counts: [Int]
  /// The step of each output's first spike; nil for a silent one.
  public var first: [Int?]
  /// The sum of each output's potentials.
  public var potentials: [Double]
  /// Spikes of each hidden layer.
  public var hiddenSpikes: [Int]
  /// The same up to the step of the first output spike, when the earliest spike decides; nil if there is none.
  public var hiddenSpikesUntilFirst: [Int]?

  /// The class by a kind of decision, the first of equals; nil if it needs output spikes and there are none.
  public func decision(_ kind: LearnerConfiguration.Decision) -> Int? {
    switch kind {
    case .mostSpikes:
      let most = counts.max() ?? 0
      return most > 0 ? counts.firstIndex(of: most) : nil
    case .earliestSpike:
      guard let earliest = first.compactMap({ $0 }).min() else { return nil }
      return first.firstIndex(of: earliest)
    default:
      return potentials.indices.max { potentials[$0] < potentials[$1] }
    }
  }
}
