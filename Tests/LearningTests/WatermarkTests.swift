import Events
import Learning
import Testing

/// Time that goes on without events.
@Suite struct WatermarkTests {
  private static let labels = [
    StreamLabel(t: 0, label: 1), StreamLabel(t: 30_000, label: 2, end: 55_500),
    StreamLabel(t: 60_300, label: 0),
  ]
  /// Events with a still scene amid a trial, and one between trials.
  private static let stream =
    events(0..<12_000) + events(21_000..<40_000) + events(70_000..<90_000)

  private static func run(
    _ way: Way, window: Int64 = 0, resets: Bool = true, watermarks: (Int64) -> [Int64]
  ) throws -> Session {
    let session = try makeSession(way) {
      $0.stream.reorderWindow = window
      $0.stream.resetAtTrial = resets
    }
    session.learner.add(labels: labels)
    var last: Int64 = 0
    for event in stream {
      for time in watermarks(last) where time <= event.t { session.advance(to: time) }
      session.send([event])
      last = event.t
    }
    session.end(at: 95_000)
    return session
  }

  @Test("Watermarks do not change the bits", arguments: Way.allCases, [0, 700])
  func sameBits(way: Way, window: Int64) throws {
    for resets in [true, false] {
      let without = try Self.run(way, window: window, resets: resets) { _ in [] }
      let with = try Self.run(way, window: window, resets: resets) { last in
        // Several on the way to the next event; most of them lie within a step.
        (1...25).map { last + $0 * 431 }
      }
      #expect(with.outcome == without.outcome)
      #expect(without.finals.count == 3 && without.learner.counters.trialsLearned == 3)
    }
  }

  /// A watermark says at once what an event of its time would have said.
  @Test func aWatermarkClosesWhatAnEventWould() throws {
    for time: Int64 in [12_000, 13_500, 29_999, 30_000, 31_001, 60_299, 60_300, 75_000] {
      let (told, shown) = (try makeSession(.adamByTrial), try makeSession(.adamByTrial))
      for session in [told, shown] {
        session.learner.add(labels: Self.labels)
        session.send(events(0..<12_000))
      }
      told.advance(to: time)
      shown.send([Event(t: time, x: 0, y: 0, on: true)])
      #expect(told.predictions == shown.predictions)
      #expect(told.network.weightsDigest == shown.network.weightsDigest)
      var counters = told.learner.counters
      #expect(counters.events == shown.learner.counters.events - 1)
      counters.events += 1
      #expect(counters == shown.learner.counters)
    }
  }

  @Test func aTrialEndsThoughNothingComes() throws {
    let session = try makeSession(.adamByTrial)
    session.label(StreamLabel(t: 0, label: 1, end: 20_000))
    session.send(events(0..<5000))
    session.advance(to: 19_999)
    #expect(session.finals.isEmpty)
    session.advance(to: 20_000)
    #expect(session.finals.count == 1 && session.finals.last?.learned == true)
    // Said again, or said of the past, it says nothing.
    let steps = session.learner.counters.steps
    session.advance(to: 20_000)
    session.advance(to: 7)
    #expect(session.learner.counters.steps == steps)
  }

  @Test func aStillSceneHasStepsFromItsFirstWatermarkOn() throws {
    let session = try makeSession(.adamByTrial)
    session.advance(to: 5300)
    #expect(session.learner.counters.steps == 0)
    session.advance(to: 8000)
    #expect(session.learner.counters.steps == 3, "[5000, 6000) to [7000, 8000)")
  }

  @Test func eventsBehindAWatermarkAreLate() throws {
    for window: Int64 in [0, 5000] {
      let session = try makeSession(.adamByTrial) { $0.stream.reorderWindow = window }
      let before = [100, 3400, 2900, 3000].map { Event(t: $0, x: 1, y: 1, on: true) }
      session.send(before)
      session.advance(to: 4500)
      #expect(session.learner.counters.events == (window == 0 ? 3 : 4))
      session.send([3999, 4100].map { Event(t: $0, x: 1, y: 1, on: true) })
      session.end()
      // The step that is open takes what belongs to it.
      #expect(session.learner.counters.lateEvents == (window == 0 ? 2 : 1))
    }
  }

  /// A label that comes after a watermark that lies behind its time.
  @Test("A label behind a watermark is late", arguments: Way.allCases)
  func lateLabel(way: Way) throws {
    func run(late: Bool) throws -> Session {
      let session = try makeSession(way)
      let label = StreamLabel(t: 15_000, label: 2)
      if !late { session.label(label) }
      session.send(events(0..<12_000))
      session.advance(to: 18_500)
      if late { session.label(label) }
      session.advance(to: 19_000)
      session.send(events(21_000..<50_000))
      session.end()
      return session
    }
    let (late, inTime) = (try run(late: true), try run(late: false))
    #expect(late.learner.counters.lateLabels == 1)
    #expect(late.network.weightsDigest == inTime.network.weightsDigest)
    #expect(late.finals == inTime.finals && inTime.finals.count == 1)
  }

  @Test func aWatermarkOfTheFarFutureIsAJump() throws {
    let session = try makeSession(.adamByTrial)
    session.label(StreamLabel(t: 0, label: 1))
    session.send(events(0..<5000))
    session.advance(to: 1 << 61)
    #expect(session.learner.counters.timeJumps == 1)
    #expect(session.learner.counters.steps < 10)
    session.learner.restart()
    session.label(StreamLabel(t: 100, label: 1))
    session.send(events(100..<20_000))
    session.end()
    #expect(session.learner.counters.trialsLearned == 1)
  }

  @Test("A stream goes on behind its watermark", arguments: Way.allCases)
  func snapshot(way: Way) throws {
    let folder = try Folder()
    let whole = try makeSession(way)
    whole.learner.add(labels: [StreamLabel(t: 0, label: 1)])
    whole.send(events(0..<12_000))
    whole.advance(to: 18_500)
    try Checkpoint.save(
      whole.network, geometry: SensorGeometry(width: 6, height: 6),
      parts: ["stream": whole.learner.snapshot()], to: folder.file("model"))
    let resumed = try makeSession(way)
    try Checkpoint.load(folder.file("model"), into: resumed.network)
    try resumed.learner.restore(try #require(Checkpoint.parts(folder.file("model"))["stream"]))
    // A label that is late by the watermark only.
    for session in [whole, resumed] {
      session.label(StreamLabel(t: 17_000, label: 2))
      session.send(events(19_000..<40_000))
      session.end()
    }
    #expect(resumed.learner.counters.lateLabels == 1)
    #expect(resumed.network.weightsDigest == whole.network.weightsDigest)
    #expect(resumed.learner.counters == whole.learner.counters)
    #expect(resumed.finals == whole.finals)
  }
}
