import Events
import Learning
import Testing

@Suite struct GapTests {
  @Test("A long silence clears the state", arguments: Way.allCases)
  func gap(way: Way) throws {
    for gap in [50_000, 50_001, 1_000_000_000_000_000] as [Int64] {
      let session = try makeSession(way) {
        $0.stream.maxGap = 50
        $0.stream.resetAtTrial = false
        $0.hidden.tauMembrane = 1e4
      }
      session.label(StreamLabel(t: 0, label: 1))
      session.send(events(0..<20_000) + [Event(t: 20_000, x: 0, y: 0, on: true)])
      session.send([Event(t: 20_000 + gap, x: 1, y: 1, on: true)])
      let jumped = gap > 50_000
      #expect(session.learner.counters.timeJumps == (jumped ? 1 : 0))
      #expect(session.learner.counters.steps == (jumped ? 21 : 70))
      session.end()
      #expect(session.learner.counters.trials == 1)
      #expect(session.learner.counters.lateEvents == 0)
    }
  }

  /// After a silence longer than the gap a stream is like one that begins.
  @Test("Nothing survives a long silence", arguments: [nil, 25_000] as [Int64?])
  func nothingSurvives(end: Int64?) throws {
    let far: Int64 = 1_000_000_000_000_000
    func scores(history: [Event]) throws -> [[Float]] {
      let session = try makeSession(.sgdByTrial) {
        $0.stream.resetAtTrial = false
        $0.hidden.tauMembrane = 1e5
        $0.readout.tau = 1e5
        $0.optimiser.learningRate = 0
      }
      session.label(StreamLabel(t: 0, label: nil, end: end))
      session.send(history)
      session.label(StreamLabel(t: far, label: 1))
      session.send(events(far..<far + 30_000, seed: 14))
      session.end()
      return session.finals.dropFirst().map(\.scores)
    }
    let fresh = try scores(history: [])
    #expect(fresh.count == 1)
    #expect(try scores(history: events(0..<20_000, meanInterval: 50)) == fresh)
  }

  /// Between the end of one trial and the next events time goes on.
  @Test func theStateDecaysBetweenTrials() throws {
    func spikes(pause: Int64) throws -> (Int, StreamCounters) {
      let session = try makeSession(.sgdByTrial) {
        $0.stream.resetAtTrial = false
        $0.hidden.tauMembrane = 20
        $0.optimiser.learningRate = 0
      }
      session.label(StreamLabel(t: 0, label: nil, end: 20_000))
      session.send(events(0..<20_000, meanInterval: 50))
      session.label(StreamLabel(t: 20_000 + pause, label: nil))
      session.send([Event(t: 20_000 + pause, x: 0, y: 0, on: true)])
      session.end(at: 20_000 + pause + 5000)
      return (session.finals.last?.hiddenSpikes ?? 0, session.learner.counters)
    }
    #expect(try spikes(pause: 1000).0 > 0)
    let (late, counters) = try spikes(pause: 1_500_000)
    #expect(late == 0)
    #expect(counters.steps == 20 + 1500 + 5)
  }

  @Test("A restart drops the unfinished trial", arguments: Way.allCases)
  func restart(way: Way) throws {
    // Nothing else clears the state here.
    let session = try makeSession(way) { $0.stream.resetAtTrial = false }
    session.label(StreamLabel(t: 0, label: 1), StreamLabel(t: 900_000, label: 0))
    session.send(events(0..<30_000))
    let digest = session.network.weightsDigest
    session.label(StreamLabel(t: 2000, label: 2, name: "new"))
    session.learner.restart()
    #expect(session.finals.isEmpty)
    #expect(session.network.weightsDigest == digest)
    session.send(events(2000..<60_000, seed: 15))
    session.send(events(900_000..<910_000, seed: 15))
    session.end()
    #expect(session.finals.map(\.trial?.name) == ["new"], "the old label at 900 ms is gone")
    #expect(session.learner.counters.restarts == 1)
    #expect(session.learner.counters.lateEvents == 0)
    #expect(session.learner.counters.trials == 1)

    guard way != .sgdByStep else { return }
    let fresh = try Session(session.network.configuration, predictEvery: 7)
    fresh.label(StreamLabel(t: 2000, label: 2, name: "new"))
    fresh.send(events(2000..<60_000, seed: 15))
    fresh.send(events(900_000..<910_000, seed: 15))
    fresh.end()
    #expect(fresh.network.weightsDigest == session.network.weightsDigest)
    #expect(fresh.finals.map(\.scores) == session.finals.map(\.scores))
  }
}
