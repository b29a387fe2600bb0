import Events
import Foundation
import Learning
import Testing

private let geometry = SensorGeometry(width: 6, height: 6)

private func configuration(
  _ way: Way, guarded: Bool = true, _ change: (inout LearnerConfiguration) -> Void = { _ in }
) -> LearnerConfiguration {
  smallConfiguration {
    way.apply(to: &$0)
    $0.hidden.neurons = 40
    $0.initialisation.inputGain = 4
    $0.initialisation.readoutGain = 0.3
    $0.optimiser.learningRate = way == .adamByTrial ? 0.01 : 0.002
    $0.regulariser.tau = 200
    $0.collapseGuard.enabled = guarded
    $0.collapseGuard.copyEvery = 10
    change(&$0)
  }
}

/// Three patterns on six by six pixels: two rows each among as many random events.
private func pattern(_ label: Int, seed: UInt64) -> [Event] {
  var random = SplitMix64(seed: seed, stream: 7)
  return (0..<60).map { index in
    let time = Int64(index) * 1000 + Int64(random.nextInteger(below: 1000))
    let x = UInt16(random.nextInteger(below: 6))
    let row =
      random.nextUniform() < 0.5
      ? 2 * label + random.nextInteger(below: 2) : random.nextInteger(below: 6)
    return Event(t: time, x: x, y: UInt16(row), on: random.nextUniform() < 0.5)
  }
}

/// Every pixel at every step, as of a lens cap torn off or a lamp that flickers.
private let flood: [Event] = {
  var events: [Event] = []
  for step in 0..<60 {
    for pixel in 0..<72 {
      let time = Int64(step * 1000 + pixel)
      let (x, y) = (UInt16(pixel % 6), UInt16(pixel / 6 % 6))
      events.append(Event(t: time, x: x, y: y, on: pixel < 36))
    }
  }
  return events
}()

extension Session {
  fileprivate func play(_ trials: Range<Int>) {
    for trial in trials { play(pattern(trial % 3, seed: UInt64(trial)), label: trial % 3) }
  }

  fileprivate func play(_ events: [Event], label: Int) {
    self.label(StreamLabel(t: 0, label: label))
    send(events)
    end(at: 60_000)
  }

  /// Accuracy on patterns that are not learned.
  fileprivate func accuracy() -> Double {
    learner.isLearning = false
    let first = finals.count
    play(1000..<1090)
    learner.isLearning = true
    return Double(finals[first...].count { $0.isCorrect == true }) / 90
  }

  fileprivate var guardCounts: [GuardIncident.Reason: Int] {
    network.collapseGuard?.counts ?? [:]
  }

  fileprivate var isFinite: Bool {
    network.connections.allSatisfy { $0.weights.contents.allSatisfy(\.isFinite) }
  }
}

@Suite struct GuardTests {
  @Test("As long as all is well it changes nothing", arguments: Way.allCases)
  func changesNothing(way: Way) throws {
    let (with, without) = (
      try Session(configuration(way)), try Session(configuration(way, guarded: false))
    )
    for session in [with, without] { session.play(0..<60) }
    #expect(with.guardCounts == [:])
    #expect(with.outcome == without.outcome)
  }

  @Test("A flood of events does not undo what was learned", arguments: Way.allCases)
  func flooded(way: Way) throws {
    func run(guarded: Bool) throws -> (before: Double, after: Double, session: Session) {
      let session = try Session(configuration(way, guarded: guarded))
      session.play(0..<90)
      let before = session.accuracy()
      for trial in 0..<20 { session.play(flood, label: trial % 3) }
      return (before, session.accuracy(), session)
    }
    let guarded = try run(guarded: true)
    let bare = try run(guarded: false)
    print("flood, \(way): \(bare.before) to \(bare.after), guarded to \(guarded.after)")
    #expect(guarded.before >= 0.9)
    #expect(guarded.after >= guarded.before - 0.05)
    // Adam's steps are as large as its rate, whatever the gradient: it survives by itself.
    if way != .adamByTrial {
      #expect(bare.after < bare.before - 0.2, "without the guard it would have been lost")
    }
    #expect(!guarded.session.guardCounts.isEmpty)
    // And it goes on learning: the flood is over.
    let incidents = guarded.session.guardCounts
    guarded.session.play(90..<150)
    #expect(guarded.session.guardCounts == incidents)
    #expect(guarded.session.accuracy() >= guarded.before - 0.05)
  }

  @Test("A learning rate a thousand times too high is brought down", arguments: Way.allCases)
  func tooFast(way: Way) throws {
    func run(guarded: Bool) throws -> Session {
      let session = try Session(
        configuration(way, guarded: guarded) { $0.optimiser.learningRate *= 1000 })
      session.play(0..<300)
      return session
    }
    let (guarded, bare) = (try run(guarded: true), try run(guarded: false))
    let (with, without) = (guarded.accuracy(), bare.accuracy())
    print("rate x 1000, \(way): \(without), guarded \(with), \(guarded.guardCounts)")
    #expect(with >= 0.85)
    #expect(without < with)
    #expect(guarded.network.collapseGuard?.rateFactor ?? 1 < 0.1)
  }

