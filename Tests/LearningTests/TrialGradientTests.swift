import Events
import Foundation
import Learning
import Reference
import Testing

/// Gradients that are computed elsewhere, and networks in another precision.
@Suite struct TrialGradientTests {
  private static let input = randomSteps(80, inputs: 24, rate: 0.06, seed: 3)

  private func configuration(
    _ method: LearnerConfiguration.Optimiser.Method
  ) -> LearnerConfiguration {
    MatrixCase.configuration(seed: 2) {
      $0.hidden.neurons = [10, 7]
      $0.hidden.recurrent = true
      $0.hidden.bias = true
      $0.regulariser.strength = 1
      $0.optimiser.method = method
    }
  }

  private func steps(_ body: ([Int32]?) -> Void) { for active in Self.input { body(active) } }

  @Test(arguments: LearnerConfiguration.Optimiser.Method.allCases)
  func theirUpdatesAreThoseOfTheOwnGradient(
    _ method: LearnerConfiguration.Optimiser.Method
  ) throws {
    let configuration = configuration(method)
    let own = try Network<Float>(configuration, inputs: 24)
    let other = try Network<Float>(configuration, inputs: 24)
    let (ownState, otherState) = (own.makeState(), other.makeState())
    for label in [1, 0, 2] {
      let trial = ReferenceNetwork(own).run(Self.input)
      #expect(own.sumGradient(label: label, in: ownState, steps: steps) != nil)
      let gradients = own.gradients(in: ownState).map { name, values in
        ConnectionGradient(name: name, rows: trial.activeRows(of: name), values: values)
      }
      own.endTrial(in: ownState)
      other.endTrial(
        gradients: gradients, firingRates: own.firingRates, countRatio: own.countRatio,
        in: otherState)
    }
    #expect(own.weightsDigest == other.weightsDigest)
    #expect(own.firingRates == other.firingRates)
    #expect(other.updates == 3 && other.learnedTrials == 3)
  }

  @Test func aCopyInDoublePrecisionHasTheWeights() throws {
    var configuration = configuration(.adam)
    configuration.credit = .random
    let network = try Network<Float>(configuration, inputs: 24)
    let state = network.makeState()
    network.learnTrial(label: 1, in: state, steps: steps)
    let copy = try Network<Double>(network)
    for (mine, theirs) in zip(copy.connections, network.connections) {
      #expect(mine.weights.contents == theirs.weights.contents.map(Double.init))
    }
    for (mine, theirs) in zip(copy.layers, network.layers) {
      let feedback = try #require(theirs.feedback)
      #expect(mine.feedback?.contents == feedback.contents.map(Double.init))
    }
    #expect(copy.firingRates == network.firingRates.map(Double.init))
    #expect(copy.updates == 1 && copy.learnedTrials == 1)
    let back = try Network<Float>(copy)
    #expect(back.weightsDigest == network.weightsDigest)
  }

  @Test func doublesAreWrittenAndRead() throws {
    let numbers = [0, -1.5, 1 / 3, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity]
    let file = Safetensors(tensors: [
      .init(name: "a", shape: [2, 3], doubles: numbers),
      .init(name: "b", shape: [1], floats: [2]),
    ])
    let read = try Safetensors(file.encoded())
    #expect(read == file)
    #expect(read["a"]?.doubles == numbers && read["a"]?.floats == nil)
    #expect(read["b"]?.doubles == nil)
  }
}
