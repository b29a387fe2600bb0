import Events

/// Input addresses -> one hidden layer of LIF neurons -> leaky readout, learning by e-prop.
///
/// One step, in this order: deliver the input to the hidden layer, step it, deliver its spikes to the readout, step
/// that, evaluate the loss, send its gradient back through the readout's weights, and move weights or sum the
/// gradient. So a weight that moved acts from the next step on, and the hidden layer learns through the readout's
/// weights as they were in this step.
public final class Network<Scalar: LearningScalar> {
  public let configuration: LearnerConfiguration
  /// Weights from input addresses to hidden neurons.
  public let input: Connection<Scalar>
  /// Weights from hidden neurons to outputs.
  public let readout: Connection<Scalar>
  /// Thresholds of the hidden neurons, one row: as configured, and learned only where weights are normalised.
  public let threshold: Connection<Scalar>
  /// Updates at the end of a trial so far.
  public var updates: Int { optimiser.updates }
  /// Trials that were learned from so far: what the learning rate's schedule goes by.
  public private(set) var learnedTrials = 0

  /// The states in use: weights are up to date only once each has been settled.
  private var states: [WeakState] = []

  private struct WeakState {
    weak var state: NetworkState<Scalar>?
  }

  private let hiddenDecay: Scalar
  private let readoutDecay: Scalar
  private let surrogate: SurrogateGradient
  private let optimiser: NetworkOptimiser<Scalar>
  private var stepRate: Scalar?
  private let regulariser: FiringRateRegulariser<Scalar>

  /// A network with fresh weights drawn from the configuration's seed.
  ///
  /// - Parameter inputs: number of input addresses.
  /// - Throws: ``ConfigurationError``.
  public init(_ configuration: LearnerConfiguration, inputs: Int) throws(ConfigurationError) {
    try configuration.validate()
    self.configuration = configuration
    let (neurons, outputs) = (configuration.hidden.neurons.sizes[0], configuration.classes)
    let milliseconds = Double(configuration.stepMicroseconds) / 1000
    func decay(_ tau: Double) -> Scalar { Scalar(Double.exponential(-milliseconds / tau)) }
    hiddenDecay = decay(configuration.hidden.tauMembrane)
    readoutDecay = decay(configuration.readout.tau)
    threshold = Connection(name: "hidden.threshold", inputs: 1, outputs: neurons)
    // Padding too, so that it never reaches its threshold.
    threshold.weights.row(0).update(
      repeating: SIMD8(repeating: Scalar(configuration.hidden.threshold)),
      count: threshold.weights.lanes)
    surrogate = SurrogateGradient(
      function: configuration.surrogate.function, height: configuration.surrogate.height,
      width: configuration.surrogate.width)
    regulariser = FiringRateRegulariser(
      neurons: neurons, configuration.regulariser, milliseconds: milliseconds)
    input = Connection(name: "input.weight", inputs: inputs, outputs: neurons)
    readout = Connection(name: "readout.weight", inputs: neurons, outputs: outputs)
    let initialisation = configuration.initialisation
    let liveInputs = max(1, initialisation.liveFraction * Double(inputs))
    let deviation = initialisation.inputGain / liveInputs.squareRoot()
    let seed = configuration.seed
    Self.draw(input, deviation: deviation, seed: seed, stream: 1)
    Self.draw(
      readout, deviation: initialisation.readoutGain / Double(neurons).squareRoot(), seed: seed,
      stream: 2)
    var normalisations: [ThresholdNormalisation<Scalar>] = []
    if configuration.hidden.thresholdNormalisation {
      normalisations.append(
        ThresholdNormalisation(weights: input, threshold: threshold, deviation: deviation))
    }
    optimiser = NetworkOptimiser(
      configuration: configuration, connections: [input, readout], readout: 1,
      normalisations: normalisations)
    stepRate =
      configuration.optimiser.update == .step ? optimiser.stepRate(learnedTrials: 0) : nil
  }

  private static func draw(
    _ connection: Connection<Scalar>, deviation: Double, seed: UInt64, stream: UInt64
  ) {
    var random = SplitMix64(seed: seed, stream: stream)
    for row in 0..<connection.weights.rows {
      for column in 0..<connection.weights.columns {
        connection.weights[row, column] = Scalar(random.nextGaussian() * deviation)
      }
    }
  }

  /// The state of a stream that has not begun.
  public func makeState() -> NetworkState<Scalar> {
    let state = NetworkState<Scalar>(
      neurons: configuration.hidden.neurons.sizes[0], outputs: configuration.classes,
      eligibility: .dense(
        DenseEprop(
          inputs: input.weights.rows, neurons: configuration.hidden.neurons.sizes[0],
          inputDecay: hiddenDecay, filterDecay: readoutDecay,
          largestSurrogate: Scalar(surrogate.height))),
      readoutDecay: readoutDecay)
    states.removeAll { $0.state == nil }
    states.append(WeakState(state: state))
    return state
  }

  /// Brings all weights up to date, for whoever is about to read them.
  func settleWeights() {
    for entry in states { entry.state?.eligibility.settle(input) }
  }

