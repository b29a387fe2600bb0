import Events
import Foundation
import Learning
import Testing

private let geometry = SensorGeometry(width: 6, height: 6)

/// Resident memory of this process in bytes.
func residentMemory() throws -> Int {
  let text = try String(contentsOfFile: "/proc/self/statm", encoding: .ascii)
  let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  return try #require(pages) * 4096
}

@Suite(.serialized) struct SilenceTests {
  @Test("Silence leaves weights alone", arguments: Way.allCases)
  func silence(way: Way) throws {
    let session = try Session(smallConfiguration(way.apply))
    let fresh = session.network.weightsDigest
    session.label(StreamLabel(t: 0, label: 1))
    session.end(at: 100_000)
    #expect(session.learner.counters.steps == 100)
    #expect(session.learner.counters.trialsLearned == 1)
    #expect(session.network.weightsDigest == fresh)
    // Nor does the past move them on, such as the momentum of earlier trials.
    session.label(StreamLabel(t: 0, label: 1))
    session.send(
      randomEvents(geometry, from: 0, duration: 100_000, meanInterval: 100, seed: 1))
    session.end()
    let trained = session.network.weightsDigest
    #expect(trained != fresh)
    session.label(StreamLabel(t: 0, label: 1))
    session.end(at: 100_000)
    #expect(session.network.weightsDigest == trained)
  }

  @Test("Inputs that never spike keep their weights", arguments: Way.allCases)
  func silentRows(way: Way) throws {
    let network = try Network<Float>(smallConfiguration(way.apply), inputs: 30)
    let before = network.input.weights.contents
    let state = network.makeState()
    for active in randomSteps(100, inputs: 20, rate: 0.1, seed: 3) {
      network.step(active, target: 2, in: state)
    }
    network.endTrial(in: state)
    #expect(network.input.weights.contents[(20 * 12)...] == before[(20 * 12)...])
    #expect(
      (0..<20).allSatisfy { row in
        network.input.weights.copyOfRow(row) != Array(before[row * 12..<(row + 1) * 12])
      })
  }

  @Test("The state dies away to nothing", arguments: Way.allCases)
  func exactZero(way: Way) throws {
    try dieAway(Float.self, way, steps: 2500)
    try dieAway(Double.self, way, steps: 2500)
  }

  private func dieAway<Scalar: LearningScalar>(
    _ type: Scalar.Type, _ way: Way, steps: Int
  ) throws {
    let network = try Network<Scalar>(
      smallConfiguration {
        way.apply(to: &$0)
        $0.initialisation.inputGain = 4
      }, inputs: 20)
    let state = network.makeState()
    var spikes = 0
    for active in randomSteps(50, inputs: 20, rate: 0.2, seed: 3) {
      network.step(active, target: 2, in: state)
      spikes += state.hidden.spikes.count
    }
    #expect(spikes > 10)
    #expect(state.readout.membrane.contents.allSatisfy { $0 != 0 })
    for _ in 0..<steps { network.step([], target: 2, in: state) }
    #expect(state.hidden.membrane.contents.allSatisfy { $0 == 0 })
    #expect(state.readout.membrane.contents.allSatisfy { $0 == 0 })
    let weights = network.input.weights.contents
    let gradient = network.gradient(in: state)
    for _ in 0..<100 { network.step([], target: 2, in: state) }
    #expect(network.input.weights.contents == weights)
    #expect(network.gradient(in: state) == gradient, "no trace is left to add to it")
  }

  /// Traces must not outlive steps that were not learned from.
  @Test func tracesDoNotWaitForTheNextLabel() throws {
    let network = try Network<Double>(smallConfiguration { $0.optimiser.method = .sgd }, inputs: 20)
    let state = network.makeState()
    for active in randomSteps(50, inputs: 20, rate: 0.2, seed: 3) {
      network.step(active, target: 2, in: state)
    }
    network.endTrial(in: state)
    for _ in 0..<5000 { network.step([], target: nil, in: state) }
    for _ in 0..<10 { network.step([], target: 2, in: state) }
    let gradient = network.gradient(in: state)
    #expect(gradient.input.allSatisfy { abs($0) < 1e-9 })
    #expect(gradient.readout.allSatisfy { abs($0) < 1e-9 })
  }

  /// Eligibilities of neurons far from their threshold shrink for as long as their inputs spike.
  /// They must reach zero, and not stay below the normal range, where arithmetic may be slow.
  @Test func shrinkingEligibilitiesVanish() throws {
    let configuration = smallConfiguration { $0.optimiser.learningRate = 0 }
    let network = try Network<Float>(configuration, inputs: 2)
    for column in 0..<12 {
      network.input.weights[0, column] = 0.3
      network.input.weights[1, column] = -0.1
    }
    let state = network.makeState()
    func gradient(steps: Int, _ active: [Int32]) -> [Float] {
      for _ in 0..<steps { network.step(active, target: 0, in: state) }
      defer { network.endTrial(in: state) }
      return network.gradient(in: state).input
    }
    #expect(gradient(steps: 50, [0, 1])[12...].allSatisfy { $0 != 0 })
    _ = gradient(steps: 3000, [1])
    #expect(state.hidden.membrane.contents.allSatisfy { $0 < -0.5 }, "the surrogate is zero")
    // The signal is below 1 for each step: what is left would show as it is.
    #expect(gradient(steps: 100, [1])[12...].allSatisfy { $0 == 0 })
    // The row has not been given up, for its input is alive.
    network.input.weights[1, 0] = 0.1
    #expect(gradient(steps: 100, [1])[12] != 0)
  }

  @Test func ratesVanish() throws {
    let configuration = smallConfiguration { $0.regulariser.tau = 20 }
    let network = try Network<Float>(configuration, inputs: 2)
    let state = network.makeState()
    #expect(network.firingRates.allSatisfy { $0 == Float(0.02) })
    for _ in 0..<4000 { network.step([], target: 0, in: state) }
    #expect(network.firingRates.allSatisfy { $0 == 0 })
  }

  @Test("Memory does not grow with the stream", arguments: Way.allCases)
  func memory(way: Way) throws {
    let session = try Session(
      smallConfiguration {
        way.apply(to: &$0)
        $0.optimiser.learningRate = 1e-4
        $0.initialisation.inputGain = 3
      })
    var random = SplitMix64(seed: 8)
    var batch = EventBatch()
    session.label(StreamLabel(t: 0, label: 1))
    func run(_ steps: Range<Int64>) {
      for begin in stride(from: steps.lowerBound, to: steps.upperBound, by: 1000) {
        batch.removeAll()
        for step in begin..<begin + 1000 where random.nextUniform() < 0.3 {
          // The lower half of the sensor is silent for ever.
          batch.append(
            t: step * 1000, x: UInt16(random.nextInteger(below: 6)),
            y: UInt16(random.nextInteger(below: 3)), on: random.nextUniform() < 0.5)
        }
        session.learner.add(events: batch) { _ in }
      }
    }
    run(0..<20_000)
    // What the stream itself takes it takes all along; what other tests take, in some windows only.
    var growth: [Int] = []
    for begin in stride(from: Int64(20_000), to: 220_000, by: 20_000) {
      let before = try residentMemory()
      run(begin..<begin + 20_000)
      growth.append(try residentMemory() - before)
    }
    #expect(growth.sorted()[5] * growth.count < 2 << 20, "\(growth)")
    #expect(session.learner.counters.steps > 219_000)
    #expect(session.learner.counters.timeJumps == 0)
    session.end()
    #expect(session.finals.first?.hiddenSpikes ?? 0 > 100)
  }
}
