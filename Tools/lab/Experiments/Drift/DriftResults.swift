import Foundation
import ToolSupport

/// What disturbances did to a model.
struct DriftResults {
  /// One condition over its seeds.
  struct Row: Codable {
    var kind: Disturbance.Kind?
    var severity: Double?
    var shape: DisturbanceCourse.Shape?
    var filter: DriftJob.Filter?
    var seeds: [UInt64]
    var off: [Double]
    var on: [Double]
    /// Of the last fifth of the stream.
    var offLast: [Double]
    var onLast: [Double]
    var cleanAfter: [Double]
    /// Of stretches of trials, means of the seeds.
    var offCurve: [Double]
    var onCurve: [Double]
    var statistics: EventStatistics

    private enum CodingKeys: String, CodingKey {
      case kind, severity, shape, filter, seeds, off, on, statistics
      case offLast = "off_last"
      case onLast = "on_last"
      case cleanAfter = "clean_after"
      case offCurve = "off_curve"
      case onCurve = "on_curve"
    }

    var condition: String {
      let what = kind.map { "\($0.rawValue)" } ?? "clean"
      return [what, shape == .drift ? "drift" : nil, filter.map { "through \($0.rawValue)" }]
        .compactMap { $0 }.joined(separator: ", ")
    }

    var severityText: String { severity.map { String(format: "%g", $0) } ?? "" }
  }

  /// What repeats it.
  var command: String
  var settings: DriftStudy.Settings
  var isMNIST: Bool
  var rows: [Row] = []

  init(
    command: String, settings: DriftStudy.Settings, isMNIST: Bool,
    runs: [ExperimentRuns<DriftJob>.Run]
  ) {
    (self.command, self.settings, self.isMNIST) = (command, settings, isMNIST)
    var seen: Set<String> = []
    for run in runs {
      let (course, filter) = (run.job.course, run.job.filter)
      let mine = runs.filter { $0.job.course == course && $0.job.filter == filter }
      guard seen.insert(mine[0].job.name).inserted else { continue }
      func values(_ value: (DriftJob.Outcome) -> Double) -> [Double] {
        mine.map { value($0.outcome) }
      }
      func curve(_ value: (DriftJob.Outcome) -> [Double]) -> [Double] {
        let curves = mine.map { value($0.outcome) }
        return curves[0].indices.map { index in Sample(curves.map { $0[index] }).mean }
      }
      rows.append(
        Row(
          kind: course?.kind, severity: course?.severity, shape: course?.shape, filter: filter,
          seeds: mine.map(\.job.seed), off: values(\.off.score.accuracy),
          on: values(\.on.score.accuracy), offLast: values(\.off.last), onLast: values(\.on.last),
          cleanAfter: values(\.after.accuracy), offCurve: curve(\.off.accuracies),
          onCurve: curve(\.on.accuracies), statistics: run.outcome.statistics))
    }
  }

  var table: ResultTable {
    table(of: rows)
  }

  func table(of rows: [Row]) -> ResultTable {
    var table = ResultTable([
      "disturbance", "severity", "events a trial", "off, %", "on, %", "off, last fifth, %",
      "on, last fifth, %", "clean afterwards, %",
    ])
    for row in rows {
      table.append(
        [
          row.condition, row.severityText, Format.decimal(row.statistics.eventsPerTrial, 0),
        ]
          + [row.off, row.on, row.offLast, row.onLast, row.cleanAfter].map { Sample($0).percent })
    }
    return table
  }

  /// One line a condition and seed.
  private var csv: String {
    var table = ResultTable([
      "disturbance", "severity", "course", "filter", "seed", "off", "on", "off_last", "on_last",
      "clean_after",
    ])
    for row in rows {
      for (index, seed) in row.seeds.enumerated() {
        table.append(
          [
            row.kind?.rawValue ?? "clean", row.severityText, row.shape?.rawValue ?? "",
            row.filter?.rawValue ?? "", "\(seed)",
          ]
            + [row.off, row.on, row.offLast, row.onLast, row.cleanAfter].map {
              Format.decimal($0[index], 4)
            })
      }
    }
    return table.csv
  }

  /// What the streams look like.
  private var events: String {
    var table = ResultTable([
      "disturbance", "severity", "course", "filter", "events_per_trial", "on_share", "mean_x",
      "mean_y", "deviation_x", "deviation_y", "deviation_t_us",
    ])
    for row in rows {
      let s = row.statistics
      table.append(
        [
          row.kind?.rawValue ?? "clean", row.severityText, row.shape?.rawValue ?? "",
          row.filter?.rawValue ?? "",
        ]
          + [
            s.eventsPerTrial, s.onShare, s.meanX, s.meanY, s.deviationX, s.deviationY, s.deviationT,
          ].map { Format.decimal($0, 4) })
    }
    return table.csv
  }

  private var curves: String {
    var table = ResultTable(["disturbance", "severity", "course", "filter", "trials", "off", "on"])
    for row in rows {
      for (index, values) in zip(row.offCurve, row.onCurve).enumerated() {
        table.append([
          row.kind?.rawValue ?? "clean", row.severityText, row.shape?.rawValue ?? "",
          row.filter?.rawValue ?? "", "\((index + 1) * settings.stretch)",
          Format.decimal(values.0, 4), Format.decimal(values.1, 4),
        ])
      }
    }
    return table.csv
  }

  private struct Content: Encodable {
    var settings: DriftStudy.Settings
    var rows: [Row]
  }

  func write(to folder: ExperimentFolder) throws {
    try folder.write(settings, toJSON: "config.json")
    try folder.write(Content(settings: settings, rows: rows), toJSON: "results.json")
    try folder.write(csv, to: "results.csv")
    try folder.write(events, to: "events.csv")
    try folder.write(curves, to: "curves.csv")
    for (name, chart) in figures where !chart.panels.isEmpty {
      try folder.write(chart.svg, to: "figure-\(name).svg")
    }
    try folder.write(report, to: "README.md")
  }
}
