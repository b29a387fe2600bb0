import Events
import Learning
import Synchronization

/// The model that learned clean trials, and what it makes of disturbed ones.
final class DriftStudy: Sendable {
  struct Settings: Codable, Sendable {
    var learner: LearnerConfiguration
    /// Clean ones, learned once each.
    var training: Int
    /// Disturbed ones; from the first trial of the stream on, which the model has not seen.
    var trials: Int
    /// Number of the first of them.
    var streamFrom: Int
    /// Clean ones at the end.
    var testing: Int
    /// Trials of a point of the curves.
    var stretch: Int
  }

  private let settings: Settings
  private let learning: SimulatedRecordings.Scene
  /// Clean trials of the test.
  private let clean: OnDemand<KeptTrials>
  /// Made when they are needed, by whoever comes first.
  private let models = Mutex<[UInt64: Model]>([:])

  /// Weights of a model that no one changes: it is only copied.
  private struct Model: @unchecked Sendable {
    let runner: TrialRunner
  }

  /// - Parameter testFrom: number of the first clean test trial in `unseen`.
  init(
    _ settings: Settings, learning: SimulatedRecordings.Scene, unseen: SimulatedRecordings.Scene,
    testFrom: Int
  ) {
    (self.settings, self.learning) = (settings, learning)
    clean = OnDemand {
      try KeptTrials(
        DisturbedTrials(unseen, count: settings.testing, first: testFrom))
    }
  }

  func run(_ job: DriftJob) throws -> DriftJob.Outcome {
    let model = try model(job.seed)
    let stream = try KeptTrials(
      DisturbedTrials(
        learning, count: settings.trials, first: settings.streamFrom, course: job.course))
    let transforms = job.filter.map { [$0.transform] } ?? []
    let off = try TrialRunner(copying: model, transforms: transforms)
    let on = try TrialRunner(copying: model, transforms: transforms)
    return DriftJob.Outcome(
      off: try course(off, stream, labelled: false), on: try course(on, stream, labelled: true),
      after: try on.test(clean.value), statistics: try EventStatistics(stream, transforms))
  }

  private func course(_ runner: TrialRunner, _ stream: some TrialSource, labelled: Bool) throws
    -> DriftJob.Course
  {
    let stretch = min(settings.stretch, stream.count)
    var correct = [Int](repeating: 0, count: stream.count / stretch)
    let score = try runner.play(stream, Array(0..<stream.count), labelled: labelled) {
      if $0 / stretch < correct.count, $2.predicted == $1.label { correct[$0 / stretch] += 1 }
    }
    return DriftJob.Course(score: score, correct: correct, stretch: stretch)
  }

  private func model(_ seed: UInt64) throws -> TrialRunner {
    try models.withLock { models in
      if let model = models[seed] { return model.runner }
      let trials = try KeptTrials(
        DisturbedTrials(learning, count: settings.training, first: 0), progress: "clean trials")
      var learner = settings.learner
      learner.seed = seed
      let schedule = learner.optimiser.schedule
      learner.optimiser.schedule.trials = max(1, settings.training - schedule.warmup)
      let runner = try TrialRunner(learner, geometry: trials.geometry)
      var random = SplitMix64(seed: seed, stream: 0)
      let order = random.permutation(of: trials.count)
      _ = try runner.play(trials, order, labelled: true, progress: "learning")
      models[seed] = Model(runner: runner)
      return runner
    }
  }
}
