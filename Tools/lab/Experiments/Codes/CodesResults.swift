import Foundation
import ToolSupport

struct CodesResults {
  var runs: [ExperimentRuns<CodesJob>.Run]
  var pictures: String

  func write(to folder: ExperimentFolder) throws {
    try folder.write(summary.csv, to: "results.csv")
  }

  var summary: ResultTable {
    var table = ResultTable(["code", "objective", "rate", "gain", "accuracy", "to90", "in", "hidden", "out", "cpu", "searched"])
    for run in runs {
      let o = run.outcome
      table.append([
        run.job.code.rawValue, run.job.objective.rawValue, "\(o.rate)", Format.decimal(o.inputGain), Format.percent(o.accuracy),
        o.trialsTo90.map { "\($0)" } ?? "-", Format.decimal(o.inputSpikes, 0), Format.decimal(o.hiddenSpikes, 0),
        Format.decimal(o.outputSpikes, 1), Format.decimal(o.learningSeconds, 2), o.searched.map { Format.percent($0.accuracy) }.joined(separator: " "),
      ])
    }
    return table
  }
}
