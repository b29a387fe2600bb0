import Events
import Learning
import Service
import Testing

/// Clocks that jump, and publishers and sensors that die and come back.
@Suite(.timeLimit(.minutes(10))) struct ClockJumpTests {
  private static let hour: Int64 = 3_600_000_000

  private func event(_ time: Int64) -> [Event] { [Event(t: time, x: 1, y: 1, on: true)] }

  private func engine(
    _ change: (inout EngineConfiguration) -> Void = { _ in }
  ) throws -> RunningEngine {
    try RunningEngine {
      $0.predictions.every = 0
      change(&$0)
    }
  }

  /// What an engine learns from a trial on its own.
  private func digest(after trials: [TestTrial], _ engine: RunningEngine) throws -> String {
    var twin = try Twin(engine.engine.configuration)
    twin.run(trials)
    return twin.digest
  }

  @Test(arguments: [WireEncoding.t64x16y16on8, .i64x4, .aedat4])
  func aClockThatGoesBackBeginsTheStreamAnew(_ encoding: WireEncoding) throws {
    let engine = try engine()
    let feeder = try engine.feeder("cam", encoding: encoding)
    try feeder.send(
      event(2 * Self.hour), labels: [StreamLabel(t: 2 * Self.hour - 5, label: 2)])
    let session = try feeder.waitUntilDone().sources["cam"]?.session
    let trial = TestTrial(0, begin: Self.hour)
    try feeder.send(trial)
    let status = try feeder.waitUntilDone()
    // The trial that was under way is given up; the numbers go on.
    #expect(try engine.digest() == digest(after: [trial], engine))
    let source = try #require(status.sources["cam"])
    #expect(source.time.clockJumps == 1 && source.session == session && source.duplicates == 0)
    #expect(status.stream.restarts == 1 && status.stream.trials == 1)
    #expect(source.messages == 6 && source.lateEvents == 0 && status.missingMessages == 0)
  }

  @Test func anHourForwardIsASilence() throws {
    let engine = try engine()
    let feeder = try engine.feeder()
    try feeder.send(event(1000))
    let trial = TestTrial(0, begin: Self.hour)
    try feeder.send(trial)
    let status = try feeder.waitUntilDone()
    #expect(try engine.digest() == digest(after: [trial], engine))
    #expect(status.sources["cam"]?.time.clockJumps == 0 && status.stream.timeJumps == 1)
    #expect(status.stream.restarts == 0 && status.stream.lateEvents == 0)
  }

  @Test func oneMessageOfTheFarFutureIsGotOver() throws {
    let engine = try engine()
    let feeder = try engine.feeder("cam", encoding: .t64x16y16on8)
    try feeder.send(event(1000))
    try feeder.send(event(1 << 60))
    let trial = TestTrial(0, begin: 50_000)
    try feeder.send(trial)
    try feeder.send(raw: feeder.writer.stillScene(until: 1 << 61))
    let next = TestTrial(1, begin: 150_000)
    try feeder.send(next)
    let status = try feeder.waitUntilDone()
    #expect(try engine.digest() == digest(after: [trial, next], engine))
    #expect(status.sources["cam"]?.time.clockJumps == 2)
    #expect(status.stream.lateEvents == 0)
  }

  /// Nobody can tell an hour back from a wrap of 32 bits: time goes on, 11 minutes later.
  @Test func anHourBackOnAShortClockIsAWrap() throws {
    let engine = try engine()
    let feeder = try engine.feeder()
    try feeder.send(event(Self.hour))
    let trial = TestTrial(0, begin: 50_000)
    try feeder.send(trial)
    let status = try feeder.waitUntilDone()
    #expect(try engine.digest() == digest(after: [trial], engine))
    #expect(status.stream.timeJumps == 1 && status.stream.lateEvents == 0)
    // Twenty minutes are told from one.
    try feeder.send(event(Self.hour / 2))
    try feeder.send(event(Self.hour / 6))
    let after = try feeder.waitUntilDone()
    #expect(after.sources["cam"]?.time.clockJumps == 1)
  }

  @Test func aLittleDisorderIsNoJump() throws {
    let engine = try engine { $0.live.clockBack = 2000 }
    let feeder = try engine.feeder()
    try feeder.send(event(10_000_000))
    try feeder.send(event(8_000_001))
    #expect(try feeder.waitUntilDone().stream.lateEvents == 1)
    try feeder.send(event(7_999_999))
    let status = try feeder.waitUntilDone()
    #expect(status.sources["cam"]?.time.clockJumps == 1)
    #expect(status.sources["cam"]?.lateEvents == 1 && status.stream.events == 2)
  }

  @Test func transformsForgetTheOldClock() throws {
    let transforms = [try EventTransform("refractory_period=1000")]
    let engine = try engine { $0.transforms = transforms }
    let feeder = try engine.feeder("cam", encoding: .t64x16y16on8)
    try feeder.send(event(Self.hour))
    try feeder.send(event(500))
    let status = try feeder.waitUntilDone()
    #expect(status.sources["cam"]?.transformedAway == 0 && status.stream.events == 2)
  }

  @Test func everyRecordingMayHaveAClockOfItsOwn() throws {
    let engine = try engine()
    let feeder = try engine.feeder("cam", encoding: .t64x16y16on8)
    let trials = [5 * Self.hour, 0, Self.hour, 100].enumerated().map {
      TestTrial($0.offset, begin: $0.element)
    }
    for trial in trials { try feeder.send(trial) }
    let status = try feeder.waitUntilDone()
    #expect(try engine.digest() == digest(after: trials, engine))
    #expect(status.sources["cam"]?.time.clockJumps == 0 && status.stream.restarts == 0)
  }

  // MARK: - Publishers that come back

  /// Killed and started again, as its own process would be: another connection, the numbers from 0 on.
  @Test(arguments: [0, 3])
  func aPublisherThatWasKilledComesBack(_ lostMessages: Int) throws {
    let engine = try engine()
    var feeder: Feeder? = try engine.feeder()
    for index in 0..<20 { try feeder?.send(event(Int64(index) * 1000)) }
    try feeder?.waitUntilDone()
    feeder = nil
    try engine.status("its end") { $0.disconnects == 1 }
    let second = try engine.feeder()
    for _ in 0..<lostMessages { _ = second.writer.endOfRecording(at: 0) }
    let trial = TestTrial(0, begin: 40_000)
    try second.send(trial)
    let status = try second.waitUntilDone()
    // Neither dropped as what had been there, nor waited for.
    #expect(try engine.digest() == digest(after: [trial], engine))
    #expect(status.stream.restarts == 1 && status.duplicates == 0 && status.missingMessages == 0)
    #expect(status.sources["cam"]?.session == 2 && status.sources["cam"]?.messages == 5)
  }

  @Test func aMessageThatComesLateFillsItsGap() throws {
    let engine = try engine { $0.learner.stream.reorderWindow = 50_000 }
    let feeder = try engine.feeder()
    let messages = try TestTrial(0).messages(&feeder.writer, eventsPerMessage: 20)
    for index in [0, 1, 4, 2, 5, 6, 3, 3, 7, 8, 9, 10] { try feeder.send(raw: messages[index]) }
    let status = try feeder.waitUntilDone()
    #expect(try engine.digest() == digest(after: [TestTrial(0)], engine))
    let source = try #require(status.sources["cam"])
    #expect(source.time.lateMessages == 2 && source.missingMessages == 0 && source.duplicates == 1)
    #expect(status.missingMessages == 0 && source.lateEvents == 0 && source.messages == 11)
  }

  /// The endpoint vanishes under the engine's feet; the publisher binds it, and the engine connects again.
  @Test func anEndpointThatIsTakenAwayComesBack() throws {
    let folder = try Folder()
    let endpoint = "ipc://\(folder.path)/camera"
    let engine = try engine { $0.endpoints.events = [">" + endpoint] }
    var trials: [TestTrial] = []
    for index in 0..<3 {
      var feeder: Feeder? = try Feeder(
        "cam", to: engine, encoding: .t32x16y15on1, header: .binary, at: "@" + endpoint)
      let trial = TestTrial(index, begin: Int64(index) * 100_000)
      try feeder?.send(trial)
      trials.append(trial)
      try engine.status("trial \(index)") { $0.stream.trialsLearned == index + 1 }
      feeder = nil
      try engine.status("its end") { $0.disconnects == index + 1 }
    }
    let status = try engine.status()
    #expect(try engine.digest() == digest(after: trials, engine))
    #expect(status.connects == 3 && status.stream.restarts == 2)
  }
}
