import Events

/// Input addresses -> hidden layers of spiking neurons -> readout, learning forward in time.
///
/// One step, in this order: from the input on each layer takes its input and steps, the loss is evaluated, its gradient goes
/// back from the readout on, and weights move or the gradient is summed. So a weight that moved acts from the next step on,
/// and a layer learns through the weights above it as they were in this step.
///
/// The scalar is `Float` in production and `Double` in proofs. What runs at every step is specialised for both here, for
/// other modules would reach it unspecialised, over 300 times slower.
public final class Network<Scalar: LearningScalar> {
  public let configuration: LearnerConfiguration
  /// The hidden layers, from the input on.
  public let layers: [Layer<Scalar>]
  /// The readout.
  public let output: Layer<Scalar>
  /// Trials learned so far.
  public private(set) var learnedTrials = 0
  /// The running ratio R of the enhanced count loss.
  let spikeRatio = LaneVector<Scalar>(count: 1)

  private let surrogate: SurrogateGradient
  let regularisers: [FiringRateRegulariser<Scalar>]
  let optimiser: NetworkOptimiser<Scalar>
  /// The rate of descent at every step, where that is how the weights move.
  private var stepRate: Scalar?
  /// Where the loss is known at a trial's end only.
  private let trialLoss: TrialLoss<Scalar>?
  private let record: OutputRecord

  /// A network with fresh weights drawn from the configuration's seed.
  ///
  /// - Parameter inputs: number of input addresses.
  /// - Throws: ``ConfigurationError``.
  public init(_ configuration: LearnerConfiguration, inputs: Int) throws(ConfigurationError) {
    try configuration.validate()
    self.configuration = configuration
    let surrogate = configuration.surrogate
    self.surrogate = SurrogateGradient(
      function: surrogate.function, height: surrogate.height, width: surrogate.width,
      leak: surrogate.leak)
    layers = Self.hiddenLayers(configuration, inputs: inputs)
    output = Layer(
      name: "readout", inputName: "readout.weight", NeuronModel(readout: configuration),
      inputs: configuration.hidden.neurons.sizes.last ?? inputs, neurons: configuration.classes,
      isRecurrent: false, hasBias: configuration.readout.bias, feedbackColumns: nil)
    regularisers = layers.map {
      FiringRateRegulariser(
        neurons: $0.neurons, configuration.regulariser, milliseconds: configuration.milliseconds)
    }
    trialLoss = configuration.loss.kind.isKnownAtEnd ? TrialLoss(configuration) : nil
    record = OutputRecord(classes: configuration.classes)
    spikeRatio[0] = 1
    Self.drawWeights(configuration, layers, output)
    optimiser = Self.optimiser(configuration, layers, output)
    stepRate =
      configuration.optimiser.update == .step ? optimiser.stepRate(learnedTrials: 0) : nil
  }

  /// The optimiser of freshly drawn weights, whose deviation is what normalised weights keep.
  private static func optimiser(
    _ configuration: LearnerConfiguration, _ layers: [Layer<Scalar>], _ output: Layer<Scalar>
  ) -> NetworkOptimiser<Scalar> {
    let normalised = configuration.hidden.thresholdNormalisation ? layers : []
    let normalisations = normalised.enumerated().map { index, layer in
      ThresholdNormalisation(
        weights: layer.input, threshold: layer.threshold, bias: layer.bias,
        deviation: deviation(configuration, layer, index: index))
    }
    return NetworkOptimiser(
      configuration: configuration, connections: (layers + [output]).flatMap(\.connections),
      readout: layers.flatMap(\.connections).count,
      normalisations: normalisations)
  }

  /// The standard deviation of the weights that lead to hidden layer `index`.
  private static func deviation(
    _ configuration: LearnerConfiguration, _ layer: Layer<Scalar>, index: Int
  ) -> Double {
    let gains = configuration.initialisation
    let inputs = Double(layer.input.weights.rows)
    return index == 0
      ? gains.inputGain / max(1, gains.liveFraction * inputs).squareRoot()
      : gains.hiddenGain / inputs.squareRoot()
  }

