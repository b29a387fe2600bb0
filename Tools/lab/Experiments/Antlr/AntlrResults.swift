import Foundation
import Learning
import ToolSupport

/// The runs of an experiment as tables and curves.
struct AntlrResults {
  typealias Run = ExperimentRuns<AntlrJob>.Run

  /// What is the same but for the seed.
  struct Group: Encodable {
    var data: String
    var title: String
    var method: AntlrMethod
    var isSingle: Bool
    /// Of each seed.
    var outcomes: [AntlrOutcome]
    var seeds: [UInt64]

    func sample(_ value: (AntlrScore) -> Double) -> Sample {
      Sample(outcomes.map { value($0.last) })
    }

    /// By what the method's loss asks for.
    var accuracy: Sample { sample { $0.accuracy(method.decision) } }
    var spikes: Sample { sample(\.spikes) }
    var decision: String { method.decision == .mostSpikes ? "most" : "earliest" }

    /// The mean over seeds after an epoch.
    func mean(_ epoch: Int, _ value: (AntlrScore) -> Double) -> Double {
      Sample(outcomes.map { value($0.epochs[epoch].test) }).mean
    }

    private enum CodingKeys: String, CodingKey {
      case data, title, method, outcomes, seeds
      case isSingle = "single_spike"
    }
  }

  var groups: [Group]

  init(_ runs: [Run]) {
    groups = []
    for run in runs {
      let (job, outcome) = (run.job, run.outcome)
      if let place = groups.firstIndex(where: { $0.data == job.data && $0.title == job.title }) {
        groups[place].outcomes.append(outcome)
        groups[place].seeds.append(job.seed)
      } else {
        groups.append(
          Group(
            data: job.data, title: job.title, method: job.method, isSingle: job.isSingle,
            outcomes: [outcome], seeds: [job.seed]))
      }
    }
  }

  /// Of the runs, from the fewest to the most.
  var epochs: String {
    let counts = groups.flatMap { $0.outcomes.map(\.epochs.count) }
    guard let fewest = counts.min(), let most = counts.max() else { return "no epochs" }
    if fewest < most { return "\(fewest) to \(most) epochs" }
    return most == 1 ? "1 epoch" : "\(most) epochs"
  }

  /// For people.
  var table: ResultTable {
    var table = ResultTable([
      "data", "method", "decision", "accuracy %", "earliest %", "most %", "hidden spikes",
      "output spikes", "until decision", "silent %", "silent by potential %", "learning s",
    ])
    for group in groups {
      func number(_ value: (AntlrScore) -> Double) -> String {
        Format.decimal(group.sample(value).mean, 1)
      }
      table.append([
        group.data, group.title, group.decision, group.accuracy.percent,
        group.sample(\.earliest).percent, group.sample(\.most).percent,
        number(\.hiddenSpikes), number(\.outputSpikes), number(\.spikesUntilDecision),
        Format.decimal(group.sample(\.silent).mean * 100, 2),
        group.sample(\.earliestOrPotential).percent,
        Format.decimal(Sample(group.outcomes.map(\.seconds)).mean, 0),
      ])
    }
    return table
  }

  /// Every epoch of every run, for programs.
  var curves: ResultTable {
    var table = ResultTable([
      "data", "method", "single_spike", "seed", "epoch", "loss", "earliest", "most",
      "hidden_spikes", "output_spikes", "spikes_until_decision", "silent", "earliest_or_potential",
    ])
    for group in groups {
      for (seed, outcome) in zip(group.seeds, group.outcomes) {
        for (index, epoch) in outcome.epochs.enumerated() {
          let test = epoch.test
          let numbers = [
            epoch.loss, test.earliest, test.most, test.hiddenSpikes, test.outputSpikes,
            test.spikesUntilDecision, test.silent, test.earliestOrPotential,
          ]
          table.append(
            [group.data, group.title, "\(group.isSingle)", "\(seed)", "\(index + 1)"]
              + numbers.map { Format.decimal($0, 5) })
        }
      }
    }
    return table
  }

  /// Accuracy and spikes by epoch, for one set of data.
  func figure(_ data: String) -> Chart {
    func series(_ value: @escaping (Group, Int) -> Double) -> [Chart.Series] {
      groups.filter { $0.data == data }.enumerated().map { place, group in
        let epochs = 0..<(group.outcomes.map(\.epochs.count).min() ?? 0)
        return Chart.Series(
          name: group.title, colour: Chart.colours[place % Chart.colours.count],
          style: epochs.count == 1 ? .points : group.isSingle ? .dashed : .line,
          x: epochs.map { Double($0 + 1) }, y: epochs.map { value(group, $0) })
      }
    }
    let accuracy = series { group, epoch in
      group.mean(epoch) { $0.accuracy(group.method.decision) }
    }
    let spikes = series { group, epoch in group.mean(epoch, \.spikes) }
    return Chart(panels: [
      .init(
        title: "\(data): accuracy", x: ChartAxis("epoch"),
        y: ChartAxis("test accuracy", isShare: true), series: accuracy),
      .init(
        title: "\(data): spikes", x: ChartAxis("epoch"),
        y: ChartAxis("hidden and output spikes a sample", .logarithmic), series: spikes),
    ])
  }

  /// What the numbers say, set by set.
  var findings: [String] {
    var lines: [String] = []
    var names: [String] = []
    for group in groups where !names.contains(group.data) { names.append(group.data) }
    for name in names {
      for isSingle in [false, true] {
        let mine = groups.filter { $0.data == name && $0.isSingle == isSingle }
        guard mine.count > 1 else { continue }
        let restriction = isSingle ? "With the restriction to single spikes" : "Without restriction"
        let byAccuracy = mine.sorted { $0.accuracy.mean > $1.accuracy.mean }
        let bySpikes = mine.sorted { $0.spikes.mean < $1.spikes.mean }
        lines.append(
          "- \(name). \(restriction), from the most accurate: "
            + byAccuracy.map { "\($0.title) (\($0.accuracy.percent) %)" }.joined(separator: ", ")
            + "; from the fewest spikes: "
            + bySpikes.map { "\($0.title) (\(Format.decimal($0.spikes.mean, 1)))" }
            .joined(separator: ", ") + ".")
      }
    }
    return lines
  }
}
