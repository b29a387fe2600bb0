import Benchmark
import Events
import Learning

/// The networks whose steps are measured: 200 hidden neurons.
private enum Kind: String, CaseIterable {
  /// What a new configuration has: LIF, reset by subtraction, the activation gradient.
  case usual = "default"
  /// Current-based neurons that are cleared by a spike, activation and timing gradient.
  case hybrid = "current-based hybrid"
  /// Thresholds that rise with a neuron's own spikes.
  case adaptive

  func configuration(updatesAtEveryStep: Bool) -> LearnerConfiguration {
    var configuration = LearnerConfiguration()
    switch self {
    case .usual: break
    case .hybrid:
      configuration.hidden.tauSynapse = 5
      configuration.hidden.reset = .zeroBoth
      configuration.gradient.timing = 1
    case .adaptive: configuration.hidden.adaptation.strength = 0.2
    }
    guard updatesAtEveryStep else { return configuration }
    configuration.optimiser.method = .sgd
    configuration.optimiser.update = .step
    configuration.optimiser.learningRate = 1e-6
    return configuration
  }
}

/// A network on its way along the stream.
private final class Walk {
  let network: Network<Float>
  let state: NetworkState<Float>
  private var next = 0

  init(_ kind: Kind, updatesAtEveryStep: Bool = true) throws {
    network = try Network(
      kind.configuration(updatesAtEveryStep: updatesAtEveryStep),
      inputs: Stream.geometry.addressCount)
    state = network.makeState()
  }

  private var active: [Int32] {
    defer { next = (next + 1) % Stream.steps.count }
    return Stream.steps[next]
  }

  func learn() {
    blackHole(network.step(active, teaching: .label(3), in: state))
  }

  func infer() {
    network.infer(active, in: state)
  }
}

/// One step, learned from or not; and one update, of a gradient that one step has summed.
func stepBenchmarks() {
  for kind in Kind.allCases {
    Benchmark("learned step, \(kind.rawValue)") { benchmark, walk in
      for _ in benchmark.scaledIterations { walk.learn() }
    } setup: {
      settled(try Walk(kind))
    }
    Benchmark("inferred step, \(kind.rawValue)") { benchmark, walk in
      for _ in benchmark.scaledIterations { walk.infer() }
    } setup: {
      try Walk(kind)
    }
  }
  Benchmark("update by Adam", configuration: .init(scalingFactor: .one)) { benchmark, walk in
    for _ in 0..<300 { walk.learn() }
    benchmark.startMeasurement()
    walk.network.endTrial(in: walk.state)
    benchmark.stopMeasurement()
  } setup: {
    try Walk(.usual, updatesAtEveryStep: false)
  }
}

/// `walk` after it has seen the whole stream, so that all of its traces are in use.
private func settled(_ walk: Walk) -> Walk {
  for _ in Stream.steps { walk.learn() }
  return walk
}
