import Learning
import Reference
import Testing

@Suite struct ReferenceTermsTests {
  static let lambdas: [(Double, Double)] = [(1, 0), (0, 1), (1, 1), (0.7, 0.3)]

  @Test(
    "Nothing is dropped for one hidden layer and a leaky readout",
    arguments: LearnerConfiguration.Reset.allCases, lambdas)
  func oneLayer(_ reset: LearnerConfiguration.Reset, _ lambda: (Double, Double)) {
    for tauSynapse in [0.0, 4] {
      let run = ReferenceRun(
        referenceConfiguration {
          $0.hidden.reset = reset
          $0.hidden.tauSynapse = tauSynapse
          $0.hidden.refractorySteps = 2
          ($0.gradient.activation, $0.gradient.timing) = lambda
          $0.regulariser.strength = 0.5
          $0.regulariser.ceiling = 0.2
          $0.regulariser.floor = 0.2
        })
      let (forward, full) = (run.gradient(nil, .asForward), run.gradient(nil, .full))
      #expect(relativeError(forward.numbers, full.numbers) < 1e-12)
      #expect(forward.layers[0].weights.joined().contains { abs($0) > 1e-3 })
      #expect(run.network.run(run.input).spikeCounts[0] > 20)
    }
  }

  @Test("Adaptation of one hidden layer is not dropped either")
  func adaptive() {
    let run = ReferenceRun(referenceConfiguration { $0.hidden.adaptation.strength = 0.3 })
    let (forward, full) = (run.gradient(nil, .asForward), run.gradient(nil, .full))
    #expect(relativeError(forward.numbers, full.numbers) < 1e-12)
    #expect(abs(forward.cosineSimilarity(to: full) - 1) < 1e-12)
  }

  @Test("What is dropped in deeper and recurrent networks makes a difference")
  func dropped() {
    let changes: [(inout LearnerConfiguration) -> Void] = [
      { $0.hidden.neurons = [7, 6] },
      { $0.hidden.recurrent = true },
      { $0.readout.kind = .spiking },
      { $0.credit = .random },
      { $0.credit = .local },
      { $0.credit = .instantaneous },
    ]
    for change in changes {
      let run = ReferenceRun(
        referenceConfiguration {
          $0.hidden.reset = .zeroBoth
          $0.initialisation.hiddenGain = 3
          $0.initialisation.readoutGain = 4
          change(&$0)
        })
      let (forward, full) = (run.gradient(nil, .asForward), run.gradient(nil, .full))
      let similarities = forward.cosineSimilarities(to: full)
      #expect(abs(similarities[similarities.count - 1] - 1) < 1e-12)
      #expect(similarities[0] < 0.999999)
      #expect(relativeError(forward.readout.numbers, full.readout.numbers) < 1e-12)
    }
  }

  /// One input spike, one neuron that spikes once: V = 1.2, then 0.6 - 1.
  ///
  ///     y = 1, 1/2                 e = 0, -1/2              L = 1/8
  ///     R[1] = -1/2, R[0] = -1/4, R[-1] = -1/8              dL/dt = -(R[-1] - R[1]) / 2 = -3/16
  ///     dL/dw = psi R[0] + (-1 / 1.2) dL/dt = -1/4 + 5/32
  @Test("An example by hand")
  func byHand() {
    let configuration = referenceConfiguration {
      $0.classes = 2
      $0.hidden.tauMembrane = 1.4426950408889634
      $0.readout.tau = 1.4426950408889634
      $0.hidden.tauSynapse = 0
      $0.readout.tauSynapse = 0
      $0.surrogate.function = .boxcar
      $0.surrogate.width = 0.5
      $0.loss.kind = .meanSquare
      $0.gradient.timing = 1
    }
    let network = ReferenceNetwork(
      configuration: configuration, layers: [.init(weights: [[1.2]], thresholds: [1])],
      readout: .init(weights: [[1, 0]], thresholds: [1, 1]))
    let trial = network.run([[0], []])
    for terms in ReferenceNetwork.Terms.allCases {
      let (loss, gradient) = network.gradient(of: trial, target: .label(0), terms: terms)
      #expect(abs(loss - 0.125) < 1e-15)
      #expect(abs(gradient.readout.weights[0][0] + 0.25) < 1e-15)
      #expect(abs(gradient.readout.weights[0][1]) < 1e-15)
      #expect(abs(gradient.layers[0].weights[0][0] + 0.25 - 5.0 / 32) < 1e-15)
    }
  }
}
