import Learning
import Testing

/// Losses of filtered outputs against plain formulas and their finite differences.
@Suite struct FilteredLossTests {
  static let potentials: [[Double]] = [
    [0.3, -1.2, 0.8], [2, 2, 2], [0, 0, 0], [30, -40, 31], [-0.5, 0.1, -7],
  ]
  /// Online counts at the end of steps 0, 1, 2 of a trial.
  static let counts: [[Double]] = [[0, 1, 1], [1, 4, 1], [6, 4, 2]]

  static func plain(
    _ configuration: LearnerConfiguration, _ y: [Double], label: Int, step: Int
  ) -> Double {
    let loss = configuration.loss
    let horizon = loss.trial / (Double(configuration.stepMicroseconds) / 1000)
    var sum = 0.0
    for (index, value) in y.enumerated() {
      let wanted = index == label ? loss.target : loss.other
      let distance = value - wanted * min(1, Double(step + 1) / horizon)
      switch loss.kind {
      case .meanSquare: sum += (value - wanted) * (value - wanted) / 2
      case .spikeCountOnline: sum += distance * distance / 2 / horizon
      case .enhancedCountOnline:
        let isFault = index == label ? distance < 0 : distance > 0
        sum += isFault ? distance * distance / 2 / horizon : 0
      default: return crossEntropy(y, label: label)
      }
    }
    return sum
  }

  func check<Scalar: LearningScalar>(
    _ configuration: LearnerConfiguration, _ outputs: [[Double]], as type: Scalar.Type
  ) {
    let error = LaneVector<Scalar>(count: 3)
    for label in 0..<3 {
      let state = LossState<Scalar>(configuration)
      for (step, y) in outputs.enumerated() {
        #expect(state.step == step)
        let found = state.evaluate(filtered: vector(y), target: .label(label), error: error)
        let expected = Self.plain(configuration, y, label: label, step: step)
        #expect(agree([Double(found)], [expected], within: tolerance(type)))
        let slope = numericalGradient(at: y) {
          Self.plain(configuration, $0, label: label, step: step)
        }
        #expect(
          agree(error.doubles, slope, within: slopeTolerance(type)),
          "\(y) \(label) \(error.doubles)")
      }
    }
  }

  @Test func softmaxIsTheSlopeOfItsLoss() {
    let configuration = smallConfiguration()
    check(configuration, Self.potentials, as: Double.self)
    check(configuration, Self.potentials, as: Float.self)
  }

  @Test func meanSquareIsTheSlopeOfItsLoss() {
    let configuration = smallConfiguration {
      $0.loss.kind = .meanSquare
      $0.loss.target = 1.5
      $0.loss.other = -0.25
    }
    check(configuration, Self.potentials, as: Double.self)
    check(configuration, Self.potentials, as: Float.self)
  }

  @Test(arguments: [LossKind.spikeCountOnline, .enhancedCountOnline], [2.0, 3, 40, 0.5])
  func onlineCountsGrowTowardsTheirTargets(kind: LossKind, trial: Double) {
    let configuration = lossConfiguration(kind) {
      $0.loss.target = 5
      $0.loss.other = 1
      // A trial of less than a step counts as one step.
      $0.loss.trial = max(1, trial)
    }
    check(configuration, Self.counts, as: Double.self)
    check(configuration, Self.counts, as: Float.self)
    let state = LossState<Double>(lossConfiguration(kind) { $0.loss.trial = trial })
    let error = LaneVector<Double>(count: 3)
    _ = state.evaluate(filtered: vector([1, 0, 0]), target: .label(1), error: error)
    #expect(error[0] == 1 / max(1, trial))
  }

  @Test func otherPotentialsTakeNoStep() {
    for kind in [LossKind.softmaxCrossEntropy, .meanSquare] {
      let configuration = smallConfiguration { $0.loss.kind = kind }
      let state = LossState<Double>(configuration)
      let error = LaneVector<Double>(count: 3)
      let apart = LaneVector<Double>(count: 3)
      for y in Self.potentials {
        let loss = state.evaluate(apart: vector(y), label: 2, error: apart)
        let step = state.step
        #expect(state.evaluate(filtered: vector(y), target: .label(2), error: error) == loss)
        #expect(error.contents == apart.contents)
        #expect(state.step == step + 1)
      }
    }
  }

  @Test func stepsAndResetsMoveTheTargets() {
    let configuration = lossConfiguration(.spikeCountOnline) {
      $0.loss.target = 10
      $0.loss.trial = 10
    }
    let state = LossState<Double>(configuration)
    let error = LaneVector<Double>(count: 3)
    let silent = LaneVector<Double>(count: 3)
    func due() -> Double {
      _ = state.evaluate(filtered: silent, target: .label(0), error: error)
      return -error[0] * 10
    }
    #expect(abs(due() - 1) < 1e-12)
    #expect(abs(due() - 2) < 1e-12)
    state.reset()
    #expect(abs(due() - 1) < 1e-12)
  }
}
