import Foundation
import ToolSupport

/// What one method came to from one seed.
struct IncrementalRun: Sendable {
  struct Score: Sendable {
    var correct: Int
    var of: Int

    var accuracy: Double { Double(correct) / Double(max(of, 1)) }

    static func + (left: Score, right: Score) -> Score {
      Score(correct: left.correct + right.correct, of: left.of + right.of)
    }
  }

  var method: IncrementalStudy.Method
  var seed: UInt64
  /// On the first half of the classes, before the second half came.
  var before: Score?
  /// On the first half, at the end.
  var first = Score(correct: 0, of: 0)
  /// On the second half, at the end.
  var second = Score(correct: 0, of: 0)
  /// Events in the kept trials, at the end.
  var keptEvents = 0
  /// What learning took.
  var seconds = 0.0
}

struct IncrementalResults {
  var runs: [IncrementalRun]

  /// Methods in their order, each with its runs.
  private var groups: [(method: IncrementalStudy.Method, runs: [IncrementalRun])] {
    Dictionary(grouping: runs, by: \.method).map { ($0, $1) }
      .sorted { $0.method.order < $1.method.order }
  }

  /// One line a run.
  var csv: String {
    let header =
      "method,kept_trials,per_trial,seed,first_before,first_after,first_trials,second_after,second_trials,accuracy,kept_events,learning_s"
    let lines = runs.map { run in
      let before = run.before.map { "\($0.correct)" } ?? ""
      let all = run.first + run.second
      let fields: [String] = [
        run.method.name, "\(run.method.trials)", "\(run.method.perTrial)", "\(run.seed)", before,
        "\(run.first.correct)", "\(run.first.of)", "\(run.second.correct)", "\(run.second.of)",
        Format.decimal(all.accuracy, 4), "\(run.keptEvents)", Format.decimal(run.seconds, 2),
      ]
      return fields.joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  /// A table in Markdown: means over the seeds, and the range of what is left of the first half.
  var table: String {
    let rows = groups.map { group in
      let runs = group.runs
      let lowest = runs.map(\.first.accuracy).min() ?? 0
      let highest = runs.map(\.first.accuracy).max() ?? 0
      let before = runs.compactMap(\.before)
      let fields: [String] = [
        group.method.name, "\(runs.count)",
        before.isEmpty ? "" : Format.percent(Self.mean(before)),
        Format.percent(Self.mean(runs.map(\.first))), Format.percent(lowest),
        Format.percent(highest), Format.percent(Self.mean(runs.map(\.second))),
        Format.percent(Self.mean(runs.map { $0.first + $0.second })),
        Format.decimal(
          Double(runs.reduce(0) { $0 + $1.keptEvents } * 12) / Double(runs.count) / 1e6, 1),
      ]
      return "| " + fields.joined(separator: " | ") + " |"
    }
    let head = """
      | method | seeds | first half, before | first half, after | lowest | highest | second half | all | kept, MB |
      | --- | --- | --- | --- | --- | --- | --- | --- | --- |
      """
    return head + "\n" + rows.joined(separator: "\n") + "\n"
  }

  /// Bars of the means, with the range over the seeds.
  var svg: String {
    let bars = BarChart(
      yLabel: "accuracy on unseen recordings",
      series: [
        ("first half, before", "#9ecae1"), ("first half, after", "#3182bd"),
        ("second half, after", "#e6550d"),
      ],
      groups: groups.map { group in
        BarChart.Group(
          name: group.method.name,
          bars: [
            Self.bar(group.runs.compactMap(\.before)), Self.bar(group.runs.map(\.first)),
            Self.bar(group.runs.map(\.second)),
          ])
      })
    return bars.svg
  }

  func write(to folder: URL) throws {
    for (name, text) in [("results.csv", csv), ("table.md", table), ("figure.svg", svg)] {
      let file = folder.appendingPathComponent(name)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
  }

  private static func mean(_ scores: [IncrementalRun.Score]) -> Double {
    scores.reduce(0) { $0 + $1.accuracy } / Double(max(scores.count, 1))
  }

  private static func bar(_ scores: [IncrementalRun.Score]) -> BarChart.Bar? {
    let values = scores.map(\.accuracy)
    guard let lowest = values.min(), let highest = values.max() else { return nil }
    return BarChart.Bar(value: mean(scores), lowest: lowest, highest: highest)
  }
}
