import Foundation
import Learning
import ToolSupport

/// What points came to.
struct PerSpikeResults {
  typealias Run = ExperimentRuns<SpikePoint>.Run

  /// A point over its seeds.
  struct Row: Codable {
    var point: String
    var about: String
    var seeds: [UInt64]
    var accuracies: [Double]
    /// While it learned.
    var learningAccuracy: Double
    /// Of a trial.
    var hiddenSpikes: Double
    var outputSpikes: Double
    var events: Double
    var learningSeconds: Double
    var isOnFront = false
    var accuracy: Double { Sample(accuracies).mean }
    var cost: SpikeCost { SpikeCost(spikes: hiddenSpikes + outputSpikes, accuracy: accuracy) }

    private enum CodingKeys: String, CodingKey {
      case point, about, seeds, accuracies
      case learningAccuracy = "learning_accuracy"
      case hiddenSpikes = "hidden_spikes"
      case outputSpikes = "output_spikes"
      case events
      case learningSeconds = "learning_cpu_s"
      case isOnFront = "on_front"
    }
  }

  /// Of N-MNIST, with a network of 2312-800-10.
  static let published = [
    SpikeCost(spikes: 415, accuracy: 0.9773), SpikeCost(spikes: 6638, accuracy: 0.9805),
  ]

  /// What repeats it.
  var command: String
  /// The folder of the points.
  var configs: String
  var data: String
  /// Whether it was tested on what no setting was chosen by.
  var isUnseen: Bool
  var rows: [Row] = []
  var runs: [Run]

  init(
    command: String, configs: String, data: String, isUnseen: Bool, rules: [NamedConfiguration],
    runs: [Run]
  ) {
    (self.command, self.configs, self.data) = (command, configs, data)
    (self.isUnseen, self.runs) = (isUnseen, runs)
    for rule in rules {
      let mine = runs.filter { $0.job.name == "\(rule.name) \($0.job.seed)" }
      func mean(_ value: (SpikePoint.Outcome) -> Double) -> Double {
        Sample(mine.map { value($0.outcome) }).mean
      }
      rows.append(
        Row(
          point: rule.name, about: rule.about, seeds: mine.map(\.job.seed),
          accuracies: mine.map(\.outcome.tested.accuracy),
          learningAccuracy: mean(\.learned.accuracy), hiddenSpikes: mean(\.tested.spikesPerTrial),
          outputSpikes: mean { Double($0.outputSpikes) / Double(max($0.tested.trials, 1)) },
          events: mean(\.tested.eventsPerTrial), learningSeconds: mean(\.learned.seconds)))
    }
    let front = SpikeCost.front(of: rows.map(\.cost))
    for index in rows.indices { rows[index].isOnFront = front.contains(rows[index].cost) }
    rows.sort { ($0.cost.spikes, $0.point) < ($1.cost.spikes, $1.point) }
  }

  var table: ResultTable {
    var table = ResultTable([
      "point", "what it is", "seeds", "accuracy, %", "hidden spikes", "output spikes",
      "while learning, %",
      "learning, CPU s", "front",
    ])
    for row in rows {
      table.append([
        row.point, row.about, "\(row.seeds.count)", Sample(row.accuracies).percent,
        Format.decimal(row.hiddenSpikes, 0), Format.decimal(row.outputSpikes, 1),
        Format.decimal(row.learningAccuracy * 100), Format.decimal(row.learningSeconds, 0),
        row.isOnFront ? "yes" : "",
      ])
    }
    return table
  }

  /// One line a run.
  private var csv: String {
    var table = ResultTable([
      "point", "seed", "trials", "accuracy", "correct", "test_trials", "hidden_spikes",
      "output_spikes",
      "events", "learning_accuracy", "learning_cpu_s", "on_front",
    ])
    for row in rows {
      for run in runs where run.job.name == "\(row.point) \(run.job.seed)" {
        let (learned, tested) = (run.outcome.learned, run.outcome.tested)
        table.append([
          row.point, "\(run.job.seed)", "\(learned.trials)", Format.decimal(tested.accuracy, 4),
          "\(tested.correct)", "\(tested.trials)", Format.decimal(tested.spikesPerTrial, 2),
          Format.decimal(run.outcome.spikesPerTrial - tested.spikesPerTrial, 2),
          Format.decimal(tested.eventsPerTrial, 1), Format.decimal(learned.accuracy, 4),
          Format.decimal(learned.seconds, 1), row.isOnFront ? "1" : "0",
        ])
      }
    }
    return table.csv
  }

  private struct Content: Encodable {
    var data: String
    var published: [SpikeCost]
    var points: [Row]
  }

  func write(to folder: ExperimentFolder) throws {
    try folder.write(runs.map(\.job), toJSON: "config.json")
    try folder.write(
      Content(data: data, published: Self.published, points: rows), toJSON: "results.json")
    try folder.write(csv, to: "results.csv")
    try folder.write(figure.svg, to: "figure.svg")
    try folder.write(report, to: "README.md")
  }
}
