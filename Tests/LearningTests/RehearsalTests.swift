import Events
import Foundation
import Learning
import Testing

private let geometry = SensorGeometry(width: 6, height: 6)

private func configuration(
  _ way: Way, trials: Int = 4, _ change: (inout LearnerConfiguration) -> Void = { _ in }
) -> LearnerConfiguration {
  smallConfiguration {
    way.apply(to: &$0)
    $0.initialisation.inputGain = 3
    $0.optimiser.learningRate = 0.002
    $0.rehearsal.trials = trials
    change(&$0)
  }
}

private func play(_ session: Session, _ trials: Range<Int>, classes: Int = 3) {
  for trial in trials {
    session.label(StreamLabel(t: 0, label: trial % classes))
    session.send(
      randomEvents(geometry, from: 0, duration: 40_000, meanInterval: 150, seed: UInt64(trial)))
    session.end(at: 40_000)
  }
}

@Suite struct RehearsalTests {
  @Test("What comes again is what a hand would play", arguments: Way.allCases)
  func equalsByHand(way: Way) throws {
    // One kept trial: the second is followed by the first once more, whatever is drawn.
    let session = try Session(configuration(way, trials: 1))
    play(session, 0..<2)

    let plain = configuration(way, trials: 0)
    let network = try Network<Float>(plain, inputs: geometry.addressCount)
    // In the same order: it is that in which what streams have pending is added.
    let (again, state) = (network.makeState(), network.makeState())
    func learn(_ trial: Int, in state: NetworkState<Float>) {
      let events = EventBatch(
        randomEvents(geometry, from: 0, duration: 40_000, meanInterval: 150, seed: UInt64(trial)))
      var steps = TrialSteps(of: events, geometry: geometry, configuration: plain).active
      while steps.count < 40 { steps.append([]) }
      network.learnTrial(label: trial % 3, in: state) { body in steps.forEach(body) }
    }
    learn(0, in: state)
    learn(1, in: state)
    learn(0, in: again)
    again.reset()
    state.reset()
    #expect(session.network.weightsDigest == network.weightsDigest)
    #expect(session.network.rehearsal?.rehearsed == 1)
    #expect(session.network.learnedTrials == 2, "the schedule of the rate counts new trials")
    #expect(session.learner.counters.trialsLearned == 2)
    #expect(session.finals.count == 2, "nothing is judged twice")
  }

  @Test("A run that was resumed has the bits of one that was not", arguments: Way.allCases)
  func resumes(way: Way) throws {
    let folder = try Folder()
    let path = folder.file("model")
    let whole = try Session(configuration(way) { $0.rehearsal.perTrial = 2 })
    play(whole, 0..<7)
    let part = try #require(try whole.network.rehearsal?.part())
    try Checkpoint.save(whole.network, geometry: geometry, parts: ["kept": part], to: path)
    play(whole, 7..<12)

    let resumed = try Session(
      configuration(way) {
        $0.rehearsal.perTrial = 2
        $0.seed = 99
      })
    play(resumed, 0..<2)
    try Checkpoint.load(path, into: resumed.network)
    let read = try #require(try Checkpoint.parts(path)["kept"])
    try resumed.network.rehearsal?.restore(read)
    play(resumed, 7..<12)
    #expect(resumed.network.weightsDigest == whole.network.weightsDigest)
    #expect(resumed.network.rehearsal?.rehearsed == whole.network.rehearsal?.rehearsed)
    #expect(try resumed.network.rehearsal?.part() == whole.network.rehearsal?.part())
  }

  @Test func damagedPartsChangeNothing() throws {
    let session = try Session(configuration(.adamByTrial))
    play(session, 0..<6)
    let rehearsal = try #require(session.network.rehearsal)
    let good = try rehearsal.part()
    func refuses(_ change: (inout CheckpointPart) -> Void) throws {
      var part = good
      change(&part)
      #expect(throws: ConfigurationError.self) { try rehearsal.restore(part) }
      #expect(try rehearsal.part() == good)
    }
    try refuses { $0.text = "{}" }
    for name in good.tensors.map(\.name) {
      try refuses { part in part.tensors.removeAll { $0.name == name } }
    }
    func replace(_ name: String, _ tensor: Safetensors.Tensor) throws {
      try refuses { part in
        part.tensors.removeAll { $0.name == name }
        part.tensors.append(tensor)
      }
    }
    let labels = try #require(good["labels"]?.integers)
    try replace("labels", .init(name: "labels", shape: [4], integers: [3, 0, 0, 0]))
    try replace("labels", .init(name: "labels", shape: [4], integers: [-1, 0, 0, 0]))
    try replace("labels", .init(name: "labels", shape: [3], integers: Array(labels.prefix(3))))
    try replace("seen", .init(name: "seen", shape: [3], longs: [0, 0, 0]))
    let count = try #require(good["addresses"]?.integers?.count)
    let outside = [Int32](repeating: 72, count: count)
    try replace("addresses", .init(name: "addresses", shape: [count], integers: outside))
    let late = [Int64](repeating: 40_000, count: count)
    try replace("times", .init(name: "times", shape: [count], longs: late))
  }

