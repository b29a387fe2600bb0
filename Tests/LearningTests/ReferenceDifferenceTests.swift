import Learning
import Reference
import Testing

/// A network that is differentiable once its spikes are soft.
struct SmoothCase: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var change: @Sendable (inout LearnerConfiguration) -> Void

  static let all: [SmoothCase] = [
    SmoothCase(testDescription: "one layer") { _ in },
    SmoothCase(testDescription: "two layers, recurrent") {
      $0.hidden.neurons = [5, 4]
      $0.hidden.recurrent = true
      $0.initialisation.recurrentGain = 1
    },
    SmoothCase(testDescription: "three layers, recurrent, adaptive, spiking readout") {
      $0.hidden.neurons = [5, 4, 3]
      $0.hidden.recurrent = true
      $0.initialisation.recurrentGain = 1
      $0.hidden.adaptation.strength = 0.2
      $0.hidden.adaptation.tau = 12
      $0.readout.kind = .spiking
      $0.loss.tauSynapse = 3
    },
    SmoothCase(testDescription: "spike_train") {
      $0.hidden.neurons = [5, 4]
      $0.readout.kind = .spiking
      $0.loss.kind = .spikeTrain
      $0.loss.target = 3
      $0.loss.other = 1
    },
    SmoothCase(testDescription: "mean_square, sigmoid") {
      $0.hidden.neurons = [5, 4]
      $0.surrogate.function = .sigmoid
      $0.loss.kind = .meanSquare
    },
    SmoothCase(testDescription: "spike_count_online, arctan") {
      $0.hidden.neurons = [5, 4]
      $0.surrogate.function = .arctan
      $0.readout.kind = .spiking
      $0.loss.kind = .spikeCountOnline
      $0.loss.target = 5
    },
    SmoothCase(testDescription: "enhanced_count_online, fast_sigmoid") {
      $0.hidden.neurons = [5, 4]
      $0.surrogate.function = .fastSigmoid
      $0.readout.kind = .spiking
      $0.loss.kind = .enhancedCountOnline
      $0.loss.target = 9
    },
  ]
}

@Suite struct ReferenceDifferenceTests {
  @Test("With soft spikes the full gradient is the derivative", arguments: SmoothCase.all)
  func softSpikes(_ smooth: SmoothCase) {
    let run = ReferenceRun(referenceConfiguration(smooth.change), steps: 40)
    let isTrain = run.network.configuration.loss.kind == .spikeTrain
    let target = isTrain ? ReferenceTarget.label(1) : run.labels
    let trial = run.network.run(run.input, softSpikes: true)
    let (_, gradient) = run.network.gradient(of: trial, target: target, terms: .full)
    let differences = finiteDifferences(run, target: target, soft: true)
    // The kink of the exponential at the threshold limits the differences, not the gradient.
    #expect(relativeError(gradient.numbers, differences) < 2e-6)
    #expect(differences.contains { abs($0) > 1e-3 })
    for layer in gradient.layers { #expect(layer.weights.joined().contains { abs($0) > 1e-6 }) }
  }

  @Test("spike_count at the end of a trial, soft")
  func softCount() {
    let run = ReferenceRun(
      referenceConfiguration {
        $0.hidden.neurons = [5, 4]
        $0.readout.kind = .spiking
        $0.loss.kind = .spikeCount
        $0.loss.target = 9
      }, steps: 40)
    let trial = run.network.run(run.input, softSpikes: true)
    let (_, gradient) = run.network.gradient(of: trial, target: .label(2), terms: .full)
    let differences = finiteDifferences(run, target: .label(2), soft: true)
    #expect(relativeError(gradient.numbers, differences) < 2e-6)
  }

  @Test(
    "The readout's part is a derivative with real spikes",
    arguments: [LossKind.softmaxCrossEntropy, .meanSquare])
  func readout(_ loss: LossKind) {
    let run = ReferenceRun(
      referenceConfiguration {
        $0.loss.kind = loss
        $0.hidden.reset = .zeroBoth
      })
    let gradient = run.gradient().readout.numbers
    let differences = finiteDifferences(
      run, target: run.labels, soft: false, onlyLast: gradient.count)
    #expect(relativeError(gradient, differences) < 1e-7)
  }

  /// In steps of 10 us a spike moves almost continuously, so that the loss is a smooth enough function of the weight.
  @Test("The timing gradient tells how the loss changes when a weight moves a spike")
  func movedSpike() {
    let configuration = referenceConfiguration {
      $0.classes = 2
      $0.stepMicroseconds = 10
      $0.hidden.neurons = 1
      $0.hidden.reset = .zeroBoth
      $0.gradient.activation = 0
      $0.gradient.timing = 1
      $0.gradient.slopeFloor = 1e-6
    }
    var input = [[Int32]](repeating: [], count: 4000)
    input[100] = [0]
    func evaluate(_ weight: Double) -> (Double, ReferenceGradients, Double) {
      let network = ReferenceNetwork(
        configuration: configuration,
        layers: [.init(weights: [[weight]], thresholds: [1])],
        readout: .init(weights: [[2, -2]], thresholds: [1, 1]))
      let trial = network.run(input)
      // The class changes while the readout still responds.
      let labels = input.indices.map { $0 < 900 ? 1 : 0 }
      let (loss, gradient) = network.gradient(of: trial, target: .labels(labels))
      return (loss, gradient, trial.spikeCounts[0])
    }
    let (_, gradient, spikes) = evaluate(1.5)
    #expect(spikes == 1)
    let difference = (evaluate(1.55).0 - evaluate(1.45).0) / 0.1
    let derivative = gradient.layers[0].weights[0][0]
    #expect(abs(difference) > 1)
    #expect(abs(derivative - difference) < 0.05 * abs(difference), "\(derivative) \(difference)")
  }
}
