import Foundation
import Learning
import ToolSupport

/// What the rules came to.
struct OnePassResults: Encodable {
  /// What repeats it.
  var command: String
  var isQuick: Bool
  var heldOut: Int?
  var about: [String: String] = [:]
  var memory: [OnePassMemory] = []
  var runs: [ExperimentRuns<OnePassJob>.Run] = []

  private enum CodingKeys: String, CodingKey {
    case runs, memory, command
    case isQuick = "quick"
    case heldOut = "held_out"
    case about = "rules"
  }

  /// The runs of one rule, one for each seed.
  struct Group {
    var rule: String
    var stream: OnePassJob.Stream
    var passes: Int
    var runs: [ExperimentRuns<OnePassJob>.Run]

    var hidden: String { runs.first?.job.configuration.hidden.neurons.description ?? "" }
    var accuracy: Sample { Sample(runs.map(\.outcome.test.accuracy)) }
    var progressive: Sample { Sample(runs.map(\.outcome.learning.accuracy)) }
    var spikes: Sample { Sample(runs.map(\.outcome.test.spikesPerTrial)) }
    var seconds: Sample { Sample(runs.map(\.outcome.learning.seconds)) }
    var trials: Int { runs.first?.outcome.learning.trials ?? 0 }
  }

  /// By stream, passes and rule.
  var groups: [Group] {
    struct Key: Hashable {
      var stream: OnePassJob.Stream
      var passes: Int
      var rule: String
    }
    let grouped = Dictionary(grouping: runs) {
      Key(stream: $0.job.stream, passes: $0.job.passes, rule: $0.job.rule)
    }
    let order = OnePassJob.Stream.allCases
    return grouped.map {
      Group(rule: $0.rule, stream: $0.stream, passes: $0.passes, runs: $1)
    }.sorted { left, right in
      let (first, second) = (
        order.firstIndex(of: left.stream) ?? 0, order.firstIndex(of: right.stream) ?? 0
      )
      return (first, left.passes, left.rule) < (second, right.passes, right.rule)
    }
  }

  /// One line a run.
  var csv: ResultTable {
    var table = ResultTable([
      "stream", "passes", "rule", "hidden", "seed", "trials", "progressive_accuracy", "unseen",
      "correct", "accuracy", "hidden_spikes_per_sample", "events_per_sample", "learning_cpu_s",
      "weights_sha256",
    ])
    for run in runs {
      let (job, outcome) = (run.job, run.outcome)
      table.append([
        job.stream.rawValue, "\(job.passes)", job.rule,
        job.configuration.hidden.neurons.description, "\(job.seed)", "\(outcome.learning.trials)",
        Format.decimal(outcome.learning.accuracy, 5), "\(outcome.test.trials)",
        "\(outcome.test.correct)", Format.decimal(outcome.test.accuracy, 5),
        Format.decimal(outcome.test.spikesPerTrial, 1),
        Format.decimal(outcome.test.eventsPerTrial, 1),
        Format.decimal(outcome.learning.seconds, 1), outcome.weights,
      ])
    }
    return table
  }

  /// The progressive accuracy of each block of each run.
  var curves: ResultTable {
    var table = ResultTable(["stream", "passes", "rule", "seed", "trials", "block_accuracy"])
    for run in runs {
      for (trials, accuracy) in run.outcome.curve {
        table.append([
          run.job.stream.rawValue, "\(run.job.passes)", run.job.rule, "\(run.job.seed)",
          "\(trials)", Format.decimal(accuracy, 4),
        ])
      }
    }
    return table
  }

  /// Means over the seeds.
  var table: ResultTable {
    var table = ResultTable([
      "stream", "passes", "rule", "hidden", "seeds", "accuracy on unseen, %", "lowest",
      "progressive accuracy, %", "hidden spikes a trial", "learning, CPU s", "trials/s",
    ])
    for group in groups {
      let seconds = group.seconds.mean
      table.append([
        group.stream.title, "\(group.passes)", group.rule, group.hidden, "\(group.runs.count)",
        group.accuracy.percent, Format.decimal(group.accuracy.lowest * 100, 2),
        Format.decimal(group.progressive.mean * 100, 2), Format.decimal(group.spikes.mean, 0),
        Format.decimal(seconds, 0), Format.decimal(Double(group.trials) / seconds, 0),
      ])
    }
    return table
  }

  func write(to folder: ExperimentFolder) throws {
    try folder.write(runs.map(\.job), toJSON: "config.json")
    try folder.write(self, toJSON: "results.json")
    try folder.write(csv.csv, to: "results.csv")
    try folder.write(curves.csv, to: "curves.csv")
    try folder.write(chart.svg, to: "figure.svg")
    try folder.write(report, to: "README.md")
  }
}

extension OnePassJob.Outcome {
  /// Trials learned by the end of each block, and the share of it that was right.
  var curve: [(trials: Double, accuracy: Double)] {
    blocks.enumerated().map { index, correct in
      let begin = index * blockSize
      let end = min(begin + blockSize, learning.trials)
      return (Double(end), Double(correct) / Double(max(end - begin, 1)))
    }
  }
}