  private static func hiddenLayers(
    _ configuration: LearnerConfiguration, inputs: Int
  ) -> [Layer<Scalar>] {
    let hasFeedback = configuration.credit == .random || configuration.credit == .local
    var below = inputs
    return configuration.hidden.neurons.sizes.enumerated().map { index, neurons in
      defer { below = neurons }
      let name = index == 0 ? "hidden" : "hidden\(index + 1)"
      return Layer(
        name: name, inputName: index == 0 ? "input.weight" : "\(name).weight",
        NeuronModel(hidden: configuration), inputs: below, neurons: neurons,
        isRecurrent: configuration.hidden.recurrent, hasBias: configuration.hidden.bias,
        feedbackColumns: hasFeedback ? configuration.classes : nil)
    }
  }

  private static func drawWeights(
    _ configuration: LearnerConfiguration, _ layers: [Layer<Scalar>], _ output: Layer<Scalar>
  ) {
    let gains = configuration.initialisation
    func draw(_ matrix: RowMatrix<Scalar>?, _ deviation: Double, _ stream: UInt64) {
      matrix?.draw(deviation: deviation, seed: configuration.seed, stream: stream)
    }
    for (index, layer) in layers.enumerated() {
      let stream = UInt64(index)
      let root = Double(layer.neurons).squareRoot()
      draw(
        layer.input.weights, deviation(configuration, layer, index: index),
        index == 0 ? 1 : 0x100 + stream)
      draw(layer.recurrent?.weights, gains.recurrentGain / root, 0x200 + stream)
      draw(layer.feedback, gains.feedbackGain / root, 0x300 + stream)
      if let recurrent = layer.recurrent {
        for index in 0..<layer.neurons { recurrent.weights[index, index] = 0 }
      }
    }
    let inputs = Double(output.input.weights.rows)
    draw(output.input.weights, gains.readoutGain / inputs.squareRoot(), 2)
  }

  /// All layers, the readout last.
  var allLayers: [Layer<Scalar>] { layers + [output] }

  /// Everything that is published and saved as weights, in a fixed order.
  public var connections: [Connection<Scalar>] {
    allLayers.flatMap { layer in
      layer.connections
        + (configuration.hidden.thresholdNormalisation && layer !== output
          ? [layer.threshold] : [])
    }
  }

  /// Weights from input addresses to the first hidden layer.
  public var input: Connection<Scalar> { layers[0].input }
  /// Weights from the last hidden layer to the outputs.
  public var readout: Connection<Scalar> { output.input }
  /// Updates by the optimiser so far.
  public var updates: Int { optimiser.updates }

  /// Running firing rates of the hidden neurons in spikes a step, layer by layer.
  public var firingRates: [Scalar] { regularisers.flatMap { $0.rate.contents } }

  /// The state of a stream that has not begun.
  public func makeState() -> NetworkState<Scalar> {
    let gradient = configuration.gradient
    let readoutKernel = output.model.kernel
    let states = layers.indices.map { index in
      let above = index + 1 < layers.count ? layers[index + 1].model.kernel : readoutKernel
      let filter: SynapticKernel<Scalar>? =
        switch configuration.credit {
        case .symmetric: above
        case .random, .local: readoutKernel
        case .instantaneous: nil
        }
      return LayerState(
        layers[index], filter: filter, gradient: gradient,
        localKernel: configuration.credit == .local ? readoutKernel : nil,
        classes: configuration.classes)
    }
    let observes = output.model.isSpiking && configuration.loss.kind.isOfFilteredOutputs
    return NetworkState(
      layers: states,
      output: LayerState(
        output, filter: observes ? configuration.lossKernel() : nil, gradient: gradient,
        localKernel: nil,
        classes: configuration.classes),
      filter: observes ? OutputFilter(configuration) : nil,
      loss: LossState(configuration), classes: configuration.classes)
  }
}

// MARK: - Steps

extension Network {
  /// One step of a stream. A step without a target clears the traces: what comes before it is not learned from later.
  ///
  /// - Parameters:
  ///   - active: addresses that spiked in this step, each once, ascending.
  ///   - target: the class to learn, or nothing for inference only. Losses that are known at a trial's end cannot be
  ///     learned so; see ``learnTrial(label:in:steps:)``.
  /// - Returns: the loss of the step, 0 without a target.
  @discardableResult
  public func step(
    _ active: [Int32], target: Int?, in state: NetworkState<Scalar>
  ) -> Scalar {
    guard let target else {
      infer(active, in: state)
      return 0
    }
    return step(active, teaching: .label(target), in: state)
  }

