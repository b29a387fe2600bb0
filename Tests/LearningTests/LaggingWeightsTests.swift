import Foundation
import Learning
import Testing

/// Weights that are behind are seen as they are, and nothing changes because somebody looks.
@Suite struct LaggingWeightsTests {
  private static let rules = Contract.all.filter { $0.name.hasSuffix("sgd by step") }

  /// Looks at everything there is to see.
  private func look(_ network: Network<Float>, _ state: NetworkState<Float>) {
    _ = network.weightsDigest
    _ = network.fullMessage()
    _ = network.deltaMessage()
    _ = network.connections.map(\.weights.contents)
    _ = network.gradients(in: state)
  }

  @Test("The trajectory is the same whoever asks for weights", arguments: Contract.all)
  func looking(_ rule: Contract) throws {
    guard !rule.configuration.loss.kind.isKnownAtEnd, rule.configuration.loss.kind != .spikeTrain
    else { return }
    let watched = try Network<Float>(rule.configuration, inputs: 72)
    let alone = try Network<Float>(rule.configuration, inputs: 72)
    let (watchedState, aloneState) = (watched.makeState(), alone.makeState())
    for (index, active) in randomSteps(230, inputs: 72, rate: 0.04, seed: 3).enumerated() {
      let target = (150..<155).contains(index) ? nil : index / 50 % 3
      watched.step(active, target: target, in: watchedState)
      alone.step(active, target: target, in: aloneState)
      if index % 3 == 0 { look(watched, watchedState) }
      #expect(watchedState.readout.membrane.contents == aloneState.readout.membrane.contents)
      if index == 190 {
        watched.endTrial(in: watchedState)
        alone.endTrial(in: aloneState)
      }
    }
    #expect(watched.weightsDigest == alone.weightsDigest)
    let gradients = [watched.gradients(in: watchedState), alone.gradients(in: aloneState)]
    #expect(gradients[0].map(\.values) == gradients[1].map(\.values))
  }

  @Test("A reader of deltas has the engine's weights after every step", arguments: rules)
  func deltas(_ rule: Contract) throws {
    guard rule.configuration.loss.kind != .spikeTrain else { return }
    let network = try Network<Float>(rule.configuration, inputs: 72)
    let state = network.makeState()
    var copy = try ModelWeights(full: network.fullMessage())
    _ = network.deltaMessage()
    let fresh = copy.digest
    for (index, active) in randomSteps(150, inputs: 72, rate: 0.04, seed: 4).enumerated() {
      let learns = !(70..<73).contains(index)
      network.step(active, target: learns ? 1 : nil, in: state)
      if index == 120 { state.reset() }
      guard index % 4 != 1 else { continue }
      try copy.apply(delta: network.deltaMessage())
      try #require(copy.digest == network.weightsDigest, "step \(index)")
      #expect(!network.hasChanges)
      #expect(network.deltaMessage().tensors.isEmpty)
    }
    #expect(copy.digest != fresh)
  }

  @Test func deltasHoldWhatMovedOnly() throws {
    let configuration = smallConfiguration {
      $0.optimiser.method = .sgd
      $0.optimiser.update = .step
    }
    let network = try Network<Float>(configuration, inputs: 72)
    let state = network.makeState()
    _ = network.deltaMessage()
    for active in [[3, 5], [], [5, 9], []] as [[Int32]] {
      network.step(active, target: 1, in: state)
    }
    #expect(network.deltaMessage()["input.weight.rows"]?.integers == [3, 5, 9])
    // Steps that are not learned from move nothing, though they end what was behind.
    network.step([11], target: nil, in: state)
    #expect(!network.hasChanges && network.deltaMessage().tensors.isEmpty)
    network.step([20], target: 1, in: state)
    #expect(network.deltaMessage()["input.weight.rows"]?.integers == [20])
  }

  @Test("Streams that share a network learn into the same weights", arguments: rules)
  func twoStreams(_ rule: Contract) throws {
    guard rule.configuration.loss.kind != .spikeTrain else { return }
    let fast = try Network<Double>(rule.configuration, inputs: 72)
    let dense = try Network<Double>(rule.configuration.dense, inputs: 72)
    let networks = [fast, dense]
    var states = networks.map { network in (0..<3).map { _ in network.makeState() } }
    for (index, active) in randomSteps(200, inputs: 72, rate: 0.04, seed: 6).enumerated() {
      // One stream infers only; another one goes away with its traces alive.
      let stream = index > 120 ? [0, 2][index % 2] : index % 3
      for (position, network) in networks.enumerated() {
        if index == 120 { states[position][1] = network.makeState() }
        let target = stream == 2 ? nil : index / 40 % 3
        network.step(active, target: target, in: states[position][stream])
      }
      let potentials = states.map { $0[stream].readout.membrane.contents }
      #expect(relativeError(potentials[0], potentials[1]) <= 1e-9, "step \(index)")
    }
    for (mine, theirs) in zip(fast.connections, dense.connections) {
      #expect(relativeError(mine.weights.contents, theirs.weights.contents) <= 1e-9, "\(mine.name)")
    }
  }

  @Test("Threads do not show in the bits", arguments: [2, 3, 5])
  func threads(count: Int) throws {
    let changes: [(inout LearnerConfiguration) -> Void] = [
      { _ in },
      {
        $0.hidden.recurrent = true
        $0.hidden.tauSynapse = 4
        $0.hidden.reset = .zero
        $0.gradient.timing = 0.5
        $0.hidden.refractorySteps = 2
        $0.regulariser.strength = 1
        $0.regulariser.ceiling = 1
      },
      {
        $0.hidden.neurons = [300, 270]
        $0.credit = .random
        $0.hidden.reset = .zeroBoth
        $0.optimiser.update = .trial
      },
      { $0.hidden.adaptation.strength = 0.2 },
    ]
    for change in changes {
      func run(_ threads: Int) throws -> (String, [Float]) {
        let configuration = smallConfiguration {
          $0.hidden.neurons = 301
          $0.optimiser.method = .sgd
          $0.optimiser.update = .step
          $0.optimiser.learningRate = 1e-4
          $0.initialisation.inputGain = 3
          $0.compute.threads = threads
          change(&$0)
        }
        let network = try Network<Float>(configuration, inputs: 72)
        let state = network.makeState()
        for active in randomSteps(150, inputs: 72, rate: 0.05, seed: 9) {
          network.step(active, target: 2, in: state)
        }
        network.endTrial(in: state)
        return (network.weightsDigest, state.readout.membrane.contents)
      }
      let (digest, potentials) = try run(1)
      let split = try run(count)
      #expect(split.0 == digest)
      #expect(split.1 == potentials)
    }
  }
}
