import Events
import Foundation
import Learning
import Testing

@Suite struct RegulariserTests {
  private static let inputs = 24

  private struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout LearnerConfiguration.Regulariser) -> Void
  }

  private static let cases: [Case] = [
    Case(testDescription: "target") { ($0.strength, $0.targetRate) = (0.7, 90) },
    Case(testDescription: "ceiling") { ($0.ceiling, $0.ceilingRate) = (0.9, 15) },
    Case(testDescription: "a ceiling that is not reached") {
      ($0.ceiling, $0.ceilingRate) = (0.9, 990)
    },
    Case(testDescription: "floor") { ($0.floor, $0.floorRate) = (0.4, 100) },
    Case(testDescription: "all") {
      ($0.strength, $0.ceiling, $0.floor) = (0.3, 0.8, 0.5)
      ($0.targetRate, $0.ceilingRate, $0.floorRate) = (110, 60, 100)
    },
  ]

  private func network(_ change: (inout LearnerConfiguration.Regulariser) -> Void) throws
    -> Network<Double>
  {
    try Network<Double>(
      smallConfiguration {
        $0.stepMicroseconds = 2000
        $0.regulariser.tau = 60
        $0.optimiser.method = .sgd
        change(&$0.regulariser)
      }, inputs: Self.inputs)
  }

  /// What a regulariser adds to the gradient, from its equations and the plain eligibility.
  @Test("The gradient gains what the equations say", arguments: cases)
  private func gradient(of one: Case) throws {
    let with = try network(one.change)
    let without = try network { _ in }
    let configuration = with.configuration
    let settings = configuration.regulariser
    let (state, bare) = (with.makeState(), without.makeState())
    let (inputs, hidden) = (0..<Self.inputs, 0..<12)
    let a = exp(-2 / configuration.hidden.tauMembrane)
    let kappa = exp(-2 / configuration.readout.tau)
    let rho = exp(-2 / settings.tau)
    var rate = hidden.map { _ in settings.targetRate * 0.002 }
    var x = inputs.map { _ in 0.0 }
    var e = inputs.map { _ in hidden.map { _ in 0.0 } }
    var expected = e
    var (above, below) = (0, 0)
    for (t, active) in randomSteps(120, inputs: Self.inputs, rate: 0.1, seed: 5).enumerated() {
      with.step(active, target: t % 3, in: state)
      without.step(active, target: t % 3, in: bare)
      #expect(state.hidden.spikes == bare.hidden.spikes)
      for j in hidden {
        rate[j] = rho * rate[j] + (state.hidden.spikes.contains(Int32(j)) ? 1 - rho : 0)
      }
      let mean = rate.reduce(0, +) / Double(rate.count)
      if mean > settings.ceilingRate * 0.002 { above += 1 }
      let signal = hidden.map { j in
        settings.strength * (rate[j] - settings.targetRate * 0.002)
          + settings.ceiling * max(0, mean - settings.ceilingRate * 0.002)
          - settings.floor * max(0, settings.floorRate * 0.002 - rate[j])
      }
      below += rate.count { $0 < settings.floorRate * 0.002 }
      for i in inputs {
        x[i] = a * x[i] + (active.contains(Int32(i)) ? 1 : 0)
        for j in hidden {
          let psi = 0.3 * max(0, 1 - abs(state.hidden.membrane[j] - 1))
          e[i][j] = kappa * e[i][j] + psi * x[i]
          expected[i][j] += signal[j] * e[i][j]
        }
      }
    }
    let (found, base) = (with.gradient(in: state), without.gradient(in: bare))
    let added = zip(found.input, base.input).map { $0 - $1 }
    #expect(relativeError(added, Array(expected.joined())) <= 1e-11)
    #expect(found.readout == base.readout)
    #expect(relativeError(with.firingRates, rate) <= 1e-12)
    if settings.ceiling > 0, settings.ceilingRate < 500 { #expect(above > 0) }
    if settings.floor > 0 { #expect(below > 0 && below < 120 * 12) }
    #expect(added.contains { $0 != 0 } == !one.testDescription.contains("not reached"))
  }

  /// Spikes in a trial before and after learning with nothing but a regulariser to follow.
  private func spikes(_ change: @escaping (inout LearnerConfiguration) -> Void) throws -> [[Int]] {
    let configuration = smallConfiguration {
      $0.optimiser.learningRate = 0.01
      $0.initialisation.readoutGain = 1e-6
      $0.regulariser.tau = 30
      change(&$0)
    }
    let network = try Network<Float>(configuration, inputs: Self.inputs)
    let state = network.makeState()
    return (0..<60).map { trial in
      state.reset()
      var counts = [Int](repeating: 0, count: 12)
      for active in randomSteps(200, inputs: Self.inputs, rate: 0.1, seed: UInt64(trial)) {
        network.step(active, target: 0, in: state)
        for j in state.hidden.spikes { counts[Int(j)] += 1 }
      }
      network.endTrial(in: state)
      return counts
    }
  }

  @Test func aCeilingQuietens() throws {
    let counts = try spikes { ($0.regulariser.ceiling, $0.regulariser.ceilingRate) = (100, 20) }
    let totals = counts.map { $0.reduce(0, +) }
    // 20 a second are 4 in 200 steps, and 48 of all neurons.
    #expect(totals[0] > 120)
    #expect(totals.suffix(10).allSatisfy { $0 < 100 })
  }

  @Test func aFloorWakes() throws {
    func silent(_ floor: Double) throws -> Int {
      try spikes {
        ($0.regulariser.floor, $0.regulariser.floorRate) = (floor, 20)
        $0.initialisation.inputGain = 0.4
      }.suffix(5).reduce(0) { $0 + $1.count { $0 == 0 } }
    }
    let without = try silent(0)
    let with = try silent(100)
    #expect(without > 5)
    #expect(with < without / 2)
  }

  /// The readout's norm pulls every weight of the readout, and none else.
  @Test func theReadoutNorm() throws {
    func trained(_ strength: Double) throws -> Network<Double> {
      let network = try network { $0.readoutNorm = strength }
      let state = network.makeState()
      for active in randomSteps(60, inputs: Self.inputs, rate: 0.1, seed: 5) {
        network.step(active, target: 1, in: state)
      }
      network.endTrial(in: state)
      return network
    }
    let fresh = try network { _ in }
    let (with, without) = (try trained(0.5), try trained(0))
    #expect(with.input.weights.contents == without.input.weights.contents)
    let rate = with.configuration.optimiser.learningRate
    let expected = zip(without.readout.weights.contents, fresh.readout.weights.contents)
      .map { $0 - rate * 0.5 * $1 }
    #expect(relativeError(with.readout.weights.contents, expected) <= 1e-12)
  }

  @Test func theReadoutNormOfAConnection() {
    let connection = Connection<Double>(name: "readout", inputs: 3, outputs: 2)
    connection.weights.contents = [1, -2, 0.5, 4, 0, 3]
    let gradient = GradientSums<Double>(rows: 3, columns: 2)
    gradient.touch([1])
    gradient.sums[1, 0] = 10
    ReadoutNorm(strength: 0).add(of: connection, to: gradient)
    #expect(gradient.rows == [1])
    ReadoutNorm(strength: 2).add(of: connection, to: gradient)
    #expect(gradient.rows == [0, 1, 2])
    #expect(gradient.sums.contents == [2, -4, 11, 8, 0, 6])
  }
}
