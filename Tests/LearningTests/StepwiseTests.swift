import Events
import Foundation
import Learning
import Testing

/// Learning at every step, spelled out in plain arrays: one trace and one eligibility for each
/// synapse, all of them brought forward in every step.
private struct PlainStepwise {
  var w: [[Double]]
  var r: [[Double]]
  var rate: [Double]
  private let configuration: LearnerConfiguration
  private var v: [Double]
  private var s: [Bool]
  private var y: [Double]
  private var x: [Double]
  private var e: [[Double]]
  private var z: [Double]

  init(_ network: Network<Double>) {
    configuration = network.configuration
    w = rows(network.input.weights.contents, columns: configuration.hidden.neurons.sizes[0])
    r = rows(network.readout.weights.contents, columns: configuration.classes)
    let goal = configuration.regulariser.targetRate / 1000
    rate = r.map { _ in goal }
    (v, s, y) = (r.map { _ in 0 }, r.map { _ in false }, r[0].map { _ in 0 })
    (x, e, z) = (w.map { _ in 0 }, w.map { $0.map { _ in 0 } }, r.map { _ in 0 })
  }

  mutating func step(_ active: [Int32], target: Int) -> Double {
    let (hidden, outputs) = (r.indices, y.indices)
    let a = exp(-1 / configuration.hidden.tauMembrane)
    let kappa = exp(-1 / configuration.readout.tau)
    let rho = exp(-1 / configuration.regulariser.tau)
    let theta = configuration.hidden.threshold
    let eta = configuration.optimiser.learningRate
    // The state, with the weights as the last step left them.
    for j in hidden {
      v[j] = a * v[j] - (s[j] ? theta : 0) + active.reduce(0) { $0 + w[Int($1)][j] }
    }
    s = v.map { $0 >= theta }
    for k in outputs {
      y[k] = kappa * y[k] + hidden.reduce(0) { $0 + (s[$1] ? r[$1][k] : 0) }
    }
    let sum = y.reduce(0) { $0 + exp($1) }
    var error = y.map { exp($0) / sum }
    let loss = -log(error[target])
    error[target] -= 1
    // The learning signal, through the readout's weights before they move.
    for j in hidden { rate[j] = rho * rate[j] + (s[j] ? 1 - rho : 0) }
    let goal = configuration.regulariser.targetRate / 1000
    let signal = hidden.map { j in
      outputs.reduce(0) { $0 + r[j][$1] * error[$1] }
        + configuration.regulariser.strength * (rate[j] - goal)
    }
    // Traces take this step in before weights move.
    for i in x.indices { x[i] = a * x[i] + (active.contains(Int32(i)) ? 1 : 0) }
    for j in hidden {
      let distance = abs(v[j] - theta) / configuration.surrogate.width
      let psi = configuration.surrogate.height * max(0, 1 - distance)
      for i in x.indices {
        e[i][j] = kappa * e[i][j] + psi * x[i]
        w[i][j] -= eta * signal[j] * e[i][j]
      }
      z[j] = kappa * z[j] + (s[j] ? 1 : 0)
      for k in outputs { r[j][k] -= eta * error[k] * z[j] }
    }
    return loss
  }
}

@Suite struct StepwiseTests {
  @Test(
    "Learning at every step is the plain form's", arguments: [0.0, 3.0], [1, 2, 3] as [UInt64])
  func followsThePlainForm(strength: Double, seed: UInt64) throws {
    let inputs = 25
    let configuration = smallConfiguration {
      $0.seed = seed
      $0.hidden.neurons = 11
      $0.optimiser.method = .sgd
      $0.optimiser.update = .step
      $0.optimiser.learningRate = 0.02
      $0.regulariser.strength = strength
      $0.regulariser.tau = 50
    }
    let network = try Network<Double>(configuration, inputs: inputs)
    let state = network.makeState()
    var plain = PlainStepwise(network)
    let start = (network.input.weights.contents, network.readout.weights.contents)
    var spikes = 0
    for (step, active) in randomSteps(320, inputs: inputs, rate: 0.04, seed: seed).enumerated() {
      let target = step / 40 % 3
      let loss = network.step(active, target: target, in: state)
      #expect(abs(loss - plain.step(active, target: target)) <= 1e-11)
      spikes += state.hidden.spikes.count
    }
    try #require(spikes > 50)
    #expect(relativeError(network.input.weights.contents, Array(plain.w.joined())) <= 1e-12)
    #expect(relativeError(network.readout.weights.contents, Array(plain.r.joined())) <= 1e-12)
    #expect(relativeError(network.firingRates, plain.rate) <= 1e-12)
    // They moved far, so the agreement means something.
    #expect(relativeError(network.input.weights.contents, start.0) > 0.05)
    #expect(relativeError(network.readout.weights.contents, start.1) > 0.05)
    #expect(network.updates == 0)
    network.endTrial(in: state)
    #expect(relativeError(network.input.weights.contents, Array(plain.w.joined())) <= 1e-12)
  }

  @Test func streamsThatShareANetworkKeepStatesOfTheirOwn() throws {
    let configuration = smallConfiguration {
      $0.optimiser.method = .sgd
      $0.optimiser.learningRate = 0
    }
    let shared = try Network<Double>(configuration, inputs: 20)
    let alone = try Network<Double>(configuration, inputs: 20)
    let (one, two, lone) = (shared.makeState(), shared.makeState(), alone.makeState())
    let other = randomSteps(60, inputs: 20, rate: 0.1, seed: 9)
    for (step, active) in randomSteps(60, inputs: 20, rate: 0.1, seed: 8).enumerated() {
      shared.step(active, target: 1, in: one)
      shared.step(other[step], target: 2, in: two)
      alone.step(active, target: 1, in: lone)
    }
    #expect(shared.gradient(in: one).input == alone.gradient(in: lone).input)
    #expect(shared.gradient(in: two).input != alone.gradient(in: lone).input)
  }
}
