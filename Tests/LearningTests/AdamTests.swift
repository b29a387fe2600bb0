import Events
import Foundation
import Learning
import Testing

/// Adam as in algorithm 1 of Kingma and Ba 2015, one number at a time, on the rows it is told.
private struct PlainAdam {
  var weights: [[Double]]
  private var m: [[Double]]
  private var v: [[Double]]

  init(_ weights: [[Double]]) {
    self.weights = weights
    m = weights.map { $0.map { _ in 0 } }
    v = m
  }

  mutating func update(
    _ gradient: [[Double]], rows: Set<Int>, count: Int, _ settings: LearnerConfiguration.Optimiser
  ) {
    for i in rows {
      for j in weights[i].indices {
        let g = gradient[i][j]
        m[i][j] = settings.beta1 * m[i][j] + (1 - settings.beta1) * g
        v[i][j] = settings.beta2 * v[i][j] + (1 - settings.beta2) * g * g
        let mean = m[i][j] / (1 - pow(settings.beta1, Double(count)))
        let square = v[i][j] / (1 - pow(settings.beta2, Double(count)))
        weights[i][j] -= settings.learningRate * mean / (square.squareRoot() + settings.epsilon)
      }
    }
  }
}

@Suite struct AdamTests {
  @Test("Adam moves the rows that a trial touched", arguments: [1, 2] as [UInt64])
  func followsThePlainForm(seed: UInt64) throws {
    let inputs = 24
    let configuration = smallConfiguration {
      $0.seed = seed
      $0.optimiser.learningRate = 0.01
      $0.optimiser.beta1 = 0.8
      $0.optimiser.beta2 = 0.95
      $0.optimiser.epsilon = 1e-4
    }
    let network = try Network<Double>(configuration, inputs: inputs)
    let state = network.makeState()
    var input = PlainAdam(rows(network.input.weights.contents, columns: 12))
    var readout = PlainAdam(rows(network.readout.weights.contents, columns: 3))
    var touchedIn = [Int](repeating: 0, count: inputs)
    for trial in 0..<8 {
      state.reset()
      // A third of the inputs is silent in each trial, always another one; 0 and 1 in all of them.
      let steps = randomSteps(80, inputs: inputs, rate: 0.08, seed: seed &* 100 &+ UInt64(trial))
        .map { $0.filter { $0 > 1 && Int($0) % 3 != trial % 3 } }
      var touched: Set<Int> = []
      var spiking: Set<Int> = []
      for active in steps {
        network.step(active, target: trial % 3, in: state)
        touched.formUnion(active.map(Int.init))
        spiking.formUnion(state.hidden.spikes.map(Int.init))
      }
      try #require(!spiking.isEmpty)
      for row in touched { touchedIn[row] += 1 }
      let gradient = network.gradient(in: state)
      network.endTrial(in: state)
      let settings = configuration.optimiser
      input.update(
        rows(gradient.input, columns: 12), rows: touched, count: trial + 1, settings)
      readout.update(
        rows(gradient.readout, columns: 3), rows: spiking, count: trial + 1, settings)
      #expect(network.updates == trial + 1)
      #expect(relativeError(network.input.weights.contents, Array(input.weights.joined())) <= 1e-12)
      #expect(
        relativeError(network.readout.weights.contents, Array(readout.weights.joined())) <= 1e-12)
    }
    #expect(touchedIn[0] == 0 && touchedIn[1] == 0)
    #expect(touchedIn.dropFirst(2).allSatisfy { $0 > 2 && $0 < 8 })
  }

  /// With the first update Adam moves every touched weight by the learning rate.
  @Test func theFirstUpdateIsOneLearningRate() throws {
    let network = try Network<Float>(smallConfiguration(), inputs: 20)
    let state = network.makeState()
    let before = network.input.weights.contents
    for active in randomSteps(60, inputs: 20, rate: 0.1, seed: 4) {
      network.step(active, target: 0, in: state)
    }
    let gradient = network.gradient(in: state).input
    network.endTrial(in: state)
    var moved = 0
    for (index, weight) in network.input.weights.contents.enumerated()
    where abs(gradient[index]) > 1e-3 {
      moved += 1
      let expected: Float = gradient[index] > 0 ? -0.01 : 0.01
      #expect(abs(weight - before[index] - expected) < 1e-5)
    }
    #expect(moved > 50)
  }

  /// Without memory of the past (beta_1 = 0) the power that corrects the bias is still defined.
  @Test func betaZeroIsDefined() throws {
    let configuration = smallConfiguration {
      $0.optimiser.beta1 = 0
      $0.optimiser.beta2 = 0
    }
    let network = try Network<Float>(configuration, inputs: 20)
    let state = network.makeState()
    for _ in 0..<3 {
      state.reset()
      for active in randomSteps(60, inputs: 20, rate: 0.1, seed: 4) {
        network.step(active, target: 0, in: state)
      }
      network.endTrial(in: state)
    }
    #expect(network.input.weights.contents.allSatisfy { $0.isFinite })
    #expect(network.readout.weights.contents.allSatisfy { $0.isFinite })
  }
}
