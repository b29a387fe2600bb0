import Foundation
import ToolSupport

extension OnePassResults {
  /// The progressive error by trials, one panel for each stream and number of passes.
  var chart: Chart {
    struct Key: Hashable {
      var stream: OnePassJob.Stream
      var passes: Int
    }
    var keys: [Key] = []
    for group in groups where !keys.contains(Key(stream: group.stream, passes: group.passes)) {
      keys.append(Key(stream: group.stream, passes: group.passes))
    }
    let rules = groups.map(\.rule)
    let panels = keys.map { key in
      let groups = groups.filter { $0.stream == key.stream && $0.passes == key.passes }
      // Few trials a block are often all right, and nothing cannot be drawn among powers of ten.
      let isFine = groups.allSatisfy { $0.runs.allSatisfy { $0.outcome.blockSize >= 500 } }
      let scale = isFine ? ChartAxis.Scale.logarithmic : .linear
      return Chart.Panel(
        title: key.stream.title + ", \(key.passes) pass" + (key.passes == 1 ? "" : "es"),
        x: ChartAxis("trials", scale),
        y: ChartAxis("error while learning", scale, isShare: true),
        series: groups.map { group in
          let place = rules.firstIndex(of: group.rule) ?? 0
          return series(group, Chart.colours[place % Chart.colours.count])
        })
    }
    return Chart(panels: panels)
  }

  private func series(_ group: Group, _ colour: String) -> Chart.Series {
    let curves = group.runs.map(\.outcome.curve)
    let x = (curves.first ?? []).map(\.trials)
    let errors = x.indices.map { index in
      Sample(curves.map { 1 - $0[index].accuracy })
    }
    return Chart.Series(
      name: group.rule, colour: colour, x: x, y: errors.map(\.mean), lower: errors.map(\.lowest),
      upper: errors.map(\.highest))
  }

  /// For people.
  var report: String {
    var parts = [
      "# Online, batch 1, one pass", "    " + command,
      "Trials come one after the other; each is predicted, then learned, and not kept. The progressive accuracy counts "
        + "these predictions; where a rule moves weights within a trial, another stream of the same network predicts the "
        + "trial before its label acts, and learns nothing. The accuracy on unseen trials was taken once, after the last trial, with learning switched off.",
      streamsText,
    ]
    if heldOut != nil {
      parts.append("**Tested on training trials that were held out, not on the test set.**")
    }
    parts += [
      table.markdown,
      "Deviations are over seeds, which draw the initial weights and the order of the trials.",
    ]
    if !about.isEmpty {
      parts.append(
        about.sorted { $0.key < $1.key }.map { "- `\($0)`: \($1)" }.joined(separator: "\n"))
    }
    parts += [
      "![Error while learning](figure.svg)", "## Memory", memoryText,
      "## Beside published figures", published.markdown,
      """
      The published figures are of N-MNIST, mostly after many passes in batches, and often of the best epoch on the test set; \
      ours come from one run a seed, without a choice among epochs. Only figures of the same stream can be compared.
      """,
    ]
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// What was learned and tested, of each stream.
  private var streamsText: String {
    var lines: [String] = []
    for stream in OnePassJob.Stream.allCases {
      guard let job = runs.first(where: { $0.job.stream == stream })?.job else { continue }
      let what =
        stream == .recorded
        ? "recordings of N-MNIST" : isQuick ? "digits of strokes" : "images of MNIST"
      let how =
        stream == .recorded
        ? "" : " before a simulated sensor that makes the saccades of N-MNIST"
      lines.append(
        "- \(stream.title): \(job.training) \(what) to learn from and \(job.testing) unseen ones\(how); one of the unseen "
          + "is \(Format.decimal(100 / Double(job.testing), 2)) points.")
    }
    return lines.joined(separator: "\n")
  }

  private var memoryText: String {
    guard !memory.isEmpty else { return "Not measured in this run." }
    var table = ResultTable(["rule", "peak MB after a tenth", "peak MB at the end", "trials"])
    for entry in memory {
      table.append([
        entry.rule, Format.decimal(entry.early, 1), Format.decimal(entry.late, 1),
        "\(entry.trials)",
      ])
    }
    let inIt =
      isQuick
      ? ""
      : "; the images of MNIST, 55 MB, are in it, and for rules by steps the stream that predicts first"
    return
      "The largest resident memory of the whole process while it learns from recordings that are made and forgotten "
      + "one by one\(inIt).\n\n" + table.markdown
  }

  private var published: ResultTable {
    var table = ResultTable(["source", "network", "learning", "N-MNIST, %"])
    table.append([
      "SKIM (Cohen et al. 2016)", "10000 random hidden", "online pseudo-inverse of the readout",
      "92.87",
    ])
    table.append([
      "FPGA, error-triggered (Shi et al. 2023)", "two event-driven arrays", "online, on chip",
      "84.46",
    ])
    table.append([
      "e-prop, 20 epochs, batch 256 (NeuroTrain, arXiv:2605.15058)", "512 recurrent",
      "best epoch of 20", "96.0",
    ])
    table.append(["ES-D-RTRL, the same", "512", "best epoch of 20", "95.8"])
    table.append(["BPTT, the same", "512", "best epoch of 20", "96.8"])
    table.append([
      "ANTLR (Kim et al. 2020)", "800", "20 epochs, batch 16", "97.73 at 415 spikes, 98.05 at 6638",
    ])
    return table
  }
}
