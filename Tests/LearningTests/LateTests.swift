import Events
import Learning
import Testing

@Suite struct LateTests {
  @Test("Late events are as if they had not been sent", arguments: Way.allCases)
  func lateEvents(way: Way) throws {
    let labels = [StreamLabel(t: 0, label: 1), StreamLabel(t: 40_000, label: 0, end: 70_300)]
    let clean = try makeSession(way)
    clean.learner.add(labels: labels)
    clean.send(events(0..<90_000))
    clean.end()

    let disturbed = try makeSession(way)
    disturbed.learner.add(labels: labels)
    var sent: [Event] = []
    var late = 0
    for (index, event) in events(0..<90_000).enumerated() {
      sent.append(event)
      guard index % 9 == 8 else { continue }
      // From just before the open step, or from long ago.
      let open = event.t / 1000 * 1000
      let times = [open - 1, open - 1000, 3, -5000, event.t >= 70_300 ? 70_299 : -1]
      for time in times where time < (event.t >= 70_300 ? 70_300 : open) {
        sent.append(Event(t: time, x: UInt16(index % 6), y: 3, on: index % 2 == 0))
        late += 1
      }
    }
    disturbed.send(sent)
    disturbed.end()
    #expect(late > 100)
    #expect(disturbed.learner.counters.lateEvents == late)
    #expect(disturbed.learner.counters.events + late == sent.count)
    #expect(disturbed.network.weightsDigest == clean.network.weightsDigest)
    #expect(disturbed.predictions == clean.predictions)
  }

  /// A trial that ends off the grid closes its last step there, and the time before it with it.
  @Test func timeBeforeTheEndOfATrialIsClosed() throws {
    let session = try makeSession(.adamByTrial)
    session.label(StreamLabel(t: 300, label: 1, end: 5600))
    session.send([500, 5700, 5599, 5500].map { Event(t: $0, x: 1, y: 1, on: true) })
    session.end(at: 6600)
    #expect(session.learner.counters.events == 2)
    #expect(session.learner.counters.lateEvents == 2)
    #expect(session.learner.counters.steps == 7, "[300, 1300) to [5300, 5600), [5600, 6600)")
  }

  /// Kept events and a stream that goes back make of a late label one that came in time.
  @Test("A late label is as if it had come in time", arguments: Way.allCases)
  func lateLabel(way: Way) throws {
    func run(_ label: StreamLabel, after time: Int64) throws -> Session {
      let session = try makeSession(way) { $0.stream.reorderWindow = 700 }
      session.send(events(0..<3000))
      if time == 0 { session.label(label) }
      session.send(events(3000..<20_000))
      if time > 0 { session.label(label) }
      session.send(events(20_000..<50_000))
      session.end()
      return session
    }
    for label in [
      StreamLabel(t: 5000, label: 2, name: "late"), StreamLabel(t: 5432, label: 1, end: 40_100),
    ] {
      let inTime = try run(label, after: 0)
      let late = try run(label, after: 20_000)
      #expect(late.network.weightsDigest == inTime.network.weightsDigest)
      #expect(late.finals == inTime.finals && late.finals.count == 1)
      #expect(late.finals[0].learned && late.finals[0].trial?.begin == label.t)
      var counters = late.learner.counters
      #expect(counters.lateLabels == 1)
      counters.lateLabels = 0
      counters.steps = inTime.learner.counters.steps
      #expect(counters == inTime.learner.counters)
    }
  }

  /// A second label in the midst of a trial that is being learned.
  @Test("A late label splits a trial", arguments: [Way.sgdByTrial, .adamByTrial])
  func lateSplit(way: Way) throws {
    func run(inTime: Bool) throws -> Session {
      let session = try makeSession(way)
      session.label(StreamLabel(t: 1000, label: 0))
      if inTime { session.label(StreamLabel(t: 12_500, label: 2)) }
      session.send(events(0..<20_000))
      if !inTime { session.label(StreamLabel(t: 12_500, label: 2)) }
      session.send(events(20_000..<50_000))
      session.end()
      return session
    }
    let (inTime, late) = (try run(inTime: true), try run(inTime: false))
    #expect(late.network.weightsDigest == inTime.network.weightsDigest)
    #expect(late.finals == inTime.finals && late.finals.map(\.trial?.label) == [0, 2])
  }

