import Events
import Learning
import Reference

/// Random input spikes and random target spikes, and the weights of a network that learns to answer the one with the
/// other.
struct SpikeTrainProblem {
  let options: SpikeTrainOptions
  /// The inputs that spike in each step, ascending.
  let input: [[Int32]]
  /// The outputs that should spike in each step, ascending.
  let target: [[Int32]]
  /// Weights of each layer, the same for all methods.
  let weights: [[[Double]]]

  init(_ options: SpikeTrainOptions, targetSpikes: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.options = options
    let (steps, sizes) = (options.steps, options.sizes)
    func trains(_ neurons: Int, _ spikes: Int) -> [[Int32]] {
      var trains = [[Int32]](repeating: [], count: steps)
      for i in 0..<Int32(neurons) {
        for t in random.permutation(of: steps).prefix(spikes) { trains[t].append(i) }
      }
      return trains
    }
    input = trains(sizes[0], options.inputSpikes)
    target = trains(sizes[sizes.count - 1], targetSpikes)
    weights = zip(sizes, sizes.dropFirst()).map { below, neurons in
      let bound = options.gain / Double(below).squareRoot()
      return (0..<below).map { _ in
        (0..<neurons).map { _ in bound * (2 * random.nextUniform() - 1) }
      }
    }
  }

  func network(_ method: SpikeTrainMethod) -> ReferenceNetwork {
    let layers = weights.map { weights in
      ReferenceNetwork.Layer(
        weights: weights,
        thresholds: [Double](repeating: 1, count: weights.first?.count ?? 0))
    }
    return ReferenceNetwork(
      configuration: options.configuration(method), layers: Array(layers.dropLast()),
      readout: layers[layers.count - 1])
  }

  /// The loss before each of the updates, and after the last.
  func train(_ method: SpikeTrainMethod, rate: Double, iterations: Int) throws -> [Double] {
    var learner: any SpikeTrainLearner =
      method.isForward && options.forwardBy == .engine
      ? try EngineLearner(self, method) : try ReferenceLearner(self, method)
    let schedule = options.rate(rate, iterations: iterations)
    // The published loss is a mean over steps of whole squares.
    let scale = 2 / Double(options.steps)
    var losses: [Double] = []
    for iteration in 0..<iterations {
      losses.append(learner.sumGradient())
      learner.update(rate: schedule.rate(learnedTrials: iteration), scale: scale)
    }
    return losses + [learner.sumGradient()]
  }

  /// Of each layer, the share of neurons that are silent with the initial weights.
  var silentShares: [Double] {
    let trial = network(.hybrid).run(input)
    return (trial.layers + [trial.readout]).map { layer in
      let neurons = layer.spikes.first?.count ?? 1
      let silent = (0..<neurons).count { j in !layer.spikes.contains { $0[j] != 0 } }
      return Double(silent) / Double(neurons)
    }
  }
}
