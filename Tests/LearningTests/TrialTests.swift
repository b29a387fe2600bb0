import Events
import Learning
import Testing

private let geometry = SensorGeometry(width: 6, height: 6)

private func configuration(
  _ way: Way, _ change: (inout LearnerConfiguration) -> Void = { _ in }
) -> LearnerConfiguration {
  smallConfiguration {
    way.apply(to: &$0)
    $0.initialisation.inputGain = 3
    change(&$0)
  }
}

@Suite struct TrialTests {
  @Test("A label's end ends its trial", arguments: Way.allCases)
  func labelEnd(way: Way) throws {
    let inside = events(0..<50_000)
    let alone = try Session(configuration(way))
    alone.label(StreamLabel(t: 0, label: 1))
    alone.send(inside)
    alone.end(at: 50_000)

    let session = try Session(configuration(way))
    session.label(StreamLabel(t: 0, label: 1, end: 50_000, name: "first"))
    session.send(inside)
    #expect(session.finals.isEmpty)
    let digest = session.network.weightsDigest
    if way != .sgdByStep {
      #expect(try digest == Session(configuration(way)).network.weightsDigest)
    }
    session.send([Event(t: 50_000, x: 0, y: 0, on: true)])
    #expect(session.finals.count == 1, "the end is not part of the trial")
    session.send(events(50_000..<90_000))
    #expect(session.finals.count == 1)
    #expect(session.finals.first?.trial?.begin == 0)
    #expect(session.finals.first?.trial?.name == "first")
    #expect(session.finals.first?.trial?.label == 1)
    #expect(session.finals.first?.learned == true)
    #expect(session.finals.first?.steps == 50)
    #expect(session.finals.first?.t == 50_000)
    #expect(session.network.weightsDigest == alone.network.weightsDigest)
    #expect(session.network.weightsDigest != (way == .sgdByStep ? "" : digest))
    session.end()
    #expect(session.finals.count == 1, "what comes after a trial is none")
    #expect(session.network.weightsDigest == alone.network.weightsDigest)
    #expect(session.learner.counters.trials == 1)
  }

  @Test("The next label ends a trial", arguments: Way.allCases)
  func nextLabel(way: Way) throws {
    let session = try Session(configuration(way))
    session.label(StreamLabel(t: 0, label: 1), StreamLabel(t: 40_000, label: 2, name: "second"))
    session.send(events(0..<40_000))
    #expect(session.finals.isEmpty)
    session.send([Event(t: 40_000, x: 0, y: 0, on: true)])
    #expect(session.finals.map(\.steps) == [40])
    session.send(events(40_001..<70_000))
    session.end(at: 70_000)
    #expect(session.finals.map(\.trial?.label) == [1, 2])
    #expect(session.finals.map(\.steps) == [40, 30])
    #expect(session.finals.map(\.t) == [40_000, 70_000])
    #expect(session.learner.counters.steps == 70)
    #expect(session.learner.counters.trialsLearned == 2)
    #expect(session.network.updates == (way == .sgdByStep ? 0 : 2))
  }

  @Test func labelsActInOrderOfTheirTime() throws {
    let session = try Session(configuration(.adamByTrial))
    session.label(
      StreamLabel(t: 40_000, label: 2), StreamLabel(t: 0, label: 0),
      StreamLabel(t: 20_000, label: 1))
    session.send(events(0..<60_000))
    session.end()
    #expect(session.finals.map(\.trial?.begin) == [0, 20_000, 40_000])
    #expect(session.finals.map(\.trial?.label) == [0, 1, 2])
  }

  @Test("The end of the recording ends a trial", arguments: [nil, 30_000, 45_500] as [Int64?])
  func endOfRecording(end: Int64?) throws {
    let session = try Session(configuration(.adamByTrial))
    session.label(StreamLabel(t: 0, label: 1))
    session.send(events(0..<29_000) + [Event(t: 29_500, x: 0, y: 0, on: false)])
    session.end(at: end)
    #expect(session.finals.map(\.steps) == [end == 45_500 ? 46 : 30])
    #expect(session.learner.counters.trialsLearned == 1)
    // Another recording may begin at an earlier time.
    session.label(StreamLabel(t: 0, label: 0))
    session.send(events(0..<20_000))
    session.end()
    #expect(session.finals.count == 2)
    #expect(session.learner.counters.lateEvents == 0)
    #expect(session.learner.counters.lateLabels == 0)
  }