  /// Weights that moved at every step stay moved; the first trial ends where it is.
  @Test func lateSplitOfATrialThatMovesWeightsAtEveryStep() throws {
    let session = try makeSession(.sgdByStep)
    session.label(StreamLabel(t: 1000, label: 0))
    session.send(events(0..<20_000))
    session.label(StreamLabel(t: 12_500, label: 2))
    session.send(events(20_000..<50_000))
    session.end()
    #expect(session.finals.map(\.trial?.begin) == [1000, 12_500])
    #expect(session.finals.map(\.learned) == [true, true])
    #expect(session.learner.counters.trialsLearned == 2)
  }

  @Test("Without kept events a late label acts from then on", arguments: Way.allCases)
  func lateLabelWithoutHistory(way: Way) throws {
    for forgets in [0, 20, 1 << 18] {
      let session = try makeSession(way) {
        $0.stream.historyEvents = forgets
        $0.stream.resetAtTrial = forgets < 1 << 18
      }
      let digest = session.network.weightsDigest
      session.send(events(0..<20_000))
      session.label(StreamLabel(t: 5000, label: 2, name: "late"))
      session.send(events(20_000..<50_000))
      session.end()
      #expect(session.learner.counters.lateLabels == 1)
      #expect(session.finals.map(\.trial?.label) == [2])
      let begin = session.finals.first?.trial?.begin ?? 0
      #expect(begin == (events(0..<20_000).last?.t ?? 0) + 1)
      #expect(session.network.weightsDigest != digest)
      #expect(session.learner.counters.trialsLearned == 1)
    }
  }

  @Test("A label may name a trial that has begun", arguments: Way.allCases)
  func lateName(way: Way) throws {
    let session = try makeSession(way)
    let digest = session.network.weightsDigest
    session.label(StreamLabel(t: 0, label: nil, name: "open"))
    session.send(events(0..<20_000))
    session.label(StreamLabel(t: 0, label: 2, end: 40_000))
    session.send(events(20_000..<50_000))
    session.end()
    #expect(session.learner.counters.lateLabels == 1)
    #expect(session.learner.counters.trials == 1)
    #expect(session.finals.first?.trial?.name == "open")
    #expect(session.finals.first?.trial?.label == 2)
    #expect(session.finals.first?.steps == 40)
    #expect(session.network.weightsDigest != digest)
    let inTime = try makeSession(way)
    inTime.label(StreamLabel(t: 0, label: 2, end: 40_000, name: "open"))
    inTime.send(events(0..<20_000))
    inTime.send(events(20_000..<50_000))
    inTime.end()
    #expect(session.network.weightsDigest == inTime.network.weightsDigest)
    #expect(session.finals == inTime.finals)
  }

  @Test("A late name with an end that has passed", arguments: Way.allCases)
  func lateNameAfterTheEnd(way: Way) throws {
    let session = try makeSession(way)
    let digest = session.network.weightsDigest
    session.label(StreamLabel(t: 0, label: nil))
    session.send(events(0..<20_000))
    session.label(StreamLabel(t: 0, label: 2, end: 10_000))
    session.send(events(20_000..<50_000))
    session.end(at: 50_000)
    let sent = events(0..<20_000).count + events(20_000..<50_000).count
    #expect(session.finals.map(\.trial?.label) == [2])
    #expect(session.finals.map(\.learned) == [false], "its own stretch was learned apart")
    #expect(session.learner.counters.trialsLearned == 1)
    #expect(session.network.weightsDigest != digest)
    let alone = try makeSession(way)
    alone.label(StreamLabel(t: 0, label: 2, end: 10_000))
    alone.send(events(0..<20_000))
    alone.end()
    #expect(session.network.weightsDigest == alone.network.weightsDigest)
    #expect((50...51).contains(session.learner.counters.steps), "no time comes twice")
    #expect(session.learner.counters.events == sent)
  }

