import Learning
import Testing

/// Losses of first spikes against formulas in which their times are real numbers.
@Suite struct FirstSpikeLossTests {
  /// Every output's first step, or nothing for a silent one, and the number of steps.
  static let cases: [([Int?], Int)] = [
    ([3, 8, 12], 20), ([8, 8, 8], 20), ([nil, 4, 9], 20), ([4, nil, nil], 20),
    ([nil, nil, nil], 20), ([0, 19, nil], 20), ([0, nil, 0], 1), ([nil, nil, nil], 1),
    ([27, 2, 26], 30),
  ]

  static func configuration(
    _ kind: LossKind, step: Int64 = 1000, push: Double = 0
  ) -> LearnerConfiguration {
    lossConfiguration(kind) {
      $0.stepMicroseconds = step
      $0.loss.tau = 4
      $0.loss.trial = 20 * Double(step) / 1000
      $0.loss.target = 5 * Double(step) / 1000
      $0.loss.other = 15 * Double(step) / 1000
      $0.gradient.timing = 1
      $0.gradient.noSpikeTarget = push
    }
  }

  /// A trial with these first spikes; every output that spikes goes on doing so, every third step.
  static func trial(_ first: [Int?], steps: Int) -> [[Int32]] {
    (0..<steps).map { step in
      (0..<Int32(first.count)).filter { output in
        guard let begin = first[Int(output)] else { return false }
        return step >= begin && (step - begin).isMultiple(of: 3)
      }
    }
  }

  /// The loss as a formula of real times in steps; a silent output has the time `end`.
  static func plain(
    _ configuration: LearnerConfiguration, _ times: [Double], label: Int, end: Double
  ) -> Double {
    let dt = Double(configuration.stepMicroseconds) / 1000
    let loss = configuration.loss
    switch loss.kind {
    case .latency, .latencyOnline:
      return crossEntropy(times.map { (end - $0) * dt / loss.tau }, label: label)
    default:
      var sum = 0.0
      for index in times.indices {
        let wanted = index == label ? loss.target : loss.other
        let distance = (times[index] * dt - wanted) / loss.tau
        sum += distance * distance / 2
      }
      return sum
    }
  }

  func checkTrials<Scalar: LearningScalar>(
    _ configuration: LearnerConfiguration, as type: Scalar.Type
  ) {
    for (first, steps) in Self.cases {
      let record = record(Self.trial(first, steps: steps))
      let end = Double(steps)
      let times = first.map { $0.map { Double($0) } ?? end }
      for label in 0..<3 {
        let found = EvaluatedTrial(configuration, record, label: label, as: type)
        func plain(_ times: [Double]) -> Double {
          Self.plain(configuration, times, label: label, end: end)
        }
        #expect(agree([found.loss], [plain(times)], within: tolerance(type)))
        let slope = numericalGradient(at: times, plain)
        let push = first[label] == nil ? -configuration.gradient.noSpikeTarget : 0
        for step in 0..<steps {
          let expected = (0..<3).map { first[$0] == step ? slope[$0] : 0 }
          #expect(
            agree(found.time[step], expected, within: slopeTolerance(type)),
            "\(first) \(label) \(step)")
          let pushed = (0..<3).map { $0 == label ? push : 0 }
          #expect(agree(found.spike[step], pushed, within: tolerance(type)))
        }
      }
    }
  }

  @Test(arguments: [LossKind.latency, .spikeTime], [1000, 250] as [Int64])
  func trialsPushTheirFirstSpikes(kind: LossKind, step: Int64) {
    for push in [0, 0.7] {
      let configuration = Self.configuration(kind, step: step, push: push)
      checkTrials(configuration, as: Double.self)
      checkTrials(configuration, as: Float.self)
    }
  }

  func checkOnline<Scalar: LearningScalar>(
    _ configuration: LearnerConfiguration, as type: Scalar.Type
  ) {
    let spikeAdjoint: LaneVector<Scalar> = vector([9, 9, 9])
    let timeAdjoint: LaneVector<Scalar> = vector([9, 9, 9])
    let state = LossState<Scalar>(configuration)
    for (first, steps) in Self.cases {
      let spikes = Self.trial(first, steps: steps)
      for label in 0..<3 {
        state.reset()
        var loss = 0.0
        for step in 0..<steps {
          // The changes add up to the loss as far as it is known.
          loss += Double(
            state.evaluate(
              spikes: spikes[step], label: label, spikeAdjoint: spikeAdjoint,
              timeAdjoint: timeAdjoint))
          // What is known: an output that has not spiked yet is taken to spike at the expected end.
          let known = first.map { $0.map { $0 <= step ? Double($0) : 20 } ?? 20 }
          func plain(_ times: [Double]) -> Double {
            Self.plain(configuration, times, label: label, end: 20)
          }
          #expect(agree([loss], [plain(known)], within: tolerance(type)))
          let slope = numericalGradient(at: known, plain)
          let expected = (0..<3).map { first[$0] == step ? slope[$0] : 0 }
          #expect(
            agree(timeAdjoint.doubles, expected, within: slopeTolerance(type)), "\(first) \(label)")
          let isSilent = first[label].map { $0 > step } ?? true
          let pushed = (0..<3).map {
            $0 == label && isSilent ? -configuration.gradient.noSpikeTarget : 0
          }
          #expect(agree(spikeAdjoint.doubles, pushed, within: tolerance(type)))
        }
        #expect(state.step == steps)
      }
    }
  }

  @Test(arguments: [LossKind.latencyOnline, .spikeTimeOnline], [1000, 250] as [Int64])
  func firstSpikesAreJudgedWhenTheyHappen(kind: LossKind, step: Int64) {
    for push in [0, 0.7] {
      let configuration = Self.configuration(kind, step: step, push: push)
      checkOnline(configuration, as: Double.self)
      checkOnline(configuration, as: Float.self)
    }
  }

  /// Worked by hand: one step, the label's output and another spike in it, tau = 4 steps, so z = 1/4, 1/4, 0.
  @Test func latencyByHand() {
    let found = EvaluatedTrial(
      Self.configuration(.latency), record([[0, 2]]), label: 2, as: Double.self)
    let quarter = Double.exponential(0.25)
    let p = quarter / (2 * quarter + 1)
    #expect(abs(found.loss + Double.logarithm(p)) < 1e-12)
    #expect(agree(found.time[0], [-p / 4, 0, (1 - p) / 4], within: 1e-12))
  }

  @Test func onlyFirstSpikesCount() {
    let state = LossState<Double>(Self.configuration(.spikeTimeOnline, push: 1))
    let spikeAdjoint = LaneVector<Double>(count: 3)
    let timeAdjoint = LaneVector<Double>(count: 3)
    func evaluate(_ spikes: [Int32]) {
      _ = state.evaluate(
        spikes: spikes, label: 1, spikeAdjoint: spikeAdjoint, timeAdjoint: timeAdjoint)
    }
    evaluate([1])
    evaluate([0, 1])
    #expect(spikeAdjoint.contents == [0, 0, 0])
    #expect(agree(timeAdjoint.contents, [(1 - 15.0) / 16, 0, 0], within: 1e-12))
    state.reset()
    evaluate([1])
    #expect(agree(timeAdjoint.contents, [0, (0 - 5.0) / 16, 0], within: 1e-12))
  }
}
