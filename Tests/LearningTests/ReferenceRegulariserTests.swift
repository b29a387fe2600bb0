import Learning
import Reference
import Testing

@Suite struct ReferenceRegulariserTests {
  /// The small reference of the plain rule was written by itself.
  @Test("The plain rule, with and without rate errors", arguments: GradientCase.all)
  func plain(_ plain: GradientCase) {
    let configuration = plain.configuration
    let network = ReferenceNetwork(configuration, inputs: plain.inputs, seed: plain.seed)
    let small = ReferenceGradient(
      inputWeights: network.layers[0].weights, readoutWeights: network.readout.weights,
      configuration: configuration)
    let expected = small.run(plain.input, target: plain.target)
    let trial = network.run(plain.input)
    let labels = plain.input.indices.map(plain.target)
    let (loss, gradient) = network.gradient(of: trial, target: .labels(labels))
    #expect(relativeError([loss], [expected.losses.reduce(0, +)]) < 1e-12)
    #expect(relativeError(gradient.rates[0], expected.rates) < 1e-12)
    #expect(
      relativeError(
        gradient.layers[0].weights.flatMap { $0 }, expected.inputGradient.flatMap { $0 }) < 1e-11)
    #expect(
      relativeError(
        gradient.readout.weights.flatMap { $0 }, expected.readoutGradient.flatMap { $0 }) < 1e-11)
  }

  /// For neurons that are all alike, what exceeds a ceiling and what lacks to a floor at the target add up to the
  /// difference from the target.
  @Test("Ceiling and floor together are the rate target")
  func ceilingAndFloor() {
    func gradient(_ change: (inout LearnerConfiguration) -> Void) -> [Double] {
      let configuration = referenceConfiguration {
        $0.regulariser.tau = 20
        $0.regulariser.targetRate = 80
        $0.regulariser.ceilingRate = 80
        $0.regulariser.floorRate = 80
        change(&$0)
      }
      var network = ReferenceNetwork(configuration, inputs: 10, seed: 3)
      for i in 0..<10 {
        network.layers[0].weights[i] = network.layers[0].weights[i].map { _ in 0.3 }
      }
      for j in 0..<7 { network.readout.weights[j] = [0, 0, 0] }
      // Few spikes first, then many.
      let input =
        randomSteps(60, inputs: 10, rate: 0.02, seed: 9)
        + randomSteps(40, inputs: 10, rate: 0.15, seed: 10)
      return network.gradient(of: network.run(input), target: .label(0)).gradient.layers[0]
        .weights.flatMap { $0 }
    }
    let target = gradient { $0.regulariser.strength = 0.7 }
    let both = gradient { ($0.regulariser.ceiling, $0.regulariser.floor) = (0.7, 0.7) }
    let ceiling = gradient { $0.regulariser.ceiling = 0.7 }
    let floor = gradient { $0.regulariser.floor = 0.7 }
    #expect(relativeError(both, target) < 1e-12)
    #expect(relativeError(ceiling, target) > 1e-3)
    #expect(relativeError(floor, target) > 1e-3)
  }

  @Test("A layer's mean rate meets the ceiling, whoever spikes")
  func mean() {
    let configuration = referenceConfiguration {
      $0.hidden.neurons = 2
      $0.hidden.tauSynapse = 0
      $0.hidden.tauMembrane = 0
      $0.readout.tau = 0
      $0.readout.tauSynapse = 0
      $0.surrogate.function = .boxcar
      $0.surrogate.width = 1
      $0.regulariser.tau = 0
      $0.regulariser.targetRate = 0
      $0.regulariser.ceiling = 2
      $0.regulariser.ceilingRate = 200
    }
    let network = ReferenceNetwork(
      configuration: configuration, layers: [.init(weights: [[1.5, 0.5]], thresholds: [1, 1])],
      readout: .init(weights: [[0, 0, 0], [0, 0, 0]], thresholds: [1, 1, 1]))
    let (_, gradient) = network.gradient(of: network.run([[0]]), target: .label(0))
    // Rates 1 and 0: the mean exceeds 0.2 by 0.3, for both.
    #expect(relativeError(gradient.layers[0].weights[0], [0.6, 0.6]) < 1e-12)
  }
}
