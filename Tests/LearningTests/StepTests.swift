import Events
import Learning
import Testing

private let geometry = SensorGeometry(width: 6, height: 6)

/// Four trials of 60 ms, one after the other, the third one without a label.
private struct Recording {
  let labels: [StreamLabel]
  let events: [Event]

  init(begin: Int64 = 0, seed: UInt64 = 3) {
    events = randomEvents(
      geometry, from: begin, duration: 240_000, meanInterval: 150, seed: seed)
    labels = [0, 2, nil, 1].enumerated().map { index, label in
      StreamLabel(t: begin + Int64(index) * 60_000, label: label, name: "trial \(index)")
    }
  }
}

@Suite struct StepTests {
  private static let sizes = [1, 7, 64, 5000, Int.max]

  private func configuration(_ way: Way) -> LearnerConfiguration {
    smallConfiguration {
      way.apply(to: &$0)
      $0.initialisation.inputGain = 3
      // A whole trial's gradient at once: a larger step would silence the hidden layer.
      if way == .sgdByTrial { $0.optimiser.learningRate = 0.001 }
    }
  }

  /// Runs a recording in messages of `size` events; labels before everything, or each with the
  /// message that brings the first event of its trial.
  private func run(
    _ configuration: LearnerConfiguration, _ recording: Recording, events: [Event]? = nil,
    size: Int, labelsFirst: Bool
  ) throws -> Outcome {
    let session = try Session(configuration, predictEvery: 10)
    var labels = recording.labels[...]
    if labelsFirst {
      session.learner.add(labels: Array(labels))
      labels = []
    }
    var rest = (events ?? recording.events)[...]
    while !rest.isEmpty {
      let message = rest.prefix(size)
      rest = rest.dropFirst(message.count)
      let newest = message.map(\.t).max() ?? 0
      while let label = labels.first, label.t <= newest {
        session.learner.add(labels: [label])
        labels.removeFirst()
      }
      session.send(message)
    }
    session.end()
    return session.outcome
  }

  @Test("Messages do not show", arguments: Way.allCases, [true, false])
  func messagesDoNotShow(way: Way, labelsFirst: Bool) throws {
    let recording = Recording()
    let configuration = configuration(way)
    let expected = try run(configuration, recording, size: Int.max, labelsFirst: true)
    #expect(expected.counters.trials == 4)
    #expect(expected.counters.trialsLearned == 3)
    #expect(expected.counters.events == recording.events.count)
    #expect(expected.finals.allSatisfy { $0.hiddenSpikes > 5 })
    #expect(expected.predictions.count > 20)
    #expect(try expected.digest != Session(configuration).network.weightsDigest)
    for size in Self.sizes {
      let outcome = try run(configuration, recording, size: size, labelsFirst: labelsFirst)
      #expect(outcome == expected, "messages of \(size)")
    }
  }

  @Test("Disorder inside the window does not show", arguments: Way.allCases, [true, false])
  func disorderInsideTheWindow(way: Way, labelsFirst: Bool) throws {
    let recording = Recording()
    let sorted = configuration(way)
    let expected = try run(sorted, recording, size: Int.max, labelsFirst: true)
    var windowed = sorted
    windowed.stream.reorderWindow = 3000
    // Each event is delayed by less than the window.
    var random = SplitMix64(seed: 5)
    let delayed = recording.events.map { ($0, $0.t + Int64(random.nextInteger(below: 2999))) }
    let shuffled: [Event] = delayed.sorted { $0.1 < $1.1 }.map { $0.0 }
    #expect(shuffled != recording.events)
    for size in Self.sizes {
      let outcome = try run(
        windowed, recording, events: shuffled, size: size, labelsFirst: labelsFirst)
      #expect(outcome == expected, "messages of \(size)")
    }
    // The same disorder without a window costs events: the test above was about something.
    let dropped = try run(sorted, recording, events: shuffled, size: 64, labelsFirst: true)
    #expect(dropped.counters.lateEvents > 10)
    #expect(dropped.counters.events + dropped.counters.lateEvents == shuffled.count)
    #expect(dropped.digest != expected.digest)
  }

