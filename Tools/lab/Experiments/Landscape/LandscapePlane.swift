import Events
import Learning
import Reference

/// A plane through the weights of a network, which should do at every point what it does in the middle.
///
/// The two directions are random, scaled to the weights of each neuron ("filter normalisation", Li et al. 2018,
/// "Visualizing the loss landscape of neural nets"). The loss is the mean over several inputs.
struct LandscapePlane {
  /// What there is at a point.
  struct Point {
    var loss = 0.0
    /// Along both directions, for each method.
    var gradients: [(x: Double, y: Double)]
    /// Of each neuron and input.
    var counts: [Int] = []
  }

  typealias Weights = [[[Double]]]

  private let inputs: [[[Int32]]]
  private let networks: [(network: ReferenceNetwork, terms: ReferenceNetwork.Terms)]
  private let middle: Weights
  private let directions: [Weights]
  private let targets: [ReferenceTarget]

  init(_ job: LandscapeJob, _ options: SpikeTrainOptions) {
    var random = SplitMix64(seed: job.seed, stream: job.setting == .moving ? 1 : 2)
    let sizes = options.sizes
    let shapes = Array(zip(sizes, sizes.dropFirst()))
    func weights(_ number: (Int) -> Double) -> Weights {
      shapes.map { below, neurons in
        (0..<below).map { _ in (0..<neurons).map { _ in number(below) } }
      }
    }
    let middle = weights { below in
      job.setting.weight(2 * random.nextUniform() - 1, inputs: below, options)
    }
    directions = (0..<2).map { _ in
      Self.scaled(weights { _ in random.nextGaussian() }, to: middle)
    }
    inputs = (0..<job.patterns).map { number in
      SpikeTrainProblem(
        options, targetSpikes: 0, seed: job.seed &* 1_000_003 &+ UInt64(number)
      ).input
    }
    self.middle = middle
    networks = job.methods.map { method in
      let layers = middle.map { weights in
        ReferenceNetwork.Layer(
          weights: weights,
          thresholds: [Double](repeating: 1, count: weights.first?.count ?? 0))
      }
      return (
        ReferenceNetwork(
          configuration: job.setting.configuration(method, options),
          layers: Array(layers.dropLast()), readout: layers[layers.count - 1]),
        method.isForward ? .asForward : .full
      )
    }
    let network = networks[0].network
    targets = inputs.map { input in
      .trains(network.run(input).readout.spikes.map { $0.map { $0 != 0 } })
    }
  }

  func point(x: Double, y: Double) -> Point {
    var point = Point(gradients: networks.map { _ in (0, 0) })
    let networks = networks.map { (at(x, y, $0.network), $0.terms) }
    let share = 1 / Double(inputs.count)
    for (input, target) in zip(inputs, targets) {
      // All methods have one network, and differ in what they make of its trial.
      let trial = networks[0].0.run(input)
      for (place, (network, terms)) in networks.enumerated() {
        let (loss, gradient) = network.gradient(of: trial, target: target, terms: terms)
        if place == 0 { point.loss += loss * share }
        let layers = (gradient.layers + [gradient.readout]).map(\.weights)
        point.gradients[place].x += share * Self.product(layers, directions[0])
        point.gradients[place].y += share * Self.product(layers, directions[1])
      }
      for layer in trial.layers + [trial.readout] {
        for j in 0..<(layer.spikes.first?.count ?? 0) {
          point.counts.append(layer.spikes.count { $0[j] != 0 })
        }
      }
    }
    return point
  }

  private func at(_ x: Double, _ y: Double, _ network: ReferenceNetwork) -> ReferenceNetwork {
    var network = network
    func moved(_ layer: Int) -> [[Double]] {
      middle[layer].indices.map { i in
        middle[layer][i].indices.map { j in
          middle[layer][i][j] + x * directions[0][layer][i][j] + y * directions[1][layer][i][j]
        }
      }
    }
    for index in network.layers.indices { network.layers[index].weights = moved(index) }
    network.readout.weights = moved(network.layers.count)
    return network
  }

  /// Each neuron's part of a direction, as long as its weights.
  private static func scaled(_ direction: Weights, to weights: Weights) -> Weights {
    func length(_ layer: [[Double]], _ j: Int) -> Double {
      layer.reduce(0) { $0 + $1[j] * $1[j] }.squareRoot()
    }
    return zip(direction, weights).map { direction, weights in
      let scales = (weights.first ?? []).indices.map { length(weights, $0) / length(direction, $0) }
      return direction.map { row in zip(row, scales).map(*) }
    }
  }

  private static func product(_ a: Weights, _ b: Weights) -> Double {
    zip(a, b).reduce(0) { sum, layers in
      zip(layers.0, layers.1).reduce(sum) { $0 + dot($1.0, $1.1) }
    }
  }
}
