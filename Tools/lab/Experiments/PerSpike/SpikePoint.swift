import Events
import Learning
import Service

/// One setting that learns a stream once and is then tested.
struct SpikePoint: ExperimentJob {
  /// Of its file, with the seed.
  var name: String
  var learner: LearnerConfiguration
  /// Learned from, once each.
  var trials: Int
  var seed: UInt64

  struct Outcome: Codable, Sendable {
    /// While it learned, each trial predicted before it was learned from.
    var learned: TrialScore
    var tested: TrialScore
    /// Of the outputs in the test; none where the readout does not spike.
    var outputSpikes = 0

    /// Hidden and output spikes of a trial of the test.
    var spikesPerTrial: Double {
      Double(tested.hiddenSpikes + outputSpikes) / Double(max(tested.trials, 1))
    }

    private enum CodingKeys: String, CodingKey {
      case learned, tested
      case outputSpikes = "output_spikes"
    }
  }

  init(_ rule: NamedConfiguration, trials: Int, seed: UInt64) throws {
    name = "\(rule.name) \(seed)"
    learner = rule.configuration.learner
    learner.seed = seed
    learner.optimiser.schedule.trials = max(1, trials - learner.optimiser.schedule.warmup)
    (self.trials, self.seed) = (trials, seed)
    guard learner.readout.kind == .leaky || learner.decision == .mostSpikes else {
      throw ExperimentError(
        "\(rule.name).yaml: learner.readout.kind spiking needs learner.decision most_spikes here, so that output "
          + "spikes are counted")
    }
  }

  /// Learns the trials in an order of the seed, and tests.
  func run(training: some TrialSource, testing: some TrialSource) throws -> Outcome {
    let runner = try TrialRunner(learner, geometry: training.geometry)
    var random = SplitMix64(seed: seed, stream: 0)
    let order = random.permutation(of: training.count)
    let learned = try runner.play(training, order, labelled: true)
    var outputSpikes: Float = 0
    let tested = try runner.play(testing, Array(0..<testing.count), labelled: false) {
      if learner.decision == .mostSpikes { outputSpikes += $2.scores.reduce(0, +) }
    }
    return Outcome(learned: learned, tested: tested, outputSpikes: Int(outputSpikes))
  }
}

/// What costs spikes and what it brings.
struct SpikeCost: Codable, Equatable {
  var spikes: Double
  var accuracy: Double

  /// Those that no other one beats in both: on the Pareto front, from few spikes to many.
  static func front(of all: [SpikeCost]) -> [SpikeCost] {
    var best = -Double.infinity
    return all.sorted { ($0.spikes, -$0.accuracy) < ($1.spikes, -$1.accuracy) }.filter { cost in
      defer { best = max(best, cost.accuracy) }
      return cost.accuracy > best
    }
  }
}
