import Foundation
import Learning
import Testing

/// What each decision makes of the same outputs.
@Suite struct ScoreKeeperTests {
  typealias Decision = LearnerConfiguration.Decision

  struct Step {
    var potential: [Float]
    var spikes: [Int32] = []
  }

  static func keeper(
    _ decision: Decision, _ steps: [Step], decay: Float = 1, classes: Int = 3
  ) -> ScoreKeeper {
    var keeper = ScoreKeeper(decision: decision, classes: classes)
    for step in steps { add(step, to: &keeper, decay: decay) }
    return keeper
  }

  static func add(_ step: Step, to keeper: inout ScoreKeeper, decay: Float = 1) {
    let potential = LaneVector<Float>(count: step.potential.count)
    potential.contents = step.potential
    keeper.add(
      potential: potential, outputSpikes: step.spikes, inputSpikes: 2, hiddenSpikes: 3,
      loss: nil, decay: decay)
  }

  static let trial = [
    Step(potential: [1, -4, 0], spikes: []), Step(potential: [-2, -1, 4], spikes: [1]),
    Step(potential: [-2, -1, -1], spikes: [1, 2]), Step(potential: [1, 0, -2], spikes: [0, 1]),
  ]

  @Test(
    arguments: [
      (.integrated, [-0.5, -1.5, 0.25], 2), (.mostSpikes, [1, 3, 1], 1),
      (.earliestSpike, [0.25, 0.5, 1 / 3], 1), (.peakMembrane, [1, 0, 4], 2),
      (.last, [1, 0, -2], 0),
    ] as [(Decision, [Float], Int)])
  func trials(decision: Decision, scores: [Float], best: Int) {
    let keeper = Self.keeper(decision, Self.trial)
    #expect(keeper.scores == scores)
    #expect(keeper.best == best)
    #expect(keeper.steps == 4 && keeper.inputSpikes == 8 && keeper.hiddenSpikes == 12)
    #expect(keeper.meanLoss == nil)
  }

  /// A decay of one half, so that all numbers are exact. The steps weigh 1/8, 1/4, 1/2 and 1.
  @Test(
    arguments: [
      (.integrated, [-0.375 / 1.875, -1.25 / 1.875, -1.5 / 1.875], 0),
      (.mostSpikes, [1, 1.75, 0.5], 1), (.earliestSpike, [0.25, 0.5, 1 / 3], 1),
      (.peakMembrane, [1, 0, -0.25], 0), (.last, [1, 0, -2], 0),
    ] as [(Decision, [Float], Int)])
  func fading(decision: Decision, scores: [Float], best: Int) {
    let keeper = Self.keeper(decision, Self.trial, decay: 0.5)
    #expect(keeper.scores == scores)
    #expect(keeper.best == best)
  }

  @Test(arguments: Decision.allCases)
  func tiesGoToTheLowestClass(decision: Decision) {
    let all = Step(potential: [2, 2, 2], spikes: [0, 1, 2])
    let last = Step(potential: [-1, 2, 2], spikes: [1, 2])
    #expect(Self.keeper(decision, [all]).best == 0)
    #expect(Self.keeper(decision, [last]).best == 1)
    #expect(Self.keeper(decision, [last, last], decay: 0.9).best == 1)
    let empty = Self.keeper(decision, [])
    #expect(empty.best == 0 && empty.scores == [0, 0, 0])
  }

  @Test(arguments: [Decision.mostSpikes, .earliestSpike])
  func silentOutputsHaveNoScore(decision: Decision) {
    let keeper = Self.keeper(decision, [Step(potential: [9, 9, 9]), Step(potential: [9, 9, 9])])
    #expect(keeper.scores == [0, 0, 0])
  }

  @Test func onlyTheFirstSpikeIsEarly() {
    let steps = [Step(potential: [0, 0], spikes: [1]), Step(potential: [0, 0], spikes: [0, 1])]
    #expect(Self.keeper(.earliestSpike, steps, classes: 2).scores == [0.5, 1])
  }

  /// Peaks below zero neither begin at zero nor rise towards it.
  @Test func peaksBelowZero() {
    let steps = [
      Step(potential: [-3, -1]), Step(potential: [-3, -2]), Step(potential: [-3, -2]),
    ]
    #expect(Self.keeper(.peakMembrane, steps, classes: 2).scores == [-3, -1])
    #expect(Self.keeper(.peakMembrane, steps, decay: 0.5, classes: 2).scores == [-3, -1.75])
  }

  @Test(arguments: Decision.allCases)
  func clearingBeginsAnew(decision: Decision) {
    var keeper = Self.keeper(decision, Self.trial)
    keeper.clear()
    for step in Self.trial { Self.add(step, to: &keeper) }
    #expect(keeper.contents == Self.keeper(decision, Self.trial).contents)
    #expect(keeper.scores == Self.keeper(decision, Self.trial).scores)
  }

  @Test func lossesAreAveragedOverTheirSteps() {
    var keeper = Self.keeper(.last, Self.trial)
    for loss in [1, 2] as [Float] {
      keeper.add(
        potential: LaneVector(count: 3), outputSpikes: [], inputSpikes: 0, hiddenSpikes: 0,
        loss: loss, decay: 1)
    }
    #expect(keeper.meanLoss == 1.5 && keeper.lossSteps == 2 && keeper.steps == 6)
  }

  /// A keeper that was written to JSON half way goes on as if nothing had happened, bit for bit.
  @Test(arguments: Decision.allCases, [1, 0.9967] as [Float])
  func contentsSurviveText(decision: Decision, decay: Float) throws {
    var steps = Self.trial
    steps.append(Step(potential: [.nan, -.infinity, 0.1], spikes: [2]))
    steps.append(Step(potential: [-1e-37, -0.0, 1 / 3], spikes: []))
    let whole = Self.keeper(decision, steps, decay: decay)
    for cut in 0...steps.count {
      let half = Self.keeper(decision, Array(steps[..<cut]), decay: decay)
      let text = try JSONEncoder().encode(half.contents)
      var resumed = ScoreKeeper(decision: decision, classes: 3)
      try resumed.restore(JSONDecoder().decode(ScoreKeeper.Contents.self, from: text))
      for step in steps[cut...] { Self.add(step, to: &resumed, decay: decay) }
      #expect(resumed.contents == whole.contents)
      #expect(resumed.best == whole.best)
    }
  }

  @Test func impossibleContentsAreRefused() {
    let good = Self.keeper(.last, Self.trial).contents
    var keeper = ScoreKeeper(decision: .last, classes: 3)
    for change: (inout ScoreKeeper.Contents) -> Void in [
      { $0.values.removeLast() }, { $0.steps = -1 }, { $0.lossSteps = $0.steps + 1 },
      { $0.inputSpikes = .max }, { $0.hiddenSpikes = -5 },
    ] {
      var bad = good
      change(&bad)
      #expect(throws: ConfigurationError.self) { try keeper.restore(bad) }
    }
    #expect(keeper.contents == ScoreKeeper(decision: .last, classes: 3).contents)
  }
}
