import Events
import Learning
import Reference

/// Random input spikes and random target spikes, and a network that learns to answer the one with the other.
struct SpikeTrainProblem {
  enum Method: String, CaseIterable, Encodable {
    case activation, timing, hybrid
  }

  struct Options: Encodable {
    /// Time constant of membranes and currents, and of the loss, in steps.
    var tau = 20.0
    /// Initial weights are uniform within the gain over the root of the number of inputs.
    var gain = 5.0
    var steps = 100
    var sizes = [10, 50, 50, 5]
    var inputSpikes = 3
    /// Largest magnitude of an element of the gradient.
    var clip = 1.0
  }

  let options: Options
  let input: [[Int32]]
  let target: [[Bool]]
  /// Weights of each layer, the same for all methods.
  let weights: [[[Double]]]

  init(_ options: Options, targetSpikes: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.options = options
    let (steps, sizes) = (options.steps, options.sizes)
    var input = [[Int32]](repeating: [], count: steps)
    for i in 0..<Int32(sizes[0]) {
      for t in random.permutation(of: steps).prefix(options.inputSpikes) { input[t].append(i) }
    }
    let outputs = sizes[sizes.count - 1]
    var target = [[Bool]](repeating: [Bool](repeating: false, count: outputs), count: steps)
    for k in 0..<outputs {
      for t in random.permutation(of: steps).prefix(targetSpikes) { target[t][k] = true }
    }
    (self.input, self.target) = (input, target)
    weights = zip(sizes, sizes.dropFirst()).map { below, neurons in
      let bound = options.gain / Double(below).squareRoot()
      return (0..<below).map { _ in
        (0..<neurons).map { _ in bound * (2 * random.nextUniform() - 1) }
      }
    }
  }

  /// Current-based neurons that clear both states, the surrogate exp(-3 |V - 1|), slopes from 0.01, as in ANTLR's code;
  /// the loss looks through the neurons' own kernel.
  private func network(_ method: Method) -> ReferenceNetwork {
    var configuration = LearnerConfiguration()
    configuration.hidden.reset = .zeroBoth
    configuration.hidden.tauMembrane = options.tau
    configuration.hidden.tauSynapse = options.tau
    configuration.readout.kind = .spiking
    configuration.readout.reset = .zeroBoth
    configuration.readout.tau = options.tau
    configuration.readout.tauSynapse = options.tau
    configuration.surrogate.function = .exponential
    configuration.surrogate.height = 1
    configuration.surrogate.width = 1.0 / 3
    configuration.gradient.activation = method == .timing ? 0 : 1
    configuration.gradient.timing = method == .activation ? 0 : 1
    configuration.gradient.slopeFloor = 0.01
    configuration.loss.kind = .spikeTrain
    configuration.loss.tau = options.tau
    configuration.loss.tauSynapse = options.tau
    let layers = weights.map { weights in
      ReferenceNetwork.Layer(
        weights: weights,
        thresholds: [Double](repeating: 1, count: weights.first?.count ?? 0))
    }
    return ReferenceNetwork(
      configuration: configuration, layers: Array(layers.dropLast()),
      readout: layers[layers.count - 1])
  }

  /// The loss before each of the updates, and after the last.
  func train(_ method: Method, rate: Double, iterations: Int) -> [Double] {
    var network = network(method)
    var optimiser = ReferenceAdam(rate: rate, clip: options.clip)
    var losses: [Double] = []
    for iteration in 0...iterations {
      let trial = network.run(input)
      let (loss, gradient) = network.gradient(of: trial, target: .trains(target), terms: .full)
      losses.append(loss)
      guard iteration < iterations else { break }
      // The published loss is a mean over steps of whole squares.
      optimiser.step(&network, gradient, scale: 2 / Double(options.steps))
    }
    return losses
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
