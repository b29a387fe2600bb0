import Learning
import Testing

/// Losses of spike counts that are known at a trial's end.
@Suite struct TrialCountTests {
  static let target = 6.0
  static let other = 2.0

  static func configuration(_ kind: LossKind) -> LearnerConfiguration {
    lossConfiguration(kind) {
      $0.loss.target = target
      $0.loss.other = other
    }
  }

  /// Counts below, at and above the targets, silent outputs, ties; the last is the number of steps.
  static let cases: [([Int], Int)] = [
    ([3, 1, 5], 20), ([9, 4, 2], 20), ([6, 2, 2], 20), ([0, 0, 0], 20), ([7, 7, 7], 20),
    ([1, 0, 1], 1), ([0, 0, 0], 1), ([0, 20, 3], 20), ([2, 6, 6], 7),
  ]

  /// A trial with these counts, spread differently for each output.
  static func trial(_ counts: [Int], steps: Int) -> [[Int32]] {
    (0..<steps).map { step in
      (0..<Int32(counts.count)).filter { output in
        (step * 7 + Int(output) * 3) % steps < counts[Int(output)] || counts[Int(output)] == steps
      }
    }
  }

  /// The loss as a formula of real counts.
  static func plain(
    _ kind: LossKind, _ n: [Double], label: Int, steps: Int, ratio: Double
  ) -> Double {
    var sum = 0.0
    for index in n.indices {
      let distance = n[index] - (index == label ? target : other)
      if kind == .spikeCount {
        sum += distance * distance / 2
      } else if index == label {
        let weight = ratio / 10 > 1 ? ratio / 10 : 1
        if distance < 0 { sum += weight * distance * distance / 2 / Double(steps) }
      } else if distance > 0 {
        sum += distance * distance / 2 / Double(steps)
      }
    }
    return sum
  }

  func check<Scalar: LearningScalar>(_ kind: LossKind, as type: Scalar.Type) {
    let configuration = Self.configuration(kind)
    for (wanted, steps) in Self.cases {
      let spikes = Self.trial(wanted, steps: steps)
      let record = record(spikes)
      let counts = record.counts.map { Double($0) }
      if steps == 20 { #expect(counts == wanted.map { Double($0) }) }
      for label in 0..<3 {
        for ratio in [1.0, 9.9, 37.5] {
          let found = EvaluatedTrial(
            configuration, record, label: label, ratio: ratio, as: type)
          func plain(_ n: [Double]) -> Double {
            Self.plain(kind, n, label: label, steps: steps, ratio: ratio)
          }
          #expect(agree([found.loss], [plain(counts)], within: tolerance(type)))
          let slope = numericalGradient(at: counts, plain)
          for step in 0..<steps {
            #expect(
              agree(found.spike[step], slope, within: slopeTolerance(type)), "\(counts) \(label)")
            let moved = (0..<3).map { index in
              kind == .enhancedCount && spikes[step].contains(Int32(index))
                ? -slope[index] / counts[index] : 0
            }
            #expect(
              agree(found.time[step], moved, within: slopeTolerance(type)), "\(counts) \(label)")
          }
        }
      }
    }
  }

  @Test(arguments: [LossKind.spikeCount, .enhancedCount])
  func countsPushAtEveryStep(kind: LossKind) {
    check(kind, as: Double.self)
    check(kind, as: Float.self)
  }

  /// Worked by hand: 10 steps, counts 2, 5, 1, targets 6 and 2, ratio 30.
  @Test func enhancedCountByHand() {
    var spikes = [[Int32]](repeating: [], count: 10)
    spikes[0] = [0, 1, 2]
    spikes[4] = [0, 1]
    for step in [5, 6, 9] { spikes[step] = [1] }
    let configuration = Self.configuration(.enhancedCount)
    let found = EvaluatedTrial(configuration, record(spikes), label: 0, ratio: 30, as: Double.self)
    // 1/2 (3 x 16 + 9) / 10
    #expect(abs(found.loss - 2.85) < 1e-12)
    #expect(agree(found.spike[3], [-1.2, 0.3, 0], within: 1e-12))
    #expect(found.time[3] == [0, 0, 0])
    #expect(agree(found.time[0], [0.6, -0.06, 0], within: 1e-12))
    #expect(agree(found.time[9], [0, -0.06, 0], within: 1e-12))
  }

  @Test func enhancedCountForgivesTheRightSide() {
    let spikes = Self.trial([20, 1, 0], steps: 20)
    let found = EvaluatedTrial(
      Self.configuration(.enhancedCount), record(spikes), label: 0, as: Float.self)
    #expect(found.loss == 0)
    #expect(found.spike.allSatisfy { $0 == [0, 0, 0] })
    #expect(found.time.allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  @Test func ratioFollowsTheOutputs() {
    let record = record(Self.trial([3, 8, 5], steps: 20))
    func updated(_ ratio: Double, _ label: Int) -> Double {
      EnhancedCount.updated(ratio: ratio, record: record, label: label)
    }
    #expect(abs(updated(1, 0) - (0.99 + 0.01 * 13 / 3)) < 1e-12)
    #expect(abs(updated(4, 2) - (3.96 + 0.01 * 11 / 5)) < 1e-12)
    let silent = OutputRecord(classes: 3)
    silent.append(spikes: [1])
    #expect(abs(EnhancedCount.updated(ratio: 2.0, record: silent, label: 0) - 1.99) < 1e-12)
    let single: Float = EnhancedCount.updated(ratio: 2, record: silent, label: 1)
    #expect(abs(single - 1.98) < 1e-6)
  }

  @Test(arguments: [LossKind.spikeCount, .enhancedCount, .latency, .spikeTime])
  func trialWithoutStepsHasNoLoss(kind: LossKind) {
    let loss = TrialLoss<Float>(lossConfiguration(kind))
    #expect(loss.evaluate(OutputRecord(classes: 3), label: 2, ratio: 1) == 0)
  }
}
