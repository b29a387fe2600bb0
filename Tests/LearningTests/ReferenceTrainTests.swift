import Learning
import Reference
import Testing

/// Output spikes given step by step, through two hidden layers: the engine in double precision and the reference.
@Suite struct ReferenceTrainTests {
  private let configuration = smallConfiguration {
    $0.hidden.neurons = [12, 9]
    $0.hidden.tauSynapse = 6
    $0.hidden.reset = .zeroBoth
    $0.hidden.bias = true
    $0.readout.kind = .spiking
    $0.readout.tauSynapse = 5
    $0.readout.reset = .zeroBoth
    $0.readout.bias = true
    $0.surrogate.function = .exponential
    $0.gradient.timing = 1
    $0.initialisation.readoutGain = 4
    $0.loss.kind = .spikeTrain
  }
  private let input = randomSteps(70, inputs: 10, rate: 0.15, seed: 4)
  private let trains = randomSpikes(70, classes: 3, rate: 0.08, seed: 9)

  private var target: ReferenceTarget {
    .trains(trains.map { spikes in (0..<Int32(3)).map { spikes.contains($0) } })
  }

  @Test func theGradientIsThatOfTheReference() throws {
    let network = try Network<Double>(configuration, inputs: 10)
    let state = network.makeState()
    // A second trial must not know of the first.
    _ = network.sumGradient(input.reversed(), trains: trains, in: state)
    let loss = network.sumGradient(input, trains: trains, in: state)
    let reference = ReferenceNetwork(network)
    let trial = reference.run(input)
    #expect(trial.spikeCounts.allSatisfy { $0 > 5 })
    let expected = reference.gradient(of: trial, target: target, terms: .asForward)
    #expect(relativeError([loss], [expected.loss]) <= 1e-12)
    for gradient in network.gradients(in: state) {
      let numbers = expected.gradient.numbers(of: gradient.name)
      #expect(numbers.contains { $0 != 0 }, "\(gradient.name)")
      #expect(relativeError(gradient.values, numbers) <= 1e-10, "\(gradient.name)")
    }
  }

  @Test func weightsMoveAsTheCallerSays() throws {
    let network = try Network<Double>(configuration, inputs: 10)
    let state = network.makeState()
    _ = network.sumGradient(input, trains: trains, in: state)
    let gradients = network.gradients(in: state)
    let before = network.connections.map(\.weights.contents)
    var names: [String] = []
    network.moveWeights(in: state) { name, weights, gradient in
      names.append(name)
      for index in weights.indices { weights[index] -= 0.5 * gradient[index] }
    }
    #expect(names == gradients.map(\.name))
    for (index, connection) in network.connections.enumerated() {
      let expected = zip(before[index], gradients[index].values).map { $0 - 0.5 * $1 }
      #expect(connection.weights.contents == expected)
    }
  }
}
