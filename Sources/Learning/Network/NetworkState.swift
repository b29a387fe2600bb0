/// What one stream leaves in a network: membranes, traces, and summed gradients. Weights are not part of it, so
/// several streams may share a network, each with a state of its own.
public final class NetworkState<Scalar: LearningScalar> {
  /// The hidden layers, from the input on.
  public let layers: [LayerState<Scalar>]
  /// The readout.
  public let output: LayerState<Scalar>
  /// Behind spiking readouts: the filter whose potentials the loss looks at.
  let filter: OutputFilter<Scalar>?
  let loss: LossState<Scalar>
  /// dL/dY, or dL/dS and dL/dt, of the latest learned step.
  public let error: LaneVector<Scalar>
  /// dL/dS of every output, of losses that look at spikes themselves.
  public let spikeAdjoint: LaneVector<Scalar>
  /// dL/dt of every output that spiked.
  public let timeAdjoint: LaneVector<Scalar>
  /// Learned steps since the gradient was last applied.
  var pendingSteps = 0
  /// Whether a step has been learned from since the traces were cleared.
  var hasTraces = false
  /// Place among the streams of the network, from which the order of sums over streams follows.
  var order = 0 {
    didSet { for layer in allLayers { for part in layer.eligibilities { part.order = order } } }
  }

  init(
    layers: [LayerState<Scalar>], output: LayerState<Scalar>, filter: OutputFilter<Scalar>?,
    loss: LossState<Scalar>, classes: Int
  ) {
    self.layers = layers
    self.output = output
    allLayers = layers + [output]
    self.filter = filter
    self.loss = loss
    error = LaneVector(count: classes)
    spikeAdjoint = LaneVector(count: classes)
    timeAdjoint = LaneVector(count: classes)
  }

  /// All layers, the readout last.
  let allLayers: [LayerState<Scalar>]

  /// Neurons of the first hidden layer.
  public var hidden: Neurons<Scalar> { layers[0].neurons }
  /// The output neurons; their membranes are the potentials that scores come from.
  public var readout: Neurons<Scalar> { output.neurons }

  /// Spikes of all hidden layers in the latest step.
  public var hiddenSpikeCount: Int { layers.reduce(0) { $0 + $1.neurons.fired.count } }

  /// What the loss looks at: the readout's potentials, or the filtered spikes of a spiking readout.
  public var observed: LaneVector<Scalar> { filter?.output ?? readout.membrane }

  /// How the eligibilities are computed, layer by layer from the input on: those of the weights from below, then recurrent
  /// ones, then those of biases, as far as there are any.
  public var eligibilityKinds: [EligibilityKind] {
    allLayers.flatMap { $0.eligibilities.map(\.kind) }
  }

  /// Clears membranes, traces and summed gradients.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func reset() {
    clearDynamics()
    clearGradient()
  }

  /// Gives up what is being learned: traces and the summed gradient go, membranes stay. Weights that have moved already
  /// stay moved.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func abandonLearning() {
    clearTraces()
    clearGradient()
  }

  /// Stores what is pending of all that has been learned.
  func carryOver() {
    for layer in allLayers { layer.carryOver() }
  }

  deinit {
    // What the weights of a shared network have still to come.
    clearTraces()
  }

  func clearGradient() {
    for layer in allLayers { layer.clearGradient() }
    pendingSteps = 0
  }

  /// Clears traces only. They move in steps that are learned from; after others they would tell of a past long gone.
  func clearTraces() {
    guard hasTraces else { return }
    for layer in allLayers { layer.clearTraces() }
    loss.reset()
    hasTraces = false
  }

  /// Clears membranes and traces; the summed gradients stay.
  func clearDynamics() {
    for layer in allLayers { layer.resetNeurons() }
    filter?.reset()
    loss.reset()
    clearTraces()
  }
}