  /// One step of a stream. A step without a target clears the traces: what comes before it is not learned from later.
  ///
  /// - Parameters:
  ///   - active: addresses that spiked in this step, each once, ascending.
  ///   - target: the class to learn, or nothing for inference only.
  /// - Returns: the loss of the step, 0 without a target.
  @discardableResult
  public func step(
    _ active: [Int32], target: Int?, in state: NetworkState<Scalar>
  ) -> Scalar {
    state.eligibility.deliver(active, weights: input, into: state.hidden.current)
    state.hidden.step(decay: hiddenDecay, threshold: threshold.weights)
    Kernels.addRows(state.hidden.spikes, of: readout.weights, to: state.readout.current)
    state.readout.step(decay: readoutDecay)
    guard let target else {
      state.clearTraces()
      return 0
    }
    precondition(target >= 0 && target < configuration.classes, "a target of \(target)")
    state.willLearn()
    let loss = SoftmaxCrossEntropy.evaluate(
      state.readout.potential, target: target, error: state.error)
    let theta = threshold.weights.row(0)
    for lane in 0..<state.surrogate.laneCount {
      state.distance.lanes[lane] = state.hidden.membrane.lanes[lane] - theta[lane]
    }
    surrogate.evaluate(distance: state.distance, into: state.surrogate)
    Kernels.multiply(readout.weights, by: state.error, into: state.learningSignal)
    regulariser.apply(spikes: state.hidden.spikes, to: state.learningSignal)
    state.eligibility.learn(
      active, surrogate: state.surrogate, learningSignal: state.learningSignal, weights: input,
      rate: stepRate)
    state.readoutRule.learn(
      state.hidden.spikes, error: state.error, weights: readout, rate: stepRate)
    return loss
  }

  /// Applies the gradient that `state` has summed since its reset, where the configuration updates by trial.
  public func endTrial(in state: NetworkState<Scalar>) {
    defer { learnedTrials += 1 }
    if configuration.optimiser.update == .step {
      stepRate = optimiser.stepRate(learnedTrials: learnedTrials + 1)
    }
    guard configuration.optimiser.update == .trial else { return }
    state.eligibility.settle(input)
    optimiser.apply(
      [state.eligibility.rule.gradient, state.readoutRule.gradient], learnedTrials: learnedTrials)
    state.eligibility.rule.gradient.clear()
    state.readoutRule.gradient.clear()
  }

  /// The gradient that `state` has summed since its reset, row by row: of the input weights and of the readout's.
  public func gradient(
    in state: NetworkState<Scalar>
  ) -> (input: [Scalar], readout: [Scalar]) {
    state.eligibility.settle(input)
    return (state.eligibility.rule.gradient.sums.contents, state.readoutRule.gradient.sums.contents)
  }

  /// Running firing rates of the hidden neurons in spikes a step.
  public var firingRates: [Scalar] { regulariser.rate.contents }
}

// MARK: - What a checkpoint holds

extension Network {
  /// What a reader of the weights needs to compute with them.
  var connections: [Connection<Scalar>] {
    configuration.hidden.thresholdNormalisation ? [input, threshold, readout] : [input, readout]
  }

  /// All numbers that later learning depends on, by name: weights, optimiser moments, running rates.
  var persistentTensors: [(name: String, rows: Int, columns: Int, contents: [Scalar])] {
    var tensors = connections.map {
      ($0.name, $0.weights.rows, $0.weights.columns, $0.weights.contents)
    }
    tensors += optimiser.tensors.map {
      ($0.name, $0.matrix.rows, $0.matrix.columns, $0.matrix.contents)
    }
    tensors.append(("hidden.rate", 1, regulariser.rate.count, regulariser.rate.contents))
    return tensors
  }

  /// Takes over what ``persistentTensors`` gave.
  ///
  /// - Throws: ``ConfigurationError`` for a tensor that is missing or of another size; nothing has changed then.
  func restore(
    updates: Int, learnedTrials: Int, tensor: (String) -> [Scalar]?
  ) throws(ConfigurationError) {
    var found: [String: [Scalar]] = [:]
    for (name, rows, columns, _) in persistentTensors {
      guard let contents = tensor(name) else {
        throw ConfigurationError("the checkpoint has no tensor \(name)")
      }
      guard contents.count == rows * columns else {
        throw ConfigurationError(
          "the checkpoint's \(name) has \(contents.count) numbers, the configuration asks for "
            + "\(rows)x\(columns)")
      }
      found[name] = contents
    }
    func take(_ name: String, _ assign: ([Scalar]) -> Void) {
      if let contents = found[name] { assign(contents) }
    }
    for connection in connections {
      take(connection.name) { connection.weights.contents = $0 }
      for row in 0..<connection.weights.rows { connection.markChanged(Int32(row)) }
    }
    for (name, matrix) in optimiser.tensors { take(name) { matrix.contents = $0 } }
    take("hidden.rate") { regulariser.rate.contents = $0 }
    optimiser.updates = updates
    self.learnedTrials = learnedTrials
    if stepRate != nil { stepRate = optimiser.stepRate(learnedTrials: learnedTrials) }
  }
}
