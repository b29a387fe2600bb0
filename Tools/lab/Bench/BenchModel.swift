import Events
import Learning

/// Networks of one shape, all with the same weights, whose hidden neurons spike at ``wantedRate`` with given recordings.
final class BenchModel {
  /// Spikes a second.
  static let wantedRate = 25.0

  let shape: BenchShape
  let samples: BenchSamples
  private let compute: BenchCompute
  private lazy var gain = Result { try Self.inputGain(shape, samples) }

  init(_ shape: BenchShape, _ samples: BenchSamples, _ compute: BenchCompute) {
    self.shape = shape
    self.samples = samples
    self.compute = compute
  }

  func network() throws -> Network<Float> {
    try Network<Float>(
      shape.configuration(inputGain: gain.get(), compute: compute),
      inputs: shape.geometry.addressCount)
  }

  /// The gain of the input weights for the wanted rate, found on a few recordings with a few neurons: a neuron does not
  /// know how many others there are.
  private static func inputGain(_ shape: BenchShape, _ samples: BenchSamples) throws -> Double {
    var few = shape
    few.hidden = min(shape.hidden, 200)
    let configuration = few.configuration(inputGain: 1, compute: BenchCompute())
    let recordings = samples.samples.prefix(4).map {
      TrialSteps(of: $0.events, geometry: shape.geometry, configuration: configuration)
    }
    var (low, high) = (0.05, 20.0)
    for _ in 0..<8 {
      let middle = (low * high).squareRoot()
      let network = try Network<Float>(
        few.configuration(inputGain: middle, compute: BenchCompute()),
        inputs: shape.geometry.addressCount)
      if rate(of: network, recordings) < wantedRate { low = middle } else { high = middle }
    }
    return (low * high).squareRoot()
  }

  /// Spikes a second of a hidden neuron.
  private static func rate(of network: Network<Float>, _ recordings: [TrialSteps]) -> Double {
    let state = network.makeState()
    var (spikes, steps) = (0, 0)
    for recording in recordings {
      state.reset()
      for active in recording.active {
        network.infer(active, in: state)
        spikes += state.hiddenSpikeCount
      }
      steps += recording.active.count
    }
    let neurons = network.layers.reduce(0) { $0 + $1.neurons }
    let seconds = Double(max(steps, 1)) * Double(network.configuration.stepMicroseconds) * 1e-6
    return Double(spikes) / Double(neurons) / seconds
  }
}
