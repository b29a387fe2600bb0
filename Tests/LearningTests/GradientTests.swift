import Foundation
import Learning
import Testing

/// A network, its input, and what decides how they behave.
struct GradientCase: Sendable, CustomTestStringConvertible {
  var inputs = 30
  var hidden = 12
  var classes = 3
  var steps = 120
  var rate = 0.05
  var tauMembrane = 10.0
  var tauReadout = 15.0
  var dt: Int64 = 1000
  var threshold = 1.0
  var height = 0.3
  var width = 1.0
  var strength = 0.0
  var seed: UInt64 = 1

  var configuration: LearnerConfiguration {
    smallConfiguration {
      $0.seed = seed
      $0.classes = classes
      $0.stepMicroseconds = dt
      $0.hidden.neurons = LayerSizes(hidden)
      $0.hidden.tauMembrane = tauMembrane
      $0.hidden.threshold = threshold
      $0.readout.tau = tauReadout
      $0.surrogate.height = height
      $0.surrogate.width = width
      $0.regulariser.strength = strength
      $0.regulariser.tau = 40
      $0.optimiser.method = .sgd
    }
  }

  var input: [[Int32]] { randomSteps(steps, inputs: inputs, rate: rate, seed: seed + 100) }

  /// The class changes within a trial, so that the loss of a step cannot pass for that of another.
  func target(_ step: Int) -> Int { step / 25 % classes }

  var testDescription: String {
    "\(inputs)-\(hidden)-\(classes), \(steps) steps of \(dt) us, tau \(tauMembrane) and "
      + "\(tauReadout), theta \(threshold), psi \(height)/\(width), reg \(strength), seed \(seed)"
  }

  static let all: [GradientCase] = [
    GradientCase(),
    GradientCase(hidden: 1, classes: 2, seed: 2),
    GradientCase(inputs: 9, hidden: 8, classes: 8, rate: 0.2, seed: 3),
    GradientCase(inputs: 70, hidden: 17, classes: 9, steps: 150, rate: 0.03, seed: 4),
    GradientCase(tauMembrane: 40, tauReadout: 100, seed: 5),
    GradientCase(tauMembrane: 100, tauReadout: 3, seed: 6),
    GradientCase(rate: 0.1, tauMembrane: 0.3, tauReadout: 0.5, seed: 7),
    GradientCase(dt: 2500, seed: 8),
    GradientCase(threshold: 0.6, height: 1, width: 0.4, seed: 9),
    GradientCase(threshold: 1.5, height: 0.5, width: 3, seed: 10),
    GradientCase(strength: 2, seed: 11),
    GradientCase(inputs: 5, hidden: 33, classes: 4, steps: 300, rate: 0.01, seed: 12),
  ]
}

@Suite struct GradientTests {
  @Test("The forward gradient is that of backpropagation through time", arguments: GradientCase.all)
  func doubleGradient(_ trial: GradientCase) throws {
    let errors = try compare(Double.self, trial)
    #expect(errors.loss <= 1e-10)
    #expect(errors.membrane <= 1e-10)
    #expect(errors.output <= 1e-10)
    #expect(errors.input <= 1e-10)
    #expect(errors.readout <= 1e-10)
    #expect(errors.rates <= 1e-10)
  }

  @Test("Float follows to its precision", arguments: GradientCase.all)
  func floatGradient(_ trial: GradientCase) throws {
    let errors = try compare(Float.self, trial)
    #expect(errors.loss <= 1e-4)
    #expect(errors.membrane <= 1e-4)
    #expect(errors.output <= 1e-4)
    #expect(errors.input <= 1e-4)
    #expect(errors.readout <= 1e-4)
    #expect(errors.rates <= 1e-4)
  }

