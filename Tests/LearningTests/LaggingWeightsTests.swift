import Events
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

  /// Streams that share a network, by turns, with what each leaves to the other pending.
  @Test("A reader of deltas follows several streams", arguments: rules)
  func deltasOfStreams(_ rule: Contract) throws {
    guard rule.configuration.loss.kind != .spikeTrain else { return }
    let network = try Network<Float>(rule.configuration, inputs: 72)
    var states = (0..<3).map { _ in network.makeState() }
    var copy = try ModelWeights(full: network.fullMessage())
    _ = network.deltaMessage()
    for (index, active) in randomSteps(160, inputs: 72, rate: 0.05, seed: 12).enumerated() {
      network.step(active, target: index % 2, in: states[index % 3])
      // A stream that ends after the delta moves nothing, but the order in which the others' parts are added.
      if index % 20 == 13 {
        try copy.apply(delta: network.deltaMessage())
        try #require(copy.digest == network.weightsDigest, "step \(index)")
        if index % 40 == 13 { states[1].reset() } else { states[0] = network.makeState() }
        try copy.apply(delta: network.deltaMessage())
        try #require(copy.digest == network.weightsDigest, "step \(index), after an end")
      }
    }
  }

  @Test("A run with several streams resumes in whatever order they are restored", arguments: rules)
  func resume(_ rule: Contract) throws {
    guard rule.configuration.loss.kind != .spikeTrain else { return }
    let geometry = SensorGeometry(width: 6, height: 6)
    func feed(_ learners: [StreamLearner], _ range: Range<Int64>) {
      for (index, learner) in learners.enumerated().reversed() {
        let later = range.lowerBound > 0
        if !later { learner.add(labels: [StreamLabel(t: 0, label: index)]) }
        learner.add(events: EventBatch(events(range, seed: UInt64(20 + index)))) { _ in }
      }
    }
    func learners(_ network: Network<Float>) -> [StreamLearner] {
      (0..<3).map { _ in StreamLearner(network: network, geometry: geometry) }
    }
    let whole = try Network<Float>(rule.configuration, inputs: 72)
    let first = learners(whole)
    feed(first, 0..<40_000)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("model.safetensors").path
    let names = ["a", "b", "c"]
    try Checkpoint.save(
      whole, geometry: geometry,
      parts: Dictionary(uniqueKeysWithValues: zip(names, try first.map { try $0.snapshot() })),
      to: path)
    feed(first, 40_000..<70_000)
    for order in [[0, 1, 2], [2, 0, 1]] {
      let network = try Network<Float>(rule.configuration, inputs: 72)
      try Checkpoint.load(path, into: network, geometry: geometry)
      let saved = try Checkpoint.parts(path)
      let second = learners(network)
      for index in order {
        try second[index].restore(try #require(saved[names[index]]))
      }
      feed(second, 40_000..<70_000)
      #expect(network.weightsDigest == whole.weightsDigest)
    }
    let other = try Network<Float>(
      {
        var other = rule.configuration; other.optimiser.update = .trial; return other
      }(), inputs: 72)
    try Checkpoint.load(path, into: other, geometry: geometry)
    let stream = StreamLearner(network: other, geometry: geometry)
    let snapshot = try #require(try Checkpoint.parts(path)["a"])
    #expect(throws: ConfigurationError.self) { try stream.restore(snapshot) }
  }

  @Test func aRefusedLoadChangesNothing() throws {
    let configuration = smallConfiguration {
      $0.optimiser.method = .sgd
      $0.optimiser.update = .step
    }
    func run(loading: Bool) throws -> String {
      let network = try Network<Float>(configuration, inputs: 72)
      let state = network.makeState()
      for (index, active) in randomSteps(120, inputs: 72, rate: 0.05, seed: 3).enumerated() {
        network.step(active, target: 1, in: state)
        guard loading, index == 20 else { continue }
        let folder = FileManager.default.temporaryDirectory
          .appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("model.safetensors").path
        let larger = try Network<Float>(configuration, inputs: 74)
        try Checkpoint.save(larger, geometry: SensorGeometry(width: 6, height: 6), to: path)
        #expect(throws: (any Error).self) { try Checkpoint.load(path, into: network) }
      }
      return network.weightsDigest
    }
    #expect(try run(loading: true) == run(loading: false))
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

  @Test func threadsEndWithTheirNetwork() throws {
    func count() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    }
    let before = try count()
    for _ in 0..<40 {
      let configuration = smallConfiguration {
        $0.hidden.neurons = 300
        $0.optimiser.method = .sgd
        $0.optimiser.update = .step
        $0.compute.threads = 3
      }
      let network = try Network<Float>(configuration, inputs: 72)
      let state = network.makeState()
      for active in randomSteps(5, inputs: 72, rate: 0.05, seed: 2) {
        network.step(active, target: 0, in: state)
      }
    }
    for _ in 0..<200 where try count() > before + 20 { Thread.sleep(forTimeInterval: 0.02) }
    #expect(try count() <= before + 20, "other tests have threads too, but not eighty")
  }
}
