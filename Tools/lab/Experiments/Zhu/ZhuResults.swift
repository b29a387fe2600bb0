import Foundation
import ToolSupport

/// What all runs came to.
struct ZhuResults {
  typealias Run = ExperimentRuns<ZhuJob>.Run

  /// All runs of one loss with one normalisation on one set.
  struct Cell {
    var loss: TimedSettings.Loss
    var normalisation: TimedSettings.Normalisation
    var runs: [Run]

    var name: String { "\(loss.title), \(normalisation.rawValue)" }
    var epochs: Int { runs.map(\.outcome.epochs.count).min() ?? 0 }

    func sample(_ value: (ZhuJob.Outcome) -> Double) -> Sample {
      Sample(runs.map { value($0.outcome) })
    }

    /// Means over seeds for each epoch.
    func curve(_ value: (ZhuJob.Epoch) -> Double) -> [Double] {
      (0..<epochs).map { epoch in sample { value($0.epochs[epoch]) }.mean }
    }

    var accuracy: Sample { sample { Double($0.correct) / Double(max($0.tested, 1)) } }
  }

  var runs: [Run]
  var check: TimedCheck
  /// Names of the sets, with their numbers of trials.
  var sets: [String]
  /// What repeats it.
  var command: String

  var setNames: [String] { sets.map { String($0.prefix { $0 != " " }) } }

  func cells(of set: String) -> [Cell] {
    TimedSettings.Loss.allCases.flatMap { loss in
      TimedSettings.Normalisation.allCases.map { normalisation in
        Cell(
          loss: loss, normalisation: normalisation,
          runs: runs.filter {
            $0.job.set == set && $0.job.settings.loss == loss
              && $0.job.settings.normalisation == normalisation
          })
      }
    }
  }

  func write(to folder: ExperimentFolder) throws {
    try folder.write(runs.map(\.job), toJSON: "config.json")
    try folder.write(check, toJSON: "check.json")
    try folder.write(runs, toJSON: "results.json")
    try folder.write(summary.csv, to: "results.csv")
    try folder.write(epochs.csv, to: "epochs.csv")
    for set in setNames { try folder.write(figure(of: set).svg, to: "figure-\(set).svg") }
    try folder.write(ZhuReport(results: self).text, to: "README.md")
  }

  var summary: ResultTable {
    var table = ResultTable([
      "set", "loss", "normalisation", "test accuracy, %", "last epoch before learning, %", "rates",
      "hidden spikes", "output spikes", "CPU s",
    ])
    for set in setNames {
      for cell in cells(of: set) {
        table.append([
          set, cell.loss.title, cell.normalisation.rawValue, cell.accuracy.percent,
          cell.sample { $0.epochs.last?.accuracy ?? 0 }.percent,
          Set(cell.runs.map(\.outcome.rate)).sorted().map { "\($0)" }.joined(separator: " "),
          Format.decimal(cell.sample(\.hiddenSpikes).mean, 0),
          Format.decimal(cell.sample(\.outputSpikes).mean, 1),
          Format.decimal(cell.sample(\.seconds).mean, 0),
        ])
      }
    }
    return table
  }

  /// The gradient sums of the first and of the last epoch.
  func sums(of set: String) -> ResultTable {
    var table = ResultTable([
      "loss", "normalisation", "epoch", "sum", "of the class", "of others", "positive part, %",
      "positive spikes, %", "sum, hidden", "sum by weights, hidden", "threshold, hidden",
    ])
    for cell in cells(of: set) {
      for epoch in Set([0, cell.epochs - 1]).sorted() where epoch >= 0 {
        func mean(_ value: (ZhuJob.Epoch) -> Double, _ places: Int = 3) -> String {
          Format.decimal(cell.sample { value($0.epochs[epoch]) }.mean, places)
        }
        table.append([
          cell.loss.title, cell.normalisation.rawValue, "\(epoch + 1)", mean(\.sum),
          mean { $0.sums.ofClass / Double($0.trials) },
          mean { $0.sums.ofOthers / Double($0.trials) },
          mean({ $0.sums.shareOfMagnitude * 100 }, 1), mean({ $0.sums.shareOfSpikes * 100 }, 1),
          mean { $0.sums.hidden / Double($0.trials) },
          mean { $0.sums.hiddenWeights / Double($0.trials) }, mean(\.hiddenThreshold, 2),
        ])
      }
    }
    return table
  }

  private var epochs: ResultTable {
    var table = ResultTable([
      "set", "loss", "normalisation", "seed", "epoch", "mean_loss", "accuracy", "sum", "of_class",
      "of_others", "positive_part", "positive_spikes", "hidden_sum", "hidden_weight_sum",
      "output_weight_sum", "hidden_threshold", "output_threshold",
    ])
    for run in runs {
      for (index, epoch) in run.outcome.epochs.enumerated() {
        let (sums, count) = (epoch.sums, Double(epoch.trials))
        let numbers = [
          epoch.loss, epoch.accuracy, epoch.sum, sums.ofClass / count, sums.ofOthers / count,
          sums.shareOfMagnitude, sums.shareOfSpikes, sums.hidden / count,
          sums.hiddenWeights / count, sums.outputWeights / count, epoch.hiddenThreshold,
          epoch.outputThreshold,
        ]
        table.append(
          [
            run.job.set, run.job.settings.loss.rawValue, run.job.settings.normalisation.rawValue,
            "\(run.job.seed)", "\(index + 1)",
          ] + numbers.map { String(format: "%.5g", $0) })
      }
    }
    return table
  }

  private func figure(of set: String) -> Chart {
    func panel(_ title: String, _ y: ChartAxis, _ value: (ZhuJob.Epoch) -> Double) -> Chart.Panel {
      let series = cells(of: set).enumerated().map { index, cell in
        let isThresholds = cell.normalisation == .thresholds
        return Chart.Series(
          name: cell.name, colour: Chart.colours[cell.loss == .count ? 0 : 1],
          style: isThresholds ? .line : .dashed, x: (0..<cell.epochs).map { Double($0 + 1) },
          y: cell.curve(value))
      }
      return Chart.Panel(title: title, x: ChartAxis("epoch"), y: y, series: series)
    }
    return Chart(panels: [
      panel(
        "accuracy before learning", ChartAxis("accuracy", range: 0...1, isShare: true), \.accuracy),
      panel("sum of dL/dt of output spikes", ChartAxis("a trial"), \.sum),
      panel(
        "positive part of it", ChartAxis("of magnitudes", range: 0...1, isShare: true),
        \.sums.shareOfMagnitude),
    ])
  }
}

extension ZhuJob.Epoch {
  /// dL/dt of a trial's output spikes.
  var sum: Double { sums.total / Double(max(trials, 1)) }
}
