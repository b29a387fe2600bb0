import Foundation
import Learning
import ToolSupport

/// The figures and the page of `noise-and-drift`.
extension DriftResults {
  private var clean: Row? { rows.first { $0.kind == nil && $0.filter == nil } }

  private func constant(_ kind: Disturbance.Kind) -> [Row] {
    rows.filter { $0.kind == kind && $0.shape == .constant && $0.filter == nil }
  }

  var figures: [(name: String, chart: Chart)] {
    let noise: [Disturbance.Kind] = [.background, .hotPixels, .lost, .jitter]
    let sensor = Disturbance.Kind.allCases.filter { !noise.contains($0) }
    func chart(_ kinds: [Disturbance.Kind]) -> Chart {
      Chart(
        panels: kinds.filter { !constant($0).isEmpty }.map(panel), width: 230, height: 220)
    }
    let drifts = rows.filter { $0.shape == .drift }
    return [
      ("noise", chart(noise)), ("sensor", chart(sensor)),
      ("drift", Chart(panels: drifts.map(curve), width: 200, height: 220)),
    ]
  }

  private func panel(_ kind: Disturbance.Kind) -> Chart.Panel {
    let rows = constant(kind)
    let x = [kind.none] + rows.compactMap(\.severity)
    func series(
      _ name: String, _ colour: Int, _ rows: [Row?], _ value: (Row) -> [Double]
    ) -> Chart.Series {
      let points = zip(x, rows).compactMap { x, row in row.map { (x, Sample(value($0))) } }
      return Chart.Series(
        name: name, colour: Chart.colours[colour], style: .linePoints, x: points.map(\.0),
        y: points.map(\.1.mean), lower: points.map(\.1.lowest), upper: points.map(\.1.highest))
    }
    var all = [
      series("learning off", 1, [clean] + rows, \.off),
      series("learning on, last fifth", 0, [clean] + rows, \.onLast),
      series("clean after learning on", 2, [clean] + rows, \.cleanAfter),
    ]
    let filtered = self.rows.filter {
      $0.filter == kind.filter && $0.filter != nil && ($0.kind ?? kind) == kind
    }
    if !filtered.isEmpty {
      all.append(series("learning off, behind a filter", 3, filtered, \.off))
    }
    return Chart.Panel(
      title: kind.rawValue, x: ChartAxis(kind.label),
      y: ChartAxis("accuracy", range: 0...1, isShare: true), series: all)
  }

  private func curve(_ row: Row) -> Chart.Panel {
    let x = row.offCurve.indices.map { (Double($0) + 0.5) * Double(settings.stretch) }
    return Chart.Panel(
      title: "\(row.kind?.rawValue ?? "") to \(row.severityText)", x: ChartAxis("trials"),
      y: ChartAxis("accuracy", range: 0...1, isShare: true),
      series: [
        Chart.Series(
          name: "learning off", colour: Chart.colours[1], style: .line, x: x, y: row.offCurve),
        Chart.Series(
          name: "learning on, test then train", colour: Chart.colours[0], style: .line, x: x,
          y: row.onCurve),
      ])
  }

  /// What learning on brings, counted.
  private var findings: [String] {
    var lines: [String] = []
    if let clean {
      lines.append(
        "Nothing wrong: \(Sample(clean.off).percent) % with learning off, \(Sample(clean.on).percent) % with learning on."
      )
    }
    let disturbed = rows.filter { $0.kind != nil && $0.filter == nil }
    let gains = disturbed.map { (row: $0, gain: Sample($0.onLast).mean - Sample($0.offLast).mean) }
    let better = gains.filter { $0.gain > 0 }.count
    lines.append(
      "In the last fifth of the stream, learning on is ahead in \(better) of \(gains.count) disturbed streams."
    )
    for (help, cost, end) in [
      ("helps most", "costs least", gains.max { $0.gain < $1.gain }),
      ("helps least", "costs most", gains.min { $0.gain < $1.gain }),
    ] {
      guard let end else { continue }
      lines.append(
        "It \(end.gain < 0 ? cost : help) with \(end.row.condition) \(end.row.severityText): "
          + "\(Sample(end.row.offLast).percent) % off, \(Sample(end.row.onLast).percent) % on.")
    }
    if let clean,
      let worst = disturbed.min(by: { Sample($0.cleanAfter).mean < Sample($1.cleanAfter).mean })
    {
      lines.append(
        "Clean trials are worst after learning \(worst.condition) \(worst.severityText): "
          + "\(Sample(worst.cleanAfter).percent) %, beside \(Sample(clean.cleanAfter).percent) % after the clean stream."
      )
    }
    return lines
  }

  /// How it learns before the streams and in them.
  private var learning: String {
    let optimiser = settings.learner.optimiser
    let updates =
      switch optimiser.update {
      case .step: "an update after each step"
      case .steps: "an update every \(optimiser.everySteps) steps"
      case .trial: "an update at the end of each trial"
      }
    let schedule = optimiser.schedule
    guard schedule.shape != .constant else {
      return updates + ", at a constant rate; learning goes on at that rate"
    }
    return updates + ", the rate falling (\(schedule.shape.rawValue)) to "
      + String(format: "%g", schedule.final)
      + " of what it began with; learning goes on at that rate"
  }

  private var standardErrors: String {
    func points(_ share: Double, _ trials: Int) -> String {
      Format.decimal(100 * Sample.standardError(of: share, trials: trials), 2)
    }
    let fifth = max(settings.trials / 5, 1)
    return "The standard error of one accuracy of 98 % on all \(settings.trials) trials is about "
      + "\(points(0.98, settings.trials)) points, of one of 50 % on the \(fifth) of the last fifth "
      + "\(points(0.5, fifth))"
  }

  var report: String {
    let drawn =
      isMNIST ? "MNIST images in simulated saccades" : "drawn digits in simulated saccades"
    let images = figures.filter { !$0.chart.panels.isEmpty }
      .map { "![\($0.name)](figure-\($0.name).svg)" }.joined(separator: "\n\n")
    return """
      # Noise and drift

          \(command)

      A network of \(settings.learner.hidden.neurons.sizes.map { "\($0)" }.joined(separator: "-")) hidden neurons learned \
      \(settings.training) clean trials once (\(drawn)): \(learning). Each row is a stream of the same \(settings.trials) other trials, seen by a disturbed sensor: with learning off, \
      and with learning on, where each trial is predicted before it is learned from. The model that learned is then \
      tested on \(settings.testing) clean unseen trials. In a drift the disturbance grows evenly from none to the severity \
      given. Seeds: \(rows.first?.seeds.map { "\($0)" }.joined(separator: ", ") ?? ""). \(standardErrors); the \
      streams share their images.

      Background activity, thresholds and polarity are changed in the simulated pixels; the rest is done to events. \
      events.csv tells what each disturbance does to a stream. `denoise` drops events without a neighbour in the last \
      10 ms, `hot-pixel-mask` pixels with more than 100 events a second in the first 3 s; both are the engine's own \
      transforms, here before a model that learned without them.

      \(images)

      \(findings.map { "- " + $0 }.joined(separator: "\n"))

      \(table.markdown)
      There is no published figure to lay beside these: the papers that this project follows do not disturb their sensors.

      """
  }
}