  /// One step without learning.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func infer(_ active: [Int32], in state: NetworkState<Scalar>) {
    forward(active, in: state)
    state.clearTraces()
  }

  /// One step that is learned from.
  ///
  /// - Returns: the loss of the step.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  @discardableResult
  public func step(
    _ active: [Int32], teaching target: Target, in state: NetworkState<Scalar>
  ) -> Scalar {
    precondition(!configuration.loss.kind.isKnownAtEnd, "a loss that is known at a trial's end")
    forward(active, in: state)
    begin(state)
    let loss: Scalar
    if configuration.loss.kind.isOfFilteredOutputs {
      loss = state.loss.evaluate(filtered: state.observed, target: target, error: state.error)
      if let filter = state.filter {
        state.output.take(learningSignal: state.error)
        state.output.passOn(kernel: filter.kernel)
      } else {
        state.output.passOn(error: state.error)
      }
    } else {
      guard case .label(let label) = target else { preconditionFailure("a train for \(target)") }
      loss = state.loss.evaluate(
        spikes: state.readout.spikes, label: label, spikeAdjoint: state.spikeAdjoint,
        timeAdjoint: state.timeAdjoint)
      state.output.passOn(spikeAdjoint: state.spikeAdjoint, timeAdjoint: state.timeAdjoint)
    }
    learn(active, target, in: state)
    return loss
  }

  private func forward(_ active: [Int32], in state: NetworkState<Scalar>) {
    var spikes = active
    for (layer, layerState) in zip(layers, state.layers) {
      let neurons = layerState.neurons
      if let recurrent = layer.recurrent {
        Kernels.addRows(neurons.spikes, of: recurrent.weights, to: neurons.input)
      }
      Kernels.addRows(spikes, of: layer.input.weights, to: neurons.input)
      neurons.step(threshold: layer.threshold.weights, bias: layer.bias?.weights)
      spikes = neurons.spikes
      if let local = layerState.localReadout, let feedback = layer.feedback {
        Kernels.addRows(spikes, of: feedback, to: local.input)
        local.step(threshold: layer.threshold.weights, bias: nil)
      }
    }
    let readout = state.readout
    Kernels.addRows(spikes, of: output.input.weights, to: readout.input)
    readout.step(threshold: output.threshold.weights, bias: output.bias?.weights)
    state.filter?.step(readout.spikes)
  }

  private func begin(_ state: NetworkState<Scalar>) {
    state.hasTraces = true
    for layer in state.allLayers { layer.evaluate(surrogate, configuration.gradient) }
  }

  /// From the readout's delta on: the learning signals, and what they change.
  private func learn(_ active: [Int32], _ target: Target, in state: NetworkState<Scalar>) {
    for index in layers.indices.reversed() {
      let (layer, layerState) = (layers[index], state.layers[index])
      let isLast = index == layers.count - 1
      let above = isLast ? state.output : state.layers[index + 1]
      let aboveLayer = isLast ? output : layers[index + 1]
      let signal = layerState.learningSignal
      switch configuration.credit {
      case .symmetric, .instantaneous:
        Kernels.multiply(aboveLayer.input.weights, by: above.delta, into: signal)
      case .random:
        guard let feedback = layer.feedback else { break }
        Kernels.multiply(feedback, by: state.output.delta, into: signal)
      case .local:
        guard let feedback = layer.feedback, let local = layerState.localReadout,
          let error = layerState.localError
        else { break }
        guard case .label(let label) = target else { break }
        _ = state.loss.evaluate(apart: local.membrane, label: label, error: error)
        Kernels.multiply(feedback, by: error, into: signal)
      }
      regularisers[index].apply(spikes: layerState.neurons.spikes, to: signal)
      layerState.passOn(kernel: aboveLayer.model.kernel)
      above.learn(layerState.neurons.spikes, aboveLayer, rate: stepRate)
    }
    state.layers[0].learn(active, layers[0], rate: stepRate)
    state.pendingSteps += 1
    let optimiser = configuration.optimiser
    if optimiser.update == .steps, state.pendingSteps == optimiser.everySteps { update(state) }
  }
}

// MARK: - Trials