  @Test("Fewer kept trials than before: the largest classes give way")
  func shrinks() throws {
    let large = try Session(configuration(.adamByTrial, trials: 12))
    play(large, 0..<12)
    let part = try #require(try large.network.rehearsal?.part())
    let small = try Session(configuration(.adamByTrial, trials: 6))
    try small.network.rehearsal?.restore(part)
    #expect(small.network.rehearsal?.kept == [2, 2, 2])
  }

  @Test("Classes that came first keep their places")
  func staysBalanced() throws {
    let session = try Session(configuration(.adamByTrial, trials: 9))
    for trial in 0..<90 {
      // 30 of each class, one class after the other.
      session.label(StreamLabel(t: 0, label: trial / 30))
      session.send(events(0..<2000, seed: UInt64(trial)))
      session.end(at: 2000)
    }
    #expect(session.network.rehearsal?.kept == [3, 3, 3])
    #expect(session.network.rehearsal?.rehearsed == 89)
  }

  @Test("Within a class every trial has the same chance to be kept")
  func isFair() throws {
    var kept = [Int](repeating: 0, count: 10)
    for seed in 1...400 {
      let session = try Session(
        configuration(.adamByTrial, trials: 3) { $0.seed = UInt64(seed) })
      for trial in 0..<10 {
        session.label(StreamLabel(t: 0, label: 0))
        // So many events tell which trial it is.
        session.send(
          (0...trial).map { Event(t: Int64($0), x: UInt16($0 % 6), y: UInt16($0 / 6), on: true) })
        session.end(at: 100)
      }
      let part = try #require(try session.network.rehearsal?.part())
      for count in part["counts"]?.integers ?? [] { kept[Int(count) - 1] += 1 }
    }
    #expect(kept.reduce(0, +) == 1200)
    // 120 each; the standard deviation is 9.2.
    for count in kept { #expect((75...165).contains(count), "\(kept)") }
  }

  @Test func longTrialsAreNotKept() throws {
    let session = try Session(
      configuration(.adamByTrial) {
        $0.rehearsal.eventsPerTrial = 20
        $0.rehearsal.longest = 30
      })
    func trial(_ events: [Event], to end: Int64) {
      session.label(StreamLabel(t: 0, label: 1))
      session.send(events)
      session.end(at: end)
    }
    let events = (0..<21).map { Event(t: Int64($0), x: UInt16($0 % 6), y: 0, on: true) }
    trial(events, to: 1000)
    #expect(session.network.rehearsal?.skipped == 1)
    trial(Array(events.prefix(20)), to: 30_000)
    #expect(session.network.rehearsal?.keptEvents == 20)
    trial(Array(events.prefix(20)), to: 30_001)
    #expect(session.network.rehearsal?.skipped == 2)
    #expect(session.network.rehearsal?.memory == 240)
  }

  @Test("A label that comes late is followed by kept trials too")
  func lateLabels() throws {
    let session = try Session(configuration(.adamByTrial))
    play(session, 0..<3)
    session.label(StreamLabel(t: 0, label: nil, end: 20_000))
    session.send(events(0..<30_000))
    session.label(StreamLabel(t: 0, label: 2, end: 20_000))
    session.send(events(30_000..<31_000))
    #expect(session.network.rehearsal?.rehearsed == 3)
    #expect(session.network.rehearsal?.kept.reduce(0, +) == 4)
  }

  @Test func impossibleSettingsAreRefused() {
    func refuses(_ words: String, _ change: (inout LearnerConfiguration) -> Void) {
      var configuration = smallConfiguration()
      configuration.rehearsal.trials = 10
      change(&configuration)
      let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
      #expect(error?.description.contains(words) == true)
    }
    refuses("history_events") { $0.stream.historyEvents = 0 }
    refuses("reset_at_trial") { $0.stream.resetAtTrial = false }
    refuses("per_trial is 0") { $0.rehearsal.perTrial = 0 }
    refuses("MiB") {
      $0.rehearsal.trials = 100_000
      $0.rehearsal.eventsPerTrial = 10_000_000
    }
  }
}
