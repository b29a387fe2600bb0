import Foundation
import ToolSupport

/// What all runs came to, and how it is reported.
struct CodesResults {
  typealias Run = ExperimentRuns<CodesJob>.Run

  /// All runs of one code with one objective.
  struct Cell {
    var code: CodeName
    var objective: ObjectiveName
    var runs: [Run]

    func sample(_ value: (CodesJob.Outcome) -> Double) -> Sample {
      Sample(runs.map { value($0.outcome) })
    }

    var accuracy: Sample { sample(\.accuracy) }
    var hiddenSpikes: Double { sample(\.hiddenSpikes).mean }
    var outputSpikes: Double { sample(\.outputSpikes).mean }
    var name: String { "\(code.rawValue) with \(objective.title)" }

    /// Of the seeds that came to 90 %, if all did.
    var trialsTo90: Double? { mean { $0.trialsTo90.map(Double.init) } }
    var secondsTo90: Double? { mean(\.learningSecondsTo90) }

    private func mean(_ value: (CodesJob.Outcome) -> Double?) -> Double? {
      let values = runs.compactMap { value($0.outcome) }
      return values.count == runs.count ? Sample(values).mean : nil
    }
  }

  var runs: [Run]
  /// What was learned.
  var pictures: String
  /// What repeats it.
  var command: String

  var cells: [Cell] {
    codes.flatMap { code in
      objectives.map { objective in
        Cell(
          code: code, objective: objective,
          runs: runs.filter { $0.job.code == code && $0.job.objective == objective })
      }
    }
  }

  var codes: [CodeName] {
    CodeName.allCases.filter { code in runs.contains { $0.job.code == code } }
  }

  var objectives: [ObjectiveName] {
    ObjectiveName.allCases.filter { objective in runs.contains { $0.job.objective == objective } }
  }

  func write(to folder: ExperimentFolder) throws {
    try folder.write(runs.map(\.job), toJSON: "config.json")
    try folder.write(runs, toJSON: "results.json")
    try folder.write(everyRun.csv, to: "results.csv")
    try folder.write(progress.csv, to: "progress.csv")
    try folder.write(bars.svg, to: "figure.svg")
    try folder.write(curves.svg, to: "figure-progress.svg")
    try folder.write(CodesReport(results: self).text, to: "README.md")
  }

  /// Accuracies as a matrix.
  var matrix: ResultTable {
    var table = ResultTable(["objective"] + codes.map(\.rawValue))
    for objective in objectives {
      table.append(
        [objective.title]
          + codes.map { code in
            cells.first { $0.code == code && $0.objective == objective }?.accuracy.percent ?? "-"
          })
    }
    return table
  }

  var summary: ResultTable {
    var table = ResultTable([
      "code", "objective", "accuracy, %", "trials to 90 %", "CPU s to 90 %", "CPU ms a trial",
      "input spikes", "hidden spikes", "output spikes",
    ])
    for cell in cells {
      let trials = Double(max(cell.runs.first?.job.trials ?? 1, 1))
      table.append([
        cell.code.rawValue, cell.objective.title, cell.accuracy.percent,
        cell.trialsTo90.map { Format.decimal($0, 0) } ?? "-",
        cell.secondsTo90.map { Format.decimal($0, 2) } ?? "-",
        Format.decimal(cell.sample(\.learningSeconds).mean / trials * 1000, 2),
        Format.decimal(cell.sample(\.inputSpikes).mean, 0), Format.decimal(cell.hiddenSpikes, 0),
        cell.objective.hasOutputSpikes ? Format.decimal(cell.outputSpikes, 1) : "none",
      ])
    }
    return table
  }

  private var everyRun: ResultTable {
    var table = ResultTable([
      "code", "objective", "seed", "accuracy", "trials_to_90", "learning_cpu_s_to_90",
      "learning_cpu_s", "input_spikes", "hidden_spikes", "output_spikes", "input_gain", "rate",
    ])
    for run in runs {
      let outcome = run.outcome
      table.append([
        run.job.code.rawValue, run.job.objective.rawValue, "\(run.job.seed)",
        Format.decimal(outcome.accuracy, 4), outcome.trialsTo90.map(String.init) ?? "",
        outcome.learningSecondsTo90.map { Format.decimal($0, 3) } ?? "",
        Format.decimal(outcome.learningSeconds, 3), Format.decimal(outcome.inputSpikes, 1),
        Format.decimal(outcome.hiddenSpikes, 1), Format.decimal(outcome.outputSpikes, 2),
        Format.decimal(outcome.inputGain, 3), "\(outcome.rate)",
      ])
    }
    return table
  }

  private var progress: ResultTable {
    var table = ResultTable(["code", "objective", "seed", "trial", "accuracy"])
    for run in runs {
      for (index, accuracy) in run.outcome.progress.enumerated() {
        table.append([
          run.job.code.rawValue, run.job.objective.rawValue, "\(run.job.seed)",
          "\((index + 1) * run.job.block)", Format.decimal(accuracy, 4),
        ])
      }
    }
    return table
  }

  private var bars: BarChart {
    BarChart(
      yLabel: "accuracy", series: codes.map { ($0.rawValue, $0.colour) },
      groups: objectives.map { objective in
        BarChart.Group(
          name: objective.title,
          bars: cells.filter { $0.objective == objective }.map { cell in
            let accuracy = cell.accuracy
            return BarChart.Bar(
              value: accuracy.mean, lowest: accuracy.lowest, highest: accuracy.highest)
          })
      })
  }

  private var curves: Chart {
    Chart(
      panels: codes.map { code in
        Chart.Panel(
          title: code.rawValue, x: ChartAxis("trials"),
          y: ChartAxis("right before it was learned", range: 0...1, isShare: true),
          series: cells.filter { $0.code == code }.map { cell in
            let count = cell.runs.map(\.outcome.progress.count).min() ?? 0
            return Chart.Series(
              name: cell.objective.title, colour: cell.objective.colour,
              x: (0..<count).map { Double(($0 + 1) * (cell.runs.first?.job.block ?? 1)) },
              y: (0..<count).map { index in cell.sample { $0.progress[index] }.mean })
          })
      })
  }
}

extension CodeName {
  var colour: String {
    switch self {
    case .rate: Chart.colours[0]
    case .latency: Chart.colours[1]
    case .delta: Chart.colours[2]
    }
  }
}

extension ObjectiveName {
  var colour: String { Chart.colours[ObjectiveName.allCases.firstIndex(of: self) ?? 0] }
}