extension Network {
  /// Ends a trial that was learned from: the weights move along the gradient that the state has summed.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func endTrial(in state: NetworkState<Scalar>) {
    if configuration.optimiser.update != .step, state.pendingSteps > 0 {
      if configuration.gradient.noSpikeWeight > 0 { strengthenSilentNeurons(in: state) }
      update(state)
    }
    state.pendingSteps = 0
    resume(learnedTrials: learnedTrials + 1)
  }

  /// Goes on from a number of learned trials, which the learning rate follows.
  func resume(learnedTrials: Int) {
    self.learnedTrials = learnedTrials
    if stepRate != nil { stepRate = optimiser.stepRate(learnedTrials: learnedTrials) }
  }

  /// Learns from a whole trial, which is run from a cleared state: once, or twice where the loss is known at its end only
  /// (first without learning, to see what the outputs do). The state is that of the trial's end afterwards; the weights
  /// move with ``endTrial(in:)``, which is called.
  ///
  /// - Parameters:
  ///   - label: the class.
  ///   - steps: calls its argument with the active addresses of each step, ascending; the same at each call. Nothing
  ///     stands for a silence after which membranes and traces begin anew.
  /// - Returns: the loss of the trial; nothing, and nothing learned, if it has more steps than
  ///   ``OutputRecord/largest`` allows.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  @discardableResult
  public func learnTrial(
    label: Int, in state: NetworkState<Scalar>, steps: (([Int32]?) -> Void) -> Void
  ) -> Scalar? {
    guard let loss = sumGradient(label: label, in: state, steps: steps) else { return nil }
    if configuration.loss.kind == .enhancedCount {
      spikeRatio[0] = EnhancedCount.updated(ratio: spikeRatio[0], record: record, label: label)
    }
    endTrial(in: state)
    return loss
  }

  /// What ``learnTrial(label:in:steps:)`` does before the weights move: leaves the gradient in the state.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sumGradient(
    label: Int, in state: NetworkState<Scalar>, observe: (() -> Void)? = nil,
    steps: (([Int32]?) -> Void) -> Void
  ) -> Scalar? {
    precondition(label >= 0 && label < configuration.classes, "a label of \(label)")
    state.reset()
    guard let trialLoss else {
      var sum: Scalar = 0
      steps { active in
        guard let active else { return state.clearDynamics() }
        sum += step(active, target: label, in: state)
        observe?()
      }
      return sum
    }
    record.reset()
    steps { active in
      guard let active else { return state.clearDynamics() }
      infer(active, in: state)
      record.append(spikes: state.readout.spikes)
    }
    guard record.isComplete else { return nil }
    let loss = trialLoss.evaluate(record, label: label, ratio: spikeRatio[0])
    state.reset()
    var index = 0
    steps { active in
      guard let active else { return state.clearDynamics() }
      forward(active, in: state)
      begin(state)
      trialLoss.adjoints(
        at: index, spikeAdjoint: state.spikeAdjoint, timeAdjoint: state.timeAdjoint)
      state.output.passOn(spikeAdjoint: state.spikeAdjoint, timeAdjoint: state.timeAdjoint)
      learn(active, .label(label), in: state)
      index += 1
      observe?()
    }
    return loss
  }

  func update(_ state: NetworkState<Scalar>) {
    optimiser.apply(
      state.allLayers.flatMap { $0.eligibilities.map(\.gradient) }, learnedTrials: learnedTrials)
    state.clearGradient()
  }

  /// The penalty of Yamamoto et al. 2022 and of ANTLR's timing rule on neurons that stay silent for a whole trial.
  private func strengthenSilentNeurons(in state: NetworkState<Scalar>) {
    for (layer, layerState) in zip(allLayers, state.allLayers) where layer.model.isSpiking {
      let silent = layerState.neurons.spikeCounts.indices.filter {
        layerState.neurons.spikeCounts[$0] == 0
      }
      guard !silent.isEmpty else { continue }
      let withoutBias = [layerState.input, layerState.recurrent].compactMap { $0 }
      for gradient in withoutBias.map(\.gradient) {
        let amount = Scalar(configuration.gradient.noSpikeWeight) / Scalar(gradient.sums.rows)
        for row in gradient.rows {
          for index in silent { gradient.sums.scalars(ofRow: Int(row))[index] -= amount }
        }
      }
    }
  }

  /// The gradient that `state` has summed since its reset, row by row, by the name of the connection.
  public func gradients(in state: NetworkState<Scalar>) -> [(name: String, values: [Scalar])] {
    zip(allLayers, state.allLayers).flatMap { layer, layerState in
      zip(layer.connections, layerState.eligibilities).map { connection, eligibility in
        (connection.name, eligibility.gradient.sums.contents)
      }
    }
  }
}
