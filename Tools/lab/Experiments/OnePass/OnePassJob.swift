import Events
import Learning
import Service

/// One network, one order of the stream, one or more passes.
struct OnePassJob: ExperimentJob {
  /// What the stream shows.
  enum Stream: String, Codable, CaseIterable, Sendable {
    /// Images of digits before the simulated sensor.
    case saccades
    /// Recordings of N-MNIST.
    case recorded

    /// As a name in a table.
    var title: String { self == .saccades ? "saccade-MNIST" : "N-MNIST" }
  }

  var stream: Stream
  var rule: String
  var passes: Int
  var seed: UInt64
  /// Trials to learn from, and unseen ones.
  var training: Int
  var testing: Int
  /// As it is run: with the seed, and with a schedule that ends with the last trial.
  var configuration: LearnerConfiguration
  /// Of the events, before the network sees them.
  var transforms: [EventTransform]

  var name: String { "\(rule), seed \(seed)" }

  init(
    _ rule: NamedConfiguration, stream: Stream, passes: Int, seed: UInt64, training: Int,
    testing: Int
  ) {
    (self.stream, self.rule, self.passes, self.seed) = (stream, rule.name, passes, seed)
    (self.training, self.testing) = (training, testing)
    transforms = rule.configuration.transforms
    configuration = rule.configuration.learner
    configuration.seed = seed
    configuration.optimiser.schedule.trials = max(
      1, passes * training - configuration.optimiser.schedule.warmup)
  }

  /// What came of it.
  struct Outcome: Codable, Sendable {
    /// While learning: every trial is predicted before its label is learned.
    var learning: TrialScore
    /// Trials of a block of the curve, and how many of each block were right.
    var blockSize: Int
    var blocks: [Int]
    /// On unseen trials, nothing being learned any more.
    var test: TrialScore
    var weights: String

    private enum CodingKeys: String, CodingKey {
      case learning, test
      case blockSize = "block_trials"
      case blocks = "block_correct"
      case weights = "weights_sha256"
    }
  }

  /// Learns from `training` in an order of the seed's, then predicts `testing`.
  func run(
    training: some TrialSource, testing: some TrialSource, progress: Bool
  ) throws -> Outcome {
    let runner = try TrialRunner(
      configuration, geometry: training.geometry, transforms: transforms)
    let total = passes * training.count
    let blockSize = max(1, total / 60)
    var blocks = [Int](repeating: 0, count: (total + blockSize - 1) / blockSize)
    let order = (0..<passes).flatMap { pass in
      var random = SplitMix64(seed: seed, stream: UInt64(pass))
      return random.permutation(of: training.count)
    }
    let learning = try runner.play(
      training, order, labelled: true, progress: progress ? name : nil
    ) { place, trial, prediction in
      blocks[place / blockSize] += prediction.predicted == trial.label ? 1 : 0
    }
    let test = try runner.test(testing, progress: progress ? "\(name), unseen" : nil)
    return Outcome(
      learning: learning, blockSize: blockSize, blocks: blocks, test: test,
      weights: runner.network.weightsDigest)
  }
}
