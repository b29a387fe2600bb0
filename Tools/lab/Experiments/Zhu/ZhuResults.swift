import Foundation
import ToolSupport

struct ZhuResults {
  var runs: [ExperimentRuns<ZhuJob>.Run]
  var check: TimedCheck

  func write(to folder: ExperimentFolder) throws {
    try folder.write(check, toJSON: "check.json")
    try folder.write(runs, toJSON: "results.json")
  }

  var summary: ResultTable {
    var t = ResultTable(["job", "rate", "search", "train acc", "test", "sum first..", "share", "hidden", "out", "thr", "s"])
    for r in runs {
      let o = r.outcome
      t.append([
        r.job.name, "\(o.rate)", o.searched.map { Format.percent($0.accuracy) }.joined(separator: " "),
        o.epochs.map { Format.percent($0.accuracy) }.suffix(3).joined(separator: " "), Format.percent(o.correct, of: o.tested),
        o.epochs.map { Format.decimal($0.sums.total / Double($0.trials), 3) }.joined(separator: " "),
        o.epochs.map { Format.decimal($0.sums.shareOfMagnitude, 3) }.joined(separator: " "),
        Format.decimal(o.hiddenSpikes, 0), Format.decimal(o.outputSpikes, 1),
        Format.decimal(o.epochs.last?.hiddenThreshold ?? 0, 1), Format.decimal(o.seconds, 1),
      ])
    }
    return t
  }
}
