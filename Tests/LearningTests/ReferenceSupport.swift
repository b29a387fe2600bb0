import Events
import Learning
import Reference

/// A configuration for small networks whose neurons spike often.
func referenceConfiguration(
  _ change: (inout LearnerConfiguration) -> Void = { _ in }
) -> LearnerConfiguration {
  smallConfiguration {
    $0.hidden.neurons = 7
    $0.hidden.tauSynapse = 4
    $0.readout.tauSynapse = 3
    $0.surrogate.function = .exponential
    $0.surrogate.height = 1
    $0.surrogate.width = 0.4
    $0.initialisation.inputGain = 3
    $0.initialisation.readoutGain = 2
    $0.loss.trial = 60
    change(&$0)
  }
}

/// A network, an input that makes it spike, and the trial.
struct ReferenceRun {
  var network: ReferenceNetwork
  var input: [[Int32]]

  init(_ configuration: LearnerConfiguration, steps: Int = 60, seed: UInt64 = 5) {
    network = ReferenceNetwork(configuration, inputs: 10, seed: seed)
    input = randomSteps(steps, inputs: 10, rate: 0.15, seed: seed + 1)
    // Larger thresholds of some neurons tell a threshold from a constant.
    for layer in network.layers.indices {
      for j in network.layers[layer].bias.indices {
        network.layers[layer].bias[j] = 0.02 * Double(j % 3)
        network.layers[layer].thresholds[j] *= 1 + 0.1 * Double(j % 2)
      }
    }
    for k in network.readout.bias.indices { network.readout.bias[k] = 0.05 * Double(k) }
  }

  /// A class that changes within the trial.
  var labels: ReferenceTarget { .labels(input.indices.map { $0 / 13 % 3 }) }

  func gradient(
    _ target: ReferenceTarget? = nil, _ terms: ReferenceNetwork.Terms = .asForward
  ) -> ReferenceGradients {
    network.gradient(of: network.run(input), target: target ?? labels, terms: terms).gradient
  }
}

/// Every number of a network that is learned, in the order of `ReferenceGradients.numbers`.
func parameterPaths(
  _ network: ReferenceNetwork
) -> [WritableKeyPath<ReferenceNetwork, Double>] {
  var paths: [WritableKeyPath<ReferenceNetwork, Double>] = []
  for index in 0...network.layers.count {
    let isReadout = index == network.layers.count
    let layer = isReadout ? network.readout : network.layers[index]
    for i in layer.weights.indices {
      for j in 0..<layer.neurons {
        paths.append(
          isReadout ? \.readout.weights[i][j] : \.layers[index].weights[i][j])
      }
    }
    for h in (layer.recurrent ?? []).indices {
      for j in 0..<layer.neurons { paths.append(\.layers[index].recurrent![h][j]) }
    }
    for j in 0..<layer.neurons {
      paths.append(isReadout ? \.readout.bias[j] : \.layers[index].bias[j])
    }
  }
  return paths
}

/// Central differences of the loss for every learned number.
func finiteDifferences(
  _ run: ReferenceRun, target: ReferenceTarget, soft: Bool, step: Double = 1e-5,
  onlyLast: Int? = nil
) -> [Double] {
  let paths = parameterPaths(run.network)
  return paths.suffix(onlyLast ?? paths.count).map { path in
    func loss(_ change: Double) -> Double {
      var network = run.network
      network[keyPath: path] += change
      let trial = network.run(run.input, softSpikes: soft)
      return network.gradient(of: trial, target: target).loss
    }
    return (loss(step) - loss(-step)) / (2 * step)
  }
}