  /// What is over is learned from its kept events, without touching what is under way.
  @Test("A label of a trial that is over", arguments: Way.allCases)
  func labelOfATrialThatIsOver(way: Way) throws {
    let session = try makeSession(way)
    session.send(events(0..<20_000))
    session.label(StreamLabel(t: 5000, label: 2, end: 15_000))
    session.send(events(20_000..<50_000))
    session.end()
    #expect(session.learner.counters.lateLabels == 1)
    #expect(session.learner.counters.trialsLearned == 1)
    #expect(session.finals.isEmpty, "it was not judged")
    let inTime = try makeSession(way)
    inTime.label(StreamLabel(t: 5000, label: 2, end: 15_000))
    inTime.send(events(0..<20_000))
    inTime.send(events(20_000..<50_000))
    inTime.end()
    #expect(session.network.weightsDigest == inTime.network.weightsDigest)
  }

  /// A label without an end holds until the next one. It is learned once, however often it comes.
  @Test("A label older than the latest trial", arguments: [nil, 30_000] as [Int64?])
  func labelOfAnEarlierTrial(end: Int64?) throws {
    func run(_ copies: Int) throws -> Outcome {
      let session = try makeSession(.adamByTrial)
      session.label(StreamLabel(t: 10_000, label: 1, end: end, name: "second"))
      session.send(events(0..<35_000))
      for _ in 0..<copies { session.label(StreamLabel(t: 0, label: 2, name: "first")) }
      session.send(events(35_000..<50_000))
      session.end()
      return session.outcome
    }
    let (none, one, three) = (try run(0), try run(1), try run(3))
    #expect(one.digest != none.digest && one.digest == three.digest)
    #expect(one.counters.trialsLearned == none.counters.trialsLearned + 1)
    #expect(three.counters.trialsLearned == one.counters.trialsLearned)
    #expect(three.counters.lateLabels == 3)
    #expect(one.finals.map(\.trial?.name) == ["second"])
  }

  @Test func labelOfATrialThatIsForgottenIsDropped() throws {
    let session = try makeSession(.adamByTrial) { $0.stream.historyEvents = 50 }
    let digest = session.network.weightsDigest
    session.send(events(0..<30_000))
    session.label(StreamLabel(t: 1000, label: 2, end: 5000))
    session.send(events(30_000..<50_000))
    session.end()
    #expect(session.learner.counters.lateLabels == 1)
    #expect(session.network.weightsDigest == digest)
  }

  /// Labels of one message: some are over, some not; together they are as in time.
  @Test("Late labels that come together", arguments: [Way.sgdByTrial, .adamByTrial])
  func lateLabelsTogether(way: Way) throws {
    let labels = [
      StreamLabel(t: 3000, label: 1), StreamLabel(t: 9000, label: 2, end: 14_000),
      StreamLabel(t: 16_000, label: 0),
    ]
    func run(inTime: Bool) throws -> Session {
      let session = try makeSession(way)
      if inTime { session.learner.add(labels: labels) }
      session.send(events(0..<20_000))
      if !inTime { session.learner.add(labels: labels.reversed()) }
      session.send(events(20_000..<50_000))
      session.end()
      return session
    }
    let (inTime, late) = (try run(inTime: true), try run(inTime: false))
    #expect(late.finals == inTime.finals && late.finals.count == 3)
    #expect(late.network.weightsDigest == inTime.network.weightsDigest)
  }

  /// An announced trial keeps the end it had, whatever comes after it.
  @Test("The class of an announced trial that is over", arguments: [nil, 40_000] as [Int64?])
  func classOfAnAnnouncedTrial(next: Int64?) throws {
    let session = try makeSession(.adamByTrial)
    session.label(StreamLabel(t: 2000, label: nil, end: 12_000))
    if let next { session.label(StreamLabel(t: next, label: nil)) }
    session.send(events(0..<45_000))
    session.label(StreamLabel(t: 2000, label: 1))
    session.send(events(45_000..<50_000))
    session.end()
    #expect(session.learner.counters.trialsLearned == 1)
    let inTime = try makeSession(.adamByTrial)
    inTime.label(StreamLabel(t: 2000, label: 1, end: 12_000))
    inTime.send(events(0..<45_000))
    inTime.end()
    #expect(session.network.weightsDigest == inTime.network.weightsDigest)
  }