  /// Relative errors of everything that a trial computes.
  private func compare<Scalar: LearningScalar>(
    _ type: Scalar.Type, _ trial: GradientCase
  ) throws -> (
    loss: Double, membrane: Double, output: Double, input: Double, readout: Double, rates: Double
  ) {
    let network = try Network<Scalar>(trial.configuration, inputs: trial.inputs)
    let before = network.input.weights.contents
    let state = network.makeState()
    let expected = ReferenceGradient(network).run(trial.input, target: trial.target)
    // A comparison of nothing with nothing would agree.
    try #require(expected.spikeCount >= 5)
    try #require(expected.inputGradient.joined().contains { $0 != 0 })

    var losses: [Double] = []
    var membranes: [Double] = []
    var outputs: [Double] = []
    for (step, active) in trial.input.enumerated() {
      losses.append(Double(network.step(active, target: trial.target(step), in: state)))
      membranes += state.hidden.membrane.contents.map(Double.init)
      outputs += state.readout.membrane.contents.map(Double.init)
      let spikes = expected.spikes[step].indices.filter { expected.spikes[step][$0] }
      #expect(state.hidden.spikes == spikes.map(Int32.init))
    }
    let gradient = network.gradient(in: state)
    #expect(network.input.weights.contents == before, "weights move at the end of a trial only")
    return (
      relativeError(losses, expected.losses),
      relativeError(membranes, Array(expected.membranes.joined())),
      relativeError(outputs, Array(expected.outputs.joined())),
      relativeError(gradient.input.map(Double.init), Array(expected.inputGradient.joined())),
      relativeError(gradient.readout.map(Double.init), Array(expected.readoutGradient.joined())),
      relativeError(network.firingRates.map(Double.init), expected.rates)
    )
  }

  /// The readout's gradient needs no surrogate: hidden spikes do not depend on the readout.
  @Test func readoutGradientIsThatOfFiniteDifferences() throws {
    let trial = GradientCase(inputs: 20, hidden: 9, classes: 4, steps: 130, seed: 21)
    let network = try Network<Double>(trial.configuration, inputs: trial.inputs)
    func loss() -> Double {
      let state = network.makeState()
      return trial.input.enumerated().reduce(0) {
        $0 + network.step($1.element, target: trial.target($1.offset), in: state)
      }
    }
    let state = network.makeState()
    for (step, active) in trial.input.enumerated() {
      network.step(active, target: trial.target(step), in: state)
    }
    let gradient = rows(network.gradient(in: state).readout, columns: trial.classes)
    let scale = gradient.joined().map(abs).max() ?? 0
    try #require(scale > 0.1)
    let distance = 1e-5
    for j in 0..<trial.hidden {
      let k = j % trial.classes
      let weight = network.readout.weights[j, k]
      network.readout.weights[j, k] = weight + distance
      let above = loss()
      network.readout.weights[j, k] = weight - distance
      let below = loss()
      network.readout.weights[j, k] = weight
      #expect(abs((above - below) / (2 * distance) - gradient[j][k]) <= 1e-6 * max(1, scale))
    }
  }

  @Test func aSecondTrialBeginsWithoutGradient() throws {
    let trial = GradientCase(seed: 31)
    let network = try Network<Double>(trial.configuration, inputs: trial.inputs)
    let state = network.makeState()
    func run() {
      for (step, active) in trial.input.enumerated() {
        network.step(active, target: trial.target(step), in: state)
      }
    }
    run()
    let first = network.gradient(in: state)
    state.reset()
    #expect(network.gradient(in: state).input.allSatisfy { $0 == 0 })
    #expect(network.gradient(in: state).readout.allSatisfy { $0 == 0 })
    run()
    let second = network.gradient(in: state)
    #expect(first.input == second.input)
    #expect(first.readout == second.readout)
    // Plain descent along the sum, once.
    let weights = (network.input.weights.contents, network.readout.weights.contents)
    network.endTrial(in: state)
    let rate = trial.configuration.optimiser.learningRate
    let moved = zip(weights.0, second.input).map { $0 - rate * $1 }
    let movedReadout = zip(weights.1, second.readout).map { $0 - rate * $1 }
    #expect(relativeError(network.input.weights.contents, moved) <= 1e-14)
    #expect(relativeError(network.readout.weights.contents, movedReadout) <= 1e-14)
    #expect(network.updates == 1)
    #expect(network.gradient(in: state).input.allSatisfy { $0 == 0 }, "spent with the update")
    #expect(network.gradient(in: state).readout.allSatisfy { $0 == 0 }, "spent with the update")
  }
}
