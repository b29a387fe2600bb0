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
  /// What the network was made from.
  public let configuration: LearnerConfiguration
  /// The hidden layers, from the input on.
  public let layers: [Layer<Scalar>]
  /// The readout.
  public let output: Layer<Scalar>
  /// Trials learned so far.
  public private(set) var learnedTrials = 0
  /// The running ratio R of the enhanced count loss.
  let spikeRatio = LaneVector<Scalar>(count: 1)

  let surrogate: SurrogateGradient
  let regularisers: [FiringRateRegulariser<Scalar>]
  let optimiser: NetworkOptimiser<Scalar>
  /// The rate of descent at every step, where that is how the weights move.
  private(set) var stepRate: Scalar?
  /// Who shares large layers.
  let team: LaneTeam?

  struct WeakState {
    weak var state: NetworkState<Scalar>?
  }
  /// The streams that learn into these weights.
  var states: [WeakState] = []
  /// Where the loss is known at a trial's end only.
  let trialLoss: TrialLoss<Scalar>?
  let record: OutputRecord
  /// Past trials that are learned once more, where the configuration asks for it.
  public let rehearsal: Rehearsal?
  /// What they are learned in.
  private(set) var rehearsalState: NetworkState<Scalar>?
  /// What watches over the weights, where the configuration asks for it.
  public private(set) var collapseGuard: CollapseGuard<Scalar>?

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
      isRecurrent: false, hasBias: configuration.readout.bias, feedbackColumns: nil,
      carriesErrors: Self.carriesErrors(configuration))
    regularisers = layers.map {
      FiringRateRegulariser(
        neurons: $0.neurons, configuration.regulariser, milliseconds: configuration.milliseconds)
    }
    trialLoss = configuration.loss.kind.isKnownAtEnd ? TrialLoss(configuration) : nil
    record = OutputRecord(classes: configuration.classes)
    team =
      layers.contains(where: \.isSplit) ? LaneTeam(threads: configuration.compute.threads) : nil
    rehearsal = Rehearsal(configuration, addresses: inputs)
    spikeRatio[0] = 1
    Self.drawWeights(configuration, layers, output)
    optimiser = Self.optimiser(configuration, layers, output)
    stepRate =
      configuration.optimiser.update == .step ? optimiser.stepRate(learnedTrials: 0) : nil
    // Made now and not when it is needed, so that its place among the streams is always the same.
    if rehearsal != nil { rehearsalState = makeState() }
    if configuration.collapseGuard.enabled { collapseGuard = CollapseGuard(self) }
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
    let inputs = Double(layer.input.stored.rows)
    return index == 0
      ? gains.inputGain / max(1, gains.liveFraction * inputs).squareRoot()
      : gains.hiddenGain / inputs.squareRoot()
  }

  private static func hiddenLayers(
    _ configuration: LearnerConfiguration, inputs: Int
  ) -> [Layer<Scalar>] {
    let plan = EligibilityPlan(configuration)
    let hasFeedback = configuration.credit == .random || configuration.credit == .local
    var below = inputs
    return configuration.hidden.neurons.sizes.enumerated().map { index, neurons in
      defer { below = neurons }
      let name = index == 0 ? "hidden" : "hidden\(index + 1)"
      return Layer(
        name: name, inputName: index == 0 ? "input.weight" : "\(name).weight",
        NeuronModel(hidden: configuration), inputs: below, neurons: neurons,
        isRecurrent: configuration.hidden.recurrent, hasBias: configuration.hidden.bias,
        feedbackColumns: hasFeedback ? configuration.classes : nil,
        carriesErrors: index > 0 && carriesErrors(configuration),
        parts: plan.parts(
          form(configuration, index), neurons: neurons,
          carriesErrors: index > 0 && carriesErrors(configuration)))
    }
  }

  /// What the synapses onto hidden layer `index` remember.
  private static func form(
    _ configuration: LearnerConfiguration, _ index: Int
  ) -> EligibilityForm<Scalar> {
    EligibilityForm(
      onto: NeuronModel(hidden: configuration), filter: filter(configuration, index),
      hasActivation: configuration.gradient.activation > 0,
      hasTiming: configuration.gradient.timing > 0)
  }

  /// The kernel that hidden layer `index` is learned through.
  static func filter(
    _ configuration: LearnerConfiguration, _ index: Int
  ) -> SynapticKernel<Scalar>? {
    let readout = NeuronModel<Scalar>(readout: configuration).kernel
    let isLast = index == configuration.hidden.neurons.sizes.count - 1
    return switch configuration.credit {
    case .symmetric: isLast ? readout : NeuronModel(hidden: configuration).kernel
    case .random, .local: readout
    case .instantaneous: nil
    }
  }

  /// Whether errors reach hidden layers through the weights above them.
  static func carriesErrors(_ configuration: LearnerConfiguration) -> Bool {
    configuration.credit == .symmetric || configuration.credit == .instantaneous
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
        layer.input.stored, deviation(configuration, layer, index: index),
        index == 0 ? 1 : 0x100 + stream)
      draw(layer.recurrent?.stored, gains.recurrentGain / root, 0x200 + stream)
      draw(layer.feedback, gains.feedbackGain / root, 0x300 + stream)
      if let recurrent = layer.recurrent {
        for index in 0..<layer.neurons { recurrent.stored[index, index] = 0 }
      }
    }
    let inputs = Double(output.input.stored.rows)
    draw(output.input.stored, gains.readoutGain / inputs.squareRoot(), 2)
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

  /// What the configured learning rate, as its schedule has it, is multiplied by: 1 unless somebody turns it. Acts from the
  /// next update on.
  public var rateFactor: Double {
    get { optimiser.rateFactor }
    set {
      optimiser.rateFactor = newValue
      resume(learnedTrials: learnedTrials)
    }
  }

  /// Goes on from a number of learned trials, which the learning rate follows.
  func resume(learnedTrials: Int) {
    self.learnedTrials = learnedTrials
    guard stepRate != nil else { return }
    stepRate = optimiser.stepRate(learnedTrials: learnedTrials, factor: guardFactor)
  }

  /// Notes that all weights have been replaced.
  func noteStoredAnew() {
    for connection in connections {
      connection.markChanged((0..<Int32(connection.stored.rows)).map { $0 })
      connection.noteStoredAnew()
    }
    for layer in layers { layer.noteNewFeedback() }
  }
}