  @Test("What is no number does not stay", arguments: Way.allCases)
  func notANumber(way: Way) throws {
    let session = try Session(configuration(way))
    session.play(0..<90)
    let before = session.accuracy()
    #expect(!session.network.deltaMessage().tensors.isEmpty)
    for connection in session.network.connections where connection.name == "readout.weight" {
      connection.weights[3, 1] = .nan
    }
    session.play(90..<93)
    #expect(session.isFinite)
    #expect(session.accuracy() >= before - 0.05)
    let incidents = session.network.collapseGuard?.takeIncidents() ?? []
    #expect(incidents.count == 1)
    #expect(incidents.first?.rolledBack == true)
    #expect(incidents.first?.rateFactor == 0.5)
    #expect(incidents.first?.description.contains("rolled back") == true)
    #expect(session.network.collapseGuard?.takeIncidents() == [])
    // Whoever follows the weights is told of all of them.
    let rows = session.network.deltaMessage()["input.weight.rows"]?.integers?.count
    #expect(rows == geometry.addressCount)
  }

  @Test("A network that falls silent is put back")
  func silent() throws {
    let session = try Session(configuration(.adamByTrial) { $0.collapseGuard.lowestRate = 1 })
    session.play(0..<30)
    for connection in session.network.connections where connection.name == "input.weight" {
      connection.weights.contents = [Float](repeating: 0, count: connection.weights.contents.count)
    }
    session.play(30..<60)
    #expect(session.guardCounts[.silent] ?? 0 >= 1)
    session.play(60..<63)
    #expect((session.finals.last?.hiddenSpikes ?? 0) > 0)
  }

  @Test("Gradients that stay large are taken for normal in the end")
  func newNormal() throws {
    let session = try Session(
      configuration(.sgdByTrial) {
        $0.collapseGuard.patience = 5
        $0.collapseGuard.weightLimit = 0
        $0.collapseGuard.highestRate = 0
        $0.collapseGuard.gradientLimit = 1.5
        $0.optimiser.learningRate = 1e-5
      })
    session.play(0..<30)
    for _ in 0..<10 { session.play(flood, label: 0) }
    #expect(session.guardCounts[.gradientTooLarge] == 5)
    #expect(session.guardCounts[.accepted] == 1)
    let incidents = session.network.collapseGuard?.takeIncidents() ?? []
    #expect(incidents.map(\.rateFactor).min() ?? 0 > 0.49, "halved once only")
  }

  @Test("A run that was resumed has the bits of one that was not", arguments: Way.allCases)
  func resumes(way: Way) throws {
    let folder = try Folder()
    let path = folder.file("model")
    func disturb(_ session: Session) { for label in 0..<3 { session.play(flood, label: label) } }
    let whole = try Session(configuration(way))
    whole.play(0..<45)
    disturb(whole)
    whole.play(45..<52)
    let part = try #require(try whole.network.guardPart())
    try Checkpoint.save(whole.network, geometry: geometry, parts: ["guard": part], to: path)
    let resumed = try Session(configuration(way) { $0.seed = 99 })
    resumed.play(0..<3)
    try Checkpoint.load(path, into: resumed.network)
    try resumed.network.restoreGuard(try #require(try Checkpoint.parts(path)["guard"]))
    for session in [whole, resumed] {
      disturb(session)
      session.play(52..<60)
    }
    #expect(whole.guardCounts.values.reduce(0, +) >= 2)
    #expect(resumed.network.weightsDigest == whole.network.weightsDigest)
    #expect(resumed.network.collapseGuard?.counts == whole.network.collapseGuard?.counts)
    #expect(try resumed.network.guardPart() == whole.network.guardPart())
    var damaged = part
    damaged.tensors.removeFirst()
    #expect(throws: ConfigurationError.self) { try resumed.network.restoreGuard(damaged) }
    #expect(throws: ConfigurationError.self) {
      try resumed.network.restoreGuard(CheckpointPart(tensors: part.tensors, text: "{}"))
    }
    #expect(try resumed.network.guardPart() == whole.network.guardPart())
  }

  @Test func impossibleSettingsAreRefused() {
    func refuses(_ words: String, _ change: (inout LearnerConfiguration) -> Void) {
      var configuration = smallConfiguration()
      change(&configuration)
      let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
      #expect(error?.description.contains(words) == true)
    }
    refuses("guard.weight_limit") { $0.collapseGuard.weightLimit = 0.5 }
    refuses("guard.gradient_limit") { $0.collapseGuard.gradientLimit = .nan }
    refuses("guard.highest_rate_hz") { $0.collapseGuard.highestRate = 0.01 }
    refuses("guard.copy_every") { $0.collapseGuard.copyEvery = 0 }
  }
}