  /// The announcement and its class, or the same label twice, in one message.
  @Test func labelsOfOneTimeAreOneLabel() throws {
    func run(_ labels: [StreamLabel]) throws -> Session {
      let session = try makeSession(.adamByTrial)
      session.learner.add(labels: labels)
      session.send(events(0..<50_000))
      session.end()
      return session
    }
    let one = try run([StreamLabel(t: 1000, label: 2, end: 30_000, name: "a")])
    let twice = try run([
      StreamLabel(t: 1000, label: 2, end: 30_000, name: "a"),
      StreamLabel(t: 1000, label: 2, end: 30_000, name: "a"),
    ])
    let announced = try run([
      StreamLabel(t: 1000, label: nil, end: 30_000, name: "a"), StreamLabel(t: 1000, label: 2),
    ])
    for other in [twice, announced] {
      #expect(other.finals == one.finals && other.finals.count == 1)
      #expect(other.network.weightsDigest == one.network.weightsDigest)
    }
  }

  /// What is no longer remembered is not learned a second time either.
  @Test func aLabelOfLongAgoIsNotLearnedAgain() throws {
    let session = try makeSession(.adamByTrial)
    for trial in 0..<300 as Range<Int64> {
      session.label(StreamLabel(t: trial * 2000, label: Int(trial % 3), end: trial * 2000 + 2000))
      session.send([Event(t: trial * 2000 + 5, x: 1, y: 1, on: true)])
    }
    let learned = session.learner.counters.trialsLearned
    session.label(StreamLabel(t: 0, label: 0, end: 2000), StreamLabel(t: 2000, label: 1, end: 4000))
    session.send([Event(t: 599_100, x: 1, y: 1, on: true)])
    #expect(session.learner.counters.trialsLearned == learned)
  }

  /// Few events may stand for many steps: what late labels cost stays in proportion to the stream.
  @Test func lateLabelsCannotMakeEndlessWork() throws {
    let session = try makeSession(.adamByTrial)
    let sparse = (0..<150).map { Event(t: Int64($0) * 1_900_000, x: 1, y: 1, on: true) }
    session.send(sparse)
    let begin = ContinuousClock.now
    for label in 0..<200 as Range<Int64> {
      session.label(StreamLabel(t: label + 1, label: 0, end: 280_000_000))
    }
    session.send([Event(t: 285_000_100, x: 1, y: 1, on: true)])
    let counters = session.learner.counters
    #expect(counters.trialsTooLong > 150 && counters.trialsLearned >= 3)
    #expect(counters.trialsTooLong + counters.trialsLearned == 200)
    #expect(begin.duration(to: .now) < .seconds(120))
  }

  /// Messages may come twice.
  @Test func aLabelThatComesAgainChangesNothing() throws {
    func run(_ copies: Int) throws -> Outcome {
      let session = try makeSession(.adamByTrial)
      let label = StreamLabel(t: 0, label: 1)
      session.label(label)
      for part in 0..<3 as Range<Int64> {
        session.send(events(part * 10_000..<(part + 1) * 10_000))
        if part < copies { session.label(label) }
      }
      session.end()
      return session.outcome
    }
    let expected = try run(0)
    var outcome = try run(2)
    #expect(outcome.counters.lateLabels == 2)
    outcome.counters.lateLabels = 0
    #expect(outcome == expected)
  }

  /// Two labels that are both late act in the order of their times, not of their arrival.
  @Test func theLatestOfSeveralLateLabelsHolds() throws {
    for together in [true, false] {
      let session = try makeSession(.adamByTrial)
      session.send(events(0..<20_000))
      if together {
        session.label(StreamLabel(t: 10_000, label: 2), StreamLabel(t: 5000, label: 1))
      } else {
        session.label(StreamLabel(t: 5000, label: 1))
        session.send(events(20_000..<21_000))
        session.label(StreamLabel(t: 10_000, label: 2))
      }
      session.send(events(21_000..<50_000))
      session.end()
      #expect(session.finals.map(\.trial?.label) == [1, 2])
      #expect((session.finals.last?.steps ?? 0) > 25)
      #expect(session.learner.counters.lateLabels == 2)
    }
  }

  @Test func moreLabelsThanFitAreDroppedAndCounted() throws {
    let session = try makeSession(.adamByTrial)
    let labels = (0..<5000).map { StreamLabel(t: Int64($0) * 1_000_000_000, label: 0) }
    session.learner.add(labels: labels)
    #expect(session.learner.counters.droppedLabels == 904)
    session.learner.add(labels: labels)
    #expect(session.learner.counters.droppedLabels == 5904)
  }
}
