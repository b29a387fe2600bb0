import Learning
import Reference

/// A network that learns one problem.
protocol SpikeTrainLearner {
  /// Runs the trial and keeps its gradient.
  ///
  /// - Returns: the loss.
  mutating func sumGradient() -> Double

  /// Moves all weights against the kept gradient times `scale`, by Adam.
  mutating func update(rate: Double, scale: Double)
}

/// Gradients by the reference, which walks back over the trial: of the whole network, or what the forward rule keeps of
/// it.
struct ReferenceLearner: SpikeTrainLearner {
  private let network: FastNetwork
  private let input: StepEvents
  private let target: ReferenceTarget
  private let biasUnit: Double

  init(_ problem: SpikeTrainProblem, _ method: SpikeTrainMethod) throws {
    network = try FastNetwork(
      problem.network(method), terms: method.isForward ? .asForward : .full)
    input = StepEvents(problem.input)
    let outputs = problem.options.sizes.last ?? 0
    target = .trains(
      problem.target.map { spikes in (0..<Int32(outputs)).map { spikes.contains($0) } })
    biasUnit = problem.options.biasScale
  }

  func sumGradient() -> Double { network.addGradient(of: input, target: target) }

  func update(rate: Double, scale: Double) {
    network.update(rate: rate, scale: scale, biasUnit: biasUnit)
  }
}

/// The engine's own gradients, summed step by step as the trial goes.
struct EngineLearner: SpikeTrainLearner {
  private let problem: SpikeTrainProblem
  private let network: Network<Double>
  private let state: NetworkState<Double>
  private var optimiser: PlainAdam

  init(_ problem: SpikeTrainProblem, _ method: SpikeTrainMethod) throws {
    self.problem = problem
    network = try Network(
      problem.options.configuration(method), inputs: problem.options.sizes[0])
    state = network.makeState()
    optimiser = PlainAdam(clip: problem.options.clip)
    for (layer, weights) in zip(network.layers + [network.output], problem.weights) {
      layer.input.weights.contents = Array(weights.joined())
    }
  }

  func sumGradient() -> Double {
    network.sumGradient(problem.input, trains: problem.target, in: state)
  }

  mutating func update(rate: Double, scale: Double) {
    optimiser.beginUpdate(rate: rate)
    network.moveWeights(in: state) { name, weights, gradient in
      let unit = name.hasSuffix("bias") ? problem.options.biasScale : 1
      optimiser.update(&weights, gradient, scale: scale, unit: unit)
    }
  }
}
