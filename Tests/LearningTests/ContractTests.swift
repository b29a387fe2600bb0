import Events
import Foundation
import Learning
import Testing

/// What holds for every rule and every way to move weights.
@Suite struct ContractTests {
  private let geometry = SensorGeometry(width: 6, height: 6)

  private func session(_ contract: Contract, seed: UInt64 = 1) throws -> Session {
    var configuration = contract.configuration
    configuration.seed = seed
    let session = try Session(configuration, predictEvery: 9)
    session.learner.add(labels: Contract.labels)
    return session
  }

  /// Sends a part of the stream, and the late labels where they come.
  private func send(_ range: Range<Int>, to session: Session, chunk: Int = .max) {
    var start = range.lowerBound
    while start < range.upperBound {
      if start == Contract.early { session.learner.add(labels: Contract.lateLabels) }
      var end = chunk == .max ? range.upperBound : min(range.upperBound, start + chunk)
      if start < Contract.early { end = min(end, Contract.early) }
      session.send(Contract.stream[start..<end])
      start = end
    }
  }

  private func run(
    _ contract: Contract, seed: UInt64 = 1, chunk: Int = .max
  ) throws -> Session {
    let session = try session(contract, seed: seed)
    send(0..<Contract.stream.count, to: session, chunk: chunk)
    session.end()
    return session
  }

  @Test("Messages and seeds", arguments: Contract.all)
  func bitsFollowFromEventsAndSeed(_ contract: Contract) throws {
    let whole = try run(contract)
    let fresh = try Network<Float>(contract.configuration, inputs: geometry.addressCount)
    #expect(whole.network.weightsDigest != fresh.weightsDigest, "something was learned")
    #expect(whole.finals.count == 7 && whole.finals.count { $0.learned } == 6)
    #expect(whole.learner.counters.trialsLearned == 7, "one of them apart")
    #expect(whole.learner.counters.timeJumps == 1 && whole.learner.counters.lateLabels == 2)
    #expect(whole.network.connections.allSatisfy { $0.weights.contents.allSatisfy(\.isFinite) })
    #expect(try run(contract, chunk: 13).outcome == whole.outcome)
    #expect(try run(contract, seed: 2).network.weightsDigest != whole.network.weightsDigest)
  }

  /// A checkpoint between any two events, loaded into a learner of another seed that has seen other things.
  @Test("A run resumed at any event", arguments: Contract.all)
  func resumes(_ contract: Contract) throws {
    let expected = try run(contract)
    var random = SplitMix64(
      seed: contract.name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    let folder = try Folder()
    for attempt in 0..<2 {
      let cut = 1 + random.nextInteger(below: Contract.stream.count - 1)
      let path = folder.file("\(attempt).safetensors")
      let before = try session(contract)
      send(0..<cut, to: before)
      try Checkpoint.save(
        before.network, geometry: geometry, parts: ["stream/cam": before.learner.snapshot()],
        to: path)
      let after = try session(contract, seed: 5)
      after.send(events(0..<50_000, seed: 3))
      let said = after.predictions.count
      try Checkpoint.load(path, into: after.network, geometry: geometry)
      let snapshot = try #require(Checkpoint.parts(path)["stream/cam"])
      try after.learner.restore(snapshot)
      send(cut..<Contract.stream.count, to: after)
      after.end()
      #expect(after.network.weightsDigest == expected.network.weightsDigest, "cut at \(cut)")
      #expect(after.network.firingRates == expected.network.firingRates)
      #expect(after.learner.counters == expected.learner.counters)
      #expect(before.predictions + after.predictions[said...] == expected.predictions)
    }
  }

  @Test("Silence leaves weights alone", arguments: Contract.all)
  func silence(_ contract: Contract) throws {
    let session = try Session(contract.configuration)
    func weights() -> [[Float]] {
      session.network.connections.filter { !$0.name.hasSuffix(".bias") }.map(\.weights.contents)
    }
    let before = weights()
    for trial in 0..<4 as Range<Int64> {
      session.label(StreamLabel(t: trial * 40_000, label: Int(trial) % 3))
    }
    session.end(at: 160_000)
    #expect(session.finals.count == 4)
    if contract.configuration.hidden.thresholdNormalisation {
      // Standardising what is standardised rounds; gains have no gradient.
      let moved = zip(before.joined(), weights().joined()).map { abs($0 - $1) }.max() ?? 0
      #expect(moved < 1e-5)
    } else {
      #expect(weights() == before)
    }
  }

  /// In a process of its own: what is resident is the whole process's.
  @Test("Memory does not grow", arguments: Contract.onePerRule)
  func memory(_ contract: Contract) async {
    await #expect(processExitsWith: .success) { [name = contract.name as String] in
      let contract = try #require(Contract.onePerRule.first { $0.name == name })
      try Self.expectFlatMemory(contract)
    }
  }

  /// Steps without end in one labelled trial and between trials, half of the sensor silent for ever. All rules at 10^6
  /// steps take long: set AFFERENT_LONG_TESTS for that.
  private static func expectFlatMemory(_ contract: Contract) throws {
    let geometry = SensorGeometry(width: 6, height: 6)
    let isLong = ProcessInfo.processInfo.environment["AFFERENT_LONG_TESTS"] != nil
    let steps: Int64 = isLong || contract.name.hasPrefix("e-prop") ? 1_000_000 : 40_000
    var configuration = contract.configuration
    configuration.optimiser.learningRate = 1e-6
    configuration.stream.historyEvents = 2000
    let session = try Session(configuration)
    var random = SplitMix64(seed: 8)
    var batch = EventBatch()
    func run(_ range: Range<Int64>) {
      for begin in stride(from: range.lowerBound, to: range.upperBound, by: 1000) {
        if begin % 4000 == 0 {
          session.label(StreamLabel(t: begin * 1000, label: Int(begin / 4000) % 3))
        }
        batch.removeAll()
        for step in begin..<begin + 1000 where random.nextUniform() < 0.3 {
          batch.append(
            t: step * 1000, x: UInt16(random.nextInteger(below: 6)),
            y: UInt16(random.nextInteger(below: 3)), on: random.nextUniform() < 0.5)
        }
        session.learner.add(events: batch) { _ in }
      }
    }
    run(0..<steps / 5)
    var growth: [Int] = []
    let window = steps / 10
    for begin in stride(from: steps / 5, to: steps, by: Int(window)) {
      let before = try residentMemory()
      run(begin..<begin + window)
      growth.append(try residentMemory() - before)
    }
    // What the stream itself takes it takes all along; what the allocator takes, in some windows only.
    #expect(growth.sorted()[growth.count / 3] * growth.count < 2 << 20, "\(growth)")
    #expect(session.learner.counters.steps > steps * 9 / 10)
    // Silent for ever: their weights are those of the beginning.
    let fresh = try Network<Float>(configuration, inputs: geometry.addressCount)
    if !configuration.hidden.thresholdNormalisation {
      let silent = geometry.address(x: 2, y: 5, on: true)
      #expect(
        session.network.input.weights.copyOfRow(Int(silent))
          == fresh.input.weights.copyOfRow(Int(silent)))
    }
  }
}
