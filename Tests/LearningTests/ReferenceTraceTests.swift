import Events
import Foundation
import Learning
import Reference
import Testing

@Suite struct ReferenceTraceTests {
  static let shapes: [SmoothCase] = [
    SmoothCase(testDescription: "one layer") { _ in },
    SmoothCase(testDescription: "two layers") {
      $0.hidden.neurons = [7, 5]
      $0.hidden.refractorySteps = 1
    },
    SmoothCase(testDescription: "two layers, recurrent, spiking readout") {
      $0.hidden.neurons = [7, 5]
      $0.hidden.recurrent = true
      $0.readout.kind = .spiking
      $0.readout.reset = .zero
      $0.loss.tauSynapse = 2
    },
    SmoothCase(testDescription: "three layers, random credit, spiking readout") {
      $0.hidden.neurons = [7, 5, 6]
      $0.credit = .random
      $0.readout.kind = .spiking
    },
    SmoothCase(testDescription: "two layers, local credit, single spikes") {
      $0.hidden.neurons = [7, 5]
      $0.credit = .local
      $0.hidden.singleSpike = true
    },
    SmoothCase(testDescription: "two layers, without currents") {
      $0.hidden.neurons = [7, 5]
      $0.hidden.tauSynapse = 0
      $0.readout.tauSynapse = 0
    },
    SmoothCase(testDescription: "two layers, instantaneous") {
      $0.hidden.neurons = [7, 5]
      $0.credit = .instantaneous
      $0.gradient.timing = 0
    },
    SmoothCase(testDescription: "two layers, adaptive, recurrent") {
      $0.hidden.neurons = [7, 5]
      $0.hidden.adaptation.strength = 0.3
      $0.hidden.adaptation.tau = 15
      $0.hidden.recurrent = true
      $0.gradient.timing = 0
    },
  ]

  @Test(
    "Backward in time gives what the traces give forward", arguments: shapes,
    LearnerConfiguration.Reset.allCases)
  func traces(_ shape: SmoothCase, _ reset: LearnerConfiguration.Reset) {
    let run = ReferenceRun(
      referenceConfiguration {
        $0.loss.kind = .meanSquare
        $0.hidden.reset = reset
        $0.gradient.activation = 0.8
        $0.gradient.timing = 0.6
        $0.initialisation.hiddenGain = 4
        $0.initialisation.readoutGain = 4
        shape.change(&$0)
      }, steps: 45)
    let trial = run.network.run(run.input)
    let labels = run.input.indices.map { $0 / 13 % 3 }
    let (_, gradient) = run.network.gradient(of: trial, target: .labels(labels))
    let forward = ForwardTraces(network: run.network, trial: trial, labels: labels).numbers
    #expect(relativeError(gradient.numbers, forward) < 1e-12)
    for spikes in trial.spikeCounts { #expect(spikes > 2) }
    for layer in gradient.layers { #expect(layer.weights.joined().contains { abs($0) > 1e-4 }) }
  }

  /// 20 inputs, 12 neurons that clear both states, 3 leaky outputs, 150 steps, lambda 1 and 1: the setting of a float64
  /// check of the forward rule, with its traces as they run on from step to step.
  @Test("The running traces of the hybrid gradient")
  func running() {
    let configuration = referenceConfiguration {
      $0.hidden.neurons = 12
      $0.hidden.reset = .zeroBoth
      ($0.hidden.tauMembrane, $0.hidden.tauSynapse) = (-1 / log(0.95), -1 / log(0.9))
      ($0.readout.tau, $0.readout.tauSynapse) = (-1 / log(0.95), -1 / log(0.9))
      $0.surrogate.width = 1.0 / 3
      $0.gradient.timing = 1
      $0.gradient.slopeFloor = 0.05
      $0.loss.kind = .meanSquare
    }
    var random = SplitMix64(seed: 3)
    func normal(_ rows: Int, _ columns: Int, _ mean: Double) -> [[Double]] {
      (0..<rows).map { _ in (0..<columns).map { _ in mean + 0.5 * random.nextGaussian() } }
    }
    let network = ReferenceNetwork(
      configuration: configuration,
      layers: [.init(weights: normal(20, 12, 0.15), thresholds: [Double](repeating: 1, count: 12))],
      readout: .init(weights: normal(12, 3, 0), thresholds: [1, 1, 1]))
    let trial = network.run(randomSteps(150, inputs: 20, rate: 0.08, seed: 4))
    let labels = (0..<150).map { $0 / 25 % 3 }
    let (_, gradient) = network.gradient(of: trial, target: .labels(labels))
    #expect(trial.spikeCounts[0] > 50)

    let (aV, aI) = (0.95, 0.9)
    let bV =
      1 / ((0..<200).map { (pow(aV, Double($0)) - pow(aI, Double($0))) / (aV - aI) }.max() ?? 1)
    for i in 0..<20 {
      for j in 0..<12 {
        var (eI, eV, qI, qV, rI, rV, before, g) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for t in 0..<150 {
          let l = (0..<3).reduce(0.0) { sum, k in
            let error = trial.outputs[t][k] - (k == labels[t] ? 1 : 0)
            return sum + network.readout.weights[j][k] * error
          }
          let left = t > 0 ? 1 - trial.layers[0].spikes[t - 1][j] : 1
          let v = trial.layers[0].membranes[t][j]
          let past = t > 0 ? trial.layers[0].membranes[t - 1][j] * left : 0
          eI = aI * left * eI + (trial.input[t].contains(Int32(i)) ? 1 : 0)
          eV = aV * left * eV + bV * eI
          let moved = trial.layers[0].spikes[t][j] / max(v - past, 0.05) * eV
          qI = aI * qI + exp(-3 * abs(v - 1)) * eV
          qV = aV * qV + bV * qI
          let old = rV
          rI = aI * rI + moved
          rV = aV * rV + bV * rI
          g += l * (qV + (aV * rV + bV * aI * rI - old) / 2) + before * moved * bV / 2
          before = l
        }
        let found = gradient.layers[0].weights[i][j]
        #expect(abs(found - g) <= 1e-12 * max(1, abs(g)))
      }
    }
  }
}