  @Test func disorderAsWideAsTheWindowIsLate() throws {
    let session = try Session(smallConfiguration { $0.stream.reorderWindow = 2000 })
    session.send([Event(t: 10_500, x: 0, y: 0, on: true)])
    session.send([Event(t: 8501, x: 1, y: 0, on: true)])
    session.send([Event(t: 12_500, x: 2, y: 0, on: true), Event(t: 8501, x: 3, y: 0, on: true)])
    session.end()
    #expect(session.learner.counters.events == 3)
    #expect(session.learner.counters.lateEvents == 1)
    #expect(session.learner.counters.steps == 5)
  }

  @Test("An address counts once in a step", arguments: Way.allCases)
  func addressCountsOnce(way: Way) throws {
    let recording = Recording()
    let expected = try run(configuration(way), recording, size: 64, labelsFirst: true)
    // Every event three times, at three times of its step.
    var tripled: [Event] = []
    for event in recording.events {
      for offset in [0, 400, 999] as [Int64] {
        var copy = event
        copy.t = event.t / 1000 * 1000 + offset
        tripled.append(copy)
      }
    }
    tripled.sort { $0.t < $1.t }
    let outcome = try run(
      configuration(way), recording, events: tripled, size: 64, labelsFirst: true)
    #expect(outcome.digest == expected.digest)
    #expect(outcome.finals.map(\.scores) == expected.finals.map(\.scores))
    #expect(outcome.finals.map(\.inputSpikes) == expected.finals.map(\.inputSpikes))
    #expect(outcome.counters.events == 3 * recording.events.count)
    // The two polarities of a pixel are two addresses.
    let session = try Session(configuration(way), predictEvery: 1)
    session.send([
      Event(t: 0, x: 5, y: 5, on: true), Event(t: 1, x: 5, y: 5, on: false),
      Event(t: 2, x: 5, y: 5, on: true), Event(t: 3, x: 0, y: 0, on: false),
    ])
    session.end()
    #expect(session.predictions.map(\.inputSpikes) == [3])
  }

  @Test func aStepIsHalfOpen() throws {
    let session = try Session(smallConfiguration { $0.stepMicroseconds = 500 }, predictEvery: 1)
    session.send([1000, 1499, 1500, 2999].map { Event(t: $0, x: UInt16($0 % 5), y: 0, on: true) })
    session.end()
    // [1000, 1500), [1500, 2000), [2000, 2500), [2500, 3000)
    #expect(session.predictions.map(\.t) == [1500, 2000, 2500, 3000])
    #expect(session.predictions.map(\.inputSpikes) == [2, 3, 3, 4])
    #expect(session.learner.counters.steps == 4)
  }

  @Test("The same wherever it begins", arguments: [1000, 700, 1500] as [Int64], Way.allCases)
  func originDoesNotShow(dt: Int64, way: Way) throws {
    var configuration = configuration(way)
    configuration.stepMicroseconds = dt
    let expected = try run(configuration, Recording(), size: 64, labelsFirst: true)
    #expect(expected.counters.steps >= 240_000 / Int(dt))
    for begin in [1, 123_456_789, -987_654_321, -240_000, -100_001, 1 << 60] as [Int64] {
      let moved = try run(configuration, Recording(begin: begin), size: 64, labelsFirst: true)
      #expect(moved.digest == expected.digest, "begun at \(begin)")
      #expect(moved.counters == expected.counters, "begun at \(begin)")
      #expect(moved.finals.map(\.scores) == expected.finals.map(\.scores), "begun at \(begin)")
      #expect(moved.predictions.map { $0.t - begin } == expected.predictions.map(\.t))
    }
  }

  @Test func negativeTimesOutsideTrialsLieOnTheGrid() throws {
    let session = try Session(smallConfiguration(), predictEvery: 1)
    session.send([-2500, -2001, -2000, -1, 0].map { Event(t: $0, x: 0, y: 0, on: true) })
    session.end()
    #expect(session.predictions.map(\.t) == [-2000, -1000, 0, 1000])
    #expect(session.predictions.map(\.inputSpikes) == [1, 2, 3, 4])
  }
}
