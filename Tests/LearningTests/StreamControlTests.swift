import Events
import Learning
import Testing

/// What an operator, or want of time, does to a stream that runs.
struct StreamControlTests {
  private func trial(_ session: Session, _ index: Int64, label: Int? = 1, to part: Int64 = 40_000) {
    let begin = index * 50_000
    session.label(StreamLabel(t: begin, label: label))
    session.send(events(begin..<begin + part, seed: UInt64(index)))
  }

  private func rest(_ session: Session, _ index: Int64, from part: Int64 = 20_000) {
    let begin = index * 50_000
    session.send(events(begin + part..<begin + 40_000, seed: UInt64(index + 100)))
    session.end(at: begin + 40_000)
  }

  @Test("A factor of the rate is as good as another rate", arguments: Way.allCases)
  func factor(_ way: Way) throws {
    let turned = try makeSession(way) { $0.optimiser.learningRate = 0.01 }
    let configured = try makeSession(way) { $0.optimiser.learningRate = 0.005 }
    turned.network.rateFactor = 0.5
    for session in [turned, configured] {
      for index in 0..<3 {
        trial(session, Int64(index))
        session.end(at: Int64(index) * 50_000 + 40_000)
      }
    }
    #expect(turned.outcome == configured.outcome)
    let before = turned.network.weightsDigest
    turned.network.rateFactor = 0
    trial(turned, 3)
    turned.end()
    #expect(turned.network.weightsDigest == before)
    #expect(turned.learner.counters.trialsLearned == 4)
  }

  @Test(
    "A trial that is given up leaves no gradient behind", arguments: [Way.sgdByTrial, .adamByTrial])
  func shed(_ way: Way) throws {
    let shed = try makeSession(way)
    let never = try makeSession(way)
    let before = shed.network.weightsDigest
    never.learner.isLearning = false
    for session in [shed, never] { trial(session, 0, to: 20_000) }
    shed.learner.isShedding = true
    for session in [shed, never] { rest(session, 0) }
    #expect(shed.network.weightsDigest == before)
    #expect(shed.learner.counters.trialsShed == 1 && shed.learner.counters.trialsLearned == 0)
    #expect(shed.finals.count == 1 && shed.finals[0].learned == false)
    #expect(shed.finals[0].scores == never.finals[0].scores)
    // One that begins while learning is shed, and one afterwards.
    for session in [shed, never] {
      trial(session, 1)
      session.end()
    }
    shed.learner.isShedding = false
    never.learner.isLearning = true
    for session in [shed, never] {
      trial(session, 2)
      session.end()
    }
    #expect(shed.learner.counters.trialsShed == 2 && never.learner.counters.trialsShed == 0)
    #expect(shed.learner.counters.trialsLearned == 1)
    #expect(shed.network.weightsDigest != before)
    #expect(shed.network.weightsDigest == never.network.weightsDigest)
  }

  @Test("A trial that is given up amid weights that move at every step moves them no further")
  func shedByStep() throws {
    let session = try makeSession(.sgdByStep)
    let before = session.network.weightsDigest
    trial(session, 0, to: 20_000)
    let middle = session.network.weightsDigest
    #expect(middle != before)
    session.learner.isShedding = true
    rest(session, 0)
    #expect(session.network.weightsDigest == middle)
    #expect(session.learner.counters.trialsShed == 1)
  }

  @Test("Late labels are not learned while learning is shed, and counted", arguments: Way.allCases)
  func lateLabel(_ way: Way) throws {
    let session = try makeSession(way)
    trial(session, 0, label: nil)
    session.send(events(45_000..<50_000))
    let before = session.network.weightsDigest
    session.learner.isShedding = true
    session.label(StreamLabel(t: 0, label: 2, end: 40_000))
    session.send(events(50_000..<51_000))
    #expect(session.network.weightsDigest == before)
    #expect(session.learner.counters.lateLabels == 1)
  }

  @Test(
    "A reset drops the open trial, and what follows is as if it had never been",
    arguments: Way.allCases)
  func reset(_ way: Way) throws {
    let reset = try makeSession(way) { $0.optimiser.learningRate = 0.01 }
    reset.network.rateFactor = 0
    trial(reset, 0, to: 20_000)
    reset.network.rateFactor = 1
    reset.learner.resetState()
    // The label once more is no new trial.
    reset.label(StreamLabel(t: 0, label: 1))
    reset.send(events(20_000..<30_000))
    reset.end()
    #expect(reset.learner.counters.stateResets == 1)
    #expect(reset.learner.counters.trials == 0 && reset.learner.counters.trialsLearned == 0)
    let fresh = try makeSession(way) { $0.optimiser.learningRate = 0.01 }
    #expect(reset.network.weightsDigest == fresh.network.weightsDigest)
    for session in [reset, fresh] {
      trial(session, 1)
      session.end()
    }
    #expect(reset.network.weightsDigest == fresh.network.weightsDigest)
    #expect(reset.finals.map(\.scores) == fresh.finals.map(\.scores) && reset.finals.count == 1)
  }
}