  @Test("Unlabelled trials change nothing", arguments: Way.allCases)
  func unlabelled(way: Way) throws {
    let session = try Session(configuration(way) { $0.regulariser.strength = 5 })
    let (digest, rates) = (session.network.weightsDigest, session.network.firingRates)
    session.send(events(0..<20_000))
    session.label(StreamLabel(t: 20_000, label: nil, name: "only to predict"))
    session.send(events(20_000..<60_000))
    session.end()
    #expect(session.finals.count == 1)
    #expect(session.finals.first?.learned == false)
    #expect(session.finals.first?.loss == nil)
    #expect(session.finals.first?.isCorrect == nil)
    #expect((session.finals.first?.hiddenSpikes ?? 0) > 5)
    #expect(session.network.weightsDigest == digest)
    #expect(session.network.firingRates == rates)
    #expect(session.network.updates == 0)
    #expect(session.learner.counters.trials == 1)
    #expect(session.learner.counters.trialsLearned == 0)
  }

  @Test("Without learning no weight changes", arguments: Way.allCases)
  func notLearning(way: Way) throws {
    let session = try Session(configuration(way), isLearning: false)
    let digest = session.network.weightsDigest
    let rates = session.network.firingRates
    session.label(StreamLabel(t: 0, label: 1), StreamLabel(t: 30_000, label: 2))
    session.send(events(0..<60_000))
    session.end()
    #expect(session.network.weightsDigest == digest)
    #expect(session.network.firingRates == rates)
    #expect(session.finals.map(\.learned) == [false, false])
    #expect(session.finals.allSatisfy { $0.isCorrect != nil }, "the label still judges")
    #expect(session.learner.counters.trialsLearned == 0)
    // The switch acts at the next trial.
    session.learner.isLearning = true
    session.label(StreamLabel(t: 0, label: 1))
    session.send(events(0..<10_000))
    session.learner.isLearning = false
    session.send(events(10_000..<30_000))
    session.end()
    #expect(session.finals.last?.learned == true)
    #expect(session.network.weightsDigest != digest)
  }

  @Test("The state is cleared where a trial begins, if so configured", arguments: Way.allCases)
  func resetAtTrial(way: Way) throws {
    func digest(reset: Bool, before: [Event]) throws -> (String, [Float]?) {
      let session = try Session(configuration(way) { $0.stream.resetAtTrial = reset })
      session.send(before)
      session.label(StreamLabel(t: 20_000, label: 1))
      session.send(events(20_000..<60_000))
      session.end()
      return (session.network.weightsDigest, session.finals.first?.scores)
    }
    let history = events(0..<20_000, meanInterval: 50, seed: 12)
    #expect(try digest(reset: true, before: history) == digest(reset: true, before: []))
    #expect(try digest(reset: false, before: history) != digest(reset: false, before: []))
  }

  @Test func predictionsSumTheReadoutOverTheTrial() throws {
    let session = try Session(configuration(.sgdByTrial), predictEvery: 4)
    let steps = randomSteps(16, inputs: geometry.addressCount, rate: 0.1, seed: 4)
    session.label(StreamLabel(t: 0, label: 1))
    session.send(
      steps.enumerated().flatMap { step, active in
        active.map { address in
          let pixel = Int(address) % 36
          return Event(
            t: Int64(step) * 1000 + 10, x: UInt16(pixel % 6), y: UInt16(pixel / 6),
            on: address >= 36)
        }
      })
    session.end(at: 16_000)
    let network = try Network<Float>(configuration(.sgdByTrial), inputs: geometry.addressCount)
    let state = network.makeState()
    var sum: [Float] = [0, 0, 0]
    var (loss, inputSpikes, hiddenSpikes): (Float, Int, Int) = (0, 0, 0)
    for (step, active) in steps.enumerated() {
      loss += network.step(active, target: 1, in: state)
      sum = zip(sum, state.readout.membrane.contents).map(+)
      inputSpikes += active.count
      hiddenSpikes += state.hidden.spikes.count
      guard (step + 1).isMultiple(of: 4) else { continue }
      let prediction = session.predictions[step / 4]
      #expect(prediction.t == Int64(step + 1) * 1000)
      #expect(prediction.steps == step + 1)
      #expect(prediction.inputSpikes == inputSpikes)
      #expect(prediction.hiddenSpikes == hiddenSpikes)
      #expect(prediction.scores == sum.map { $0 / Float(step + 1) })
      #expect(prediction.predicted == sum.indices.max { sum[$0] < sum[$1] })
      #expect(abs((prediction.loss ?? 0) - loss / Float(step + 1)) < 1e-6)
      #expect(!prediction.isFinal)
    }
    #expect(hiddenSpikes > 0)
    #expect(session.predictions.count == 5)
    #expect(session.finals.first?.scores == session.predictions[3].scores)
  }
}
