import Foundation
import Learning
import ToolSupport

/// What came of all runs.
struct ForwardBackwardResults {
  typealias Cosines = [ExperimentRuns<CosineJob>.Run]
  typealias Spread = SpikeTrainResults.Spread

  let plan: ForwardBackwardPlan
  let choices: [ExperimentRuns<CurveJob>.Run]
  let memory: [MemoryRow]
  var curves: [ExperimentRuns<CurveJob>.Run] = []
  var coincidences: [ExperimentRuns<CurveJob>.Run] = []
  var rules: Cosines = []
  var real: Cosines = []
  var readouts: Cosines = []
  var lengths: Cosines = []

  init(plan: ForwardBackwardPlan, choices: [ExperimentRuns<CurveJob>.Run], memory: [MemoryRow]) {
    (self.plan, self.choices, self.memory) = (plan, choices, memory)
  }

  var allCosines: Cosines { rules + real + readouts + lengths }

  /// A place in a network whose gradients were compared, over all trials and seeds.
  struct Row: Encodable {
    var gradient: GradientCase
    /// Trials learned before.
    var learned: Int
    /// `hidden1`, ..., `readout`, or `hidden` for all hidden layers together.
    var part: String
    var cosine: Spread
    /// Of norms, forward over full.
    var ratio: Spread
    /// Cosine of the gradients summed over the trials: mean over seeds.
    var summed: Double
    /// Trials of all seeds in which there is a full gradient.
    var trials: Int
    var steps: Double
    var spikes: Double

    private enum CodingKeys: String, CodingKey {
      case gradient = "case"
      case learned, part, cosine, ratio, summed, trials, steps, spikes
    }
  }

  /// One row for each case, stage and part; the same case without learning is another one.
  static func rows(_ runs: Cosines) -> [Row] {
    struct Key: Hashable {
      var gradient: GradientCase
      var learned: Int
    }
    var order: [Key] = []
    var groups: [Key: Cosines] = [:]
    for run in runs {
      let key = Key(gradient: run.job.gradient, learned: run.job.learned)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(run)
    }
    return order.flatMap { key in
      let group = groups[key] ?? []
      let stages = group.map(\.outcome.stages.count).min() ?? 0
      return (0..<stages).flatMap { Self.rows(key.gradient, group, $0) }
    }
  }

  private static func rows(_ one: GradientCase, _ runs: Cosines, _ stage: Int) -> [Row] {
    let stages = runs.map { $0.outcome.stages[stage] }
    func row(_ part: String, _ layers: [CosineOutcome.Layer]) -> Row {
      Row(
        gradient: one, learned: stage == 0 ? 0 : runs.first?.job.learned ?? 0, part: part,
        cosine: Spread(layers.flatMap(\.cosines)), ratio: Spread(layers.flatMap(\.ratios)),
        summed: Sample(layers.map(\.summed)).mean,
        trials: layers.reduce(0) { $0 + $1.cosines.count },
        steps: Sample(stages.map(\.steps)).mean, spikes: Sample(stages.map(\.spikes)).mean)
    }
    let parts = (0...one.depth).map { index in
      row(
        index == one.depth ? "readout" : "hidden\(index + 1)", stages.map { $0.layers[index] })
    }
    return [row("hidden", stages.map(\.hidden))] + parts
  }

  /// Largest distance of a cosine from 1 where the forward rule drops nothing.
  var exactError: Double {
    allCosines.filter(\.job.gradient.isExact)
      .flatMap { $0.outcome.stages.flatMap { $0.hidden.cosines + $0.layers.flatMap(\.cosines) } }
      .map { abs(1 - $0) }.max() ?? .nan
  }

  /// The same of norms.
  var exactRatioError: Double {
    allCosines.filter(\.job.gradient.isExact)
      .flatMap { $0.outcome.stages.flatMap { $0.hidden.ratios } }.map { abs(1 - $0) }.max() ?? .nan
  }

  /// Largest relative difference of the engine's gradient from the reference's forward terms.
  var engineError: Double { allCosines.map(\.outcome.engineError).max() ?? .nan }

  /// Training curves by depth and method.
  struct Curve: Encodable {
    var depth: Int
    var method: CurveJob.Method
    var rate: Double
    /// Of each seed, on unseen trials.
    var accuracies: [Double]
    /// Of each seed, over all learned trials, before each was learned.
    var progressive: [Double]
    var spikes: Double
    /// Milliseconds of a core for one trial.
    var milliseconds: Double
    var points: [Spread]
    var interval: Int
    var learned: Int

    /// Trials learned at a point.
    func learned(at point: Int) -> Int { min((point + 1) * interval, learned) }
  }

  var curveRows: [Curve] {
    plan.curveDepths.flatMap { depth in
      CurveJob.Method.learning.compactMap { method in
        let runs = curves.filter { $0.job.gradient.depth == depth && $0.job.method == method }
        guard let first = runs.first else { return nil }
        let count = first.outcome.progressive.count
        return Curve(
          depth: depth, method: method, rate: first.job.rate,
          accuracies: runs.map(\.outcome.accuracy),
          progressive: runs.map { $0.outcome.progressiveMean($0.job.learned) },
          spikes: Sample(runs.map(\.outcome.spikes)).mean,
          milliseconds: Sample(
            runs.map { $0.outcome.seconds * 1000 / Double($0.job.learned) }
          ).mean,
          points: (0..<count).map { place in
            Spread(runs.map { $0.outcome.progressive[place] })
          },
          interval: first.outcome.interval, learned: first.job.learned)
      }
    }
  }
}
