import Learning
import Reference

/// A network that learns one problem.
protocol SpikeTrainLearner {
  /// Runs the trial and keeps its gradient.
  ///
  /// - Returns: the loss.
  mutating func sumGradient() -> Double

  /// Moves all weights against the kept gradient times `scale`.
  mutating func update(_ optimiser: inout PlainAdam, scale: Double)
}

/// Gradients by the reference, which walks back over the trial: of the whole network, or what the forward rule keeps of
/// it.
struct ReferenceLearner: SpikeTrainLearner {
  private let problem: SpikeTrainProblem
  private let target: ReferenceTarget
  private let terms: ReferenceNetwork.Terms
  private var network: ReferenceNetwork
  private var gradient: ReferenceGradients?

  init(_ problem: SpikeTrainProblem, _ method: SpikeTrainMethod) {
    self.problem = problem
    terms = method.isForward ? .asForward : .full
    let outputs = problem.options.sizes.last ?? 0
    target = .trains(
      problem.target.map { spikes in (0..<Int32(outputs)).map { spikes.contains($0) } })
    let layers = problem.weights.map { weights in
      ReferenceNetwork.Layer(
        weights: weights,
        thresholds: [Double](repeating: 1, count: weights.first?.count ?? 0))
    }
    network = ReferenceNetwork(
      configuration: problem.options.configuration(method), layers: Array(layers.dropLast()),
      readout: layers[layers.count - 1])
  }

  var trial: ReferenceTrial { network.run(problem.input) }

  mutating func sumGradient() -> Double {
    let (loss, gradient) = network.gradient(of: trial, target: target, terms: terms)
    self.gradient = gradient
    return loss
  }

  mutating func update(_ optimiser: inout PlainAdam, scale: Double) {
    guard let gradient else { return }
    let options = problem.options
    func update(_ layer: inout ReferenceNetwork.Layer, _ gradient: ReferenceGradients.Layer) {
      for i in layer.weights.indices {
        optimiser.update(&layer.weights[i], gradient.weights[i], scale: scale)
      }
      if options.biases {
        optimiser.update(&layer.bias, gradient.bias, scale: scale, unit: options.biasScale)
      }
    }
    for (index, layer) in gradient.layers.enumerated() { update(&network.layers[index], layer) }
    update(&network.readout, gradient.readout)
  }
}

/// The engine's own gradients, summed step by step as the trial goes.
struct EngineLearner: SpikeTrainLearner {
  private let problem: SpikeTrainProblem
  private let network: Network<Double>
  private let state: NetworkState<Double>

  init(_ problem: SpikeTrainProblem, _ method: SpikeTrainMethod) throws {
    self.problem = problem
    network = try Network(
      problem.options.configuration(method), inputs: problem.options.sizes[0])
    state = network.makeState()
    for (layer, weights) in zip(network.layers + [network.output], problem.weights) {
      layer.input.weights.contents = Array(weights.joined())
    }
  }

  func sumGradient() -> Double {
    network.sumGradient(problem.input, trains: problem.target, in: state)
  }

  func update(_ optimiser: inout PlainAdam, scale: Double) {
    network.moveWeights(in: state) { name, weights, gradient in
      let unit = name.hasSuffix("bias") ? problem.options.biasScale : 1
      optimiser.update(&weights, gradient, scale: scale, unit: unit)
    }
  }
}
