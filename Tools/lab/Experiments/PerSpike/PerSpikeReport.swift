import Foundation
import Learning
import ToolSupport

/// The figure and the page of `accuracy-per-spike`.
extension PerSpikeResults {
  var figure: Chart {
    let front = SpikeCost.front(of: rows.map(\.cost))
    let kinds = ["activation", "hybrid and timing", "spiking readout"]
    var series = kinds.enumerated().map { index, kind in
      let mine = rows.filter { self.kind(of: $0) == kind }
      return Chart.Series(
        name: kind, colour: Chart.colours[index], style: .points, x: mine.map(\.cost.spikes),
        y: mine.map(\.accuracy), lower: mine.map { $0.accuracies.min() ?? $0.accuracy },
        upper: mine.map { $0.accuracies.max() ?? $0.accuracy })
    }.filter { !$0.x.isEmpty }
    series.append(
      Chart.Series(
        name: "Pareto front", colour: "#888888", style: .dashed, x: front.map(\.spikes),
        y: front.map(\.accuracy)))
    series.append(
      Chart.Series(
        name: "ANTLR, N-MNIST (other data)", colour: "#000000", style: .points,
        x: Self.published.map(\.spikes), y: Self.published.map(\.accuracy),
        notes: Self.published.map { Format.decimal($0.accuracy * 100) + " %" }))
    return Chart(
      panels: [
        Chart.Panel(
          title: isUnseen ? "one pass, unseen images" : data,
          x: ChartAxis("hidden and output spikes a sample", .logarithmic),
          y: ChartAxis("accuracy", isShare: true), series: series)
      ], width: 560, height: 360)
  }

  private func kind(of row: Row) -> String {
    guard let learner = runs.first(where: { $0.job.name.hasPrefix("\(row.point) ") })?.job.learner
    else { return "" }
    if learner.readout.kind == .spiking { return "spiking readout" }
    return learner.gradient.timing == 0 ? "activation" : "hybrid and timing"
  }

  /// Beside each published point: what has at least its accuracy for the fewest spikes.
  private var comparisons: [String] {
    Self.published.map { published in
      let target =
        "ANTLR's \(Format.decimal(published.accuracy * 100)) % at \(Format.decimal(published.spikes, 0)) spikes: "
      let better = rows.filter { $0.accuracy > published.accuracy }
      guard let cheapest = better.min(by: { $0.cost.spikes < $1.cost.spikes }) else {
        return target + "no point here is above that accuracy."
      }
      let own =
        "`\(cheapest.point)`, picked by its test result among \(rows.count) points, reaches "
        + "\(Sample(cheapest.accuracies).percent) % at \(Format.decimal(cheapest.cost.spikes, 0)) spikes, "
      let ratio = published.spikes / cheapest.cost.spikes
      return target + own
        + (ratio > 1
          ? "\(Format.decimal(ratio, 1)) times fewer."
          : "which is \(Format.decimal(1 / ratio, 1)) times as many.")
    }
  }

  private var minutes: Double { runs.reduce(0) { $0 + $1.outcome.learned.seconds } / 60 }

  private var standardError: String {
    guard let run = runs.first else { return "" }
    let points = 100 * Sample.standardError(of: 0.98, trials: run.outcome.tested.trials)
    return "The standard error of an accuracy of 98 % on \(run.outcome.tested.trials) trials is "
      + "\(Format.decimal(points)) points."
  }

  private var updates: String {
    runs.allSatisfy { $0.job.learner.optimiser.update == .trial }
      ? ", an update at the end of each trial" : ""
  }

  var report: String {
    """
    # Accuracy per spike

        \(command)

    \(data). One pass, trial by trial\(updates); each point is a file of `\(configs)`, and all \
    settings are in config.json. Spikes are of a trial of the test, \(Format.decimal(rows.first?.events ?? 0, 0)) events long on average. \
    All points that were run are shown, whatever they came to, by their total \
    spikes; those on the front are beaten by none in both. Learning took \(Format.decimal(minutes, 0)) minutes of a core. \
    \(standardError)

    \(table.markdown)
    ![accuracy against spikes](figure.svg)

    ## Beside ANTLR

    \(comparisons.map { "- " + $0 }.joined(separator: "\n"))

    These are not the same data. ANTLR's points (Kim, Kim and Kim 2020, figure 8 and table A4: N-MNIST, 2312-800-10) are of \
    recordings of a real sensor; ours are MNIST images in front of a simulated one that moves in the same three saccades. \
    The other points of that table could not be had and are not drawn.

    - ANTLR counts hidden and output spikes. Points with a leaky readout have no output spikes: their ten potentials are \
    summed over all steps instead, which costs reads in place of spikes. Points with a spiking readout count both.
    - ANTLR learned in 20 epochs with batches of 16 and gradients back through time; here each trial is seen once, \
    and its gradient is carried forward in time.
    - ANTLR has 800 hidden neurons; how many there are here stands with each point.

    """
  }
}
