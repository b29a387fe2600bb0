import Learning

/// One trial with frozen weights: what every layer did in every step, and the gradient that came of it.
struct GradientRecord<Scalar: LearningScalar> {
  /// What the neurons of a layer did, step by step.
  struct Signals {
    var name: String
    var neurons: Int
    var isSpiking: Bool
    /// Whether the layer has a learning signal of its own.
    var hasSignal: Bool
    var membranes: [Scalar] = []
    var spikes: [Float] = []
    var signals: [Scalar] = []
    var deltas: [Scalar] = []

    var spikeCount: Int { spikes.count { $0 == 1 } }

    mutating func take(_ state: LayerState<Scalar>) {
      membranes += state.neurons.membrane.contents
      deltas += state.delta.contents
      if hasSignal { signals += state.learningSignal.contents }
      guard isSpiking else { return }
      let start = spikes.count
      spikes += [Float](repeating: 0, count: neurons)
      for index in state.neurons.spikes { spikes[start + Int(index)] = 1 }
    }
  }

  let steps: TrialSteps
  let loss: Scalar
  /// Running rates of the hidden neurons before the trial.
  let rates: [Scalar]
  private(set) var layers: [Signals]
  /// Y.
  private(set) var observed: [Scalar] = []
  /// dL/dY, or dL/dS and dL/dt.
  private(set) var errors: [Scalar] = []
  private(set) var timeErrors: [Scalar] = []
  let gradients: [(name: String, values: [Scalar])]

  /// Runs the trial. The weights stay; the running rates of `network` move on.
  ///
  /// - Throws: ``ConfigurationError`` if the trial is too long for a loss that is known at its end.
  init(_ network: Network<Scalar>, label: Int, steps: TrialSteps) throws {
    self.steps = steps
    rates = network.firingRates
    let kind = network.configuration.loss.kind
    let hasSpikingReadout = network.configuration.readout.kind == .spiking
    var records = network.layers.enumerated().map { index, layer in
      Signals(
        name: Self.layerName(index), neurons: layer.neurons, isSpiking: true, hasSignal: true)
    }
    records.append(
      Signals(
        name: "readout", neurons: network.output.neurons, isSpiking: hasSpikingReadout,
        hasSignal: hasSpikingReadout && kind.isOfFilteredOutputs))
    let state = network.makeState()
    var (observed, errors, timeErrors): ([Scalar], [Scalar], [Scalar]) = ([], [], [])
    let loss = network.sumGradient(
      label: label, in: state,
      observe: {
        for (index, layer) in (state.layers + [state.output]).enumerated() {
          records[index].take(layer)
        }
        observed += state.observed.contents
        if kind.isOfFilteredOutputs {
          errors += state.error.contents
        } else {
          errors += state.spikeAdjoint.contents
          timeErrors += state.timeAdjoint.contents
        }
      }, steps: steps.forEach)
    guard let loss else {
      throw ConfigurationError(
        "\(steps.active.count) steps are too many for loss.kind: \(kind.rawValue), which keeps the outputs of a trial; "
          + "allowed are \(OutputRecord.largest / network.configuration.classes)")
    }
    self.loss = loss
    layers = records
    (self.observed, self.errors, self.timeErrors) = (observed, errors, timeErrors)
    gradients = network.gradients(in: state)
  }

  /// `hidden`, `hidden2`, ...
  static func layerName(_ index: Int) -> String { index == 0 ? "hidden" : "hidden\(index + 1)" }
}
