import Foundation
import ToolSupport

/// The folder of an experiment: settings, results, figures and what they say.
struct AntlrReport {
  var title: String
  var introduction: [String]
  /// What repeats it.
  var command: String
  /// The published numbers, and what is different.
  var published: [String]
  var settings: AntlrSettings
  /// Of each set of data: what was learned from and tested on.
  var data: [AntlrData]
  var results: AntlrResults

  private struct Configuration: Encodable {
    struct Data: Encodable {
      var name: String
      var training: Int
      var testing: Int
      var events: Double

      private enum CodingKeys: String, CodingKey {
        case name, training, testing
        case events = "input_events_a_sample"
      }
    }

    var command: String
    var settings: AntlrSettings
    var data: [Data]
  }

  func write(to folder: ExperimentFolder) throws {
    let described = data.map {
      Configuration.Data(
        name: $0.name, training: $0.train.count, testing: $0.test.count,
        events: $0.test.eventsPerTrial)
    }
    try folder.write(
      Configuration(command: command, settings: settings, data: described), toJSON: "config.json")
    try folder.write(results.groups, toJSON: "results.json")
    try folder.write(results.table.csv, to: "results.csv")
    try folder.write(results.curves.csv, to: "curves.csv")
    for (name, file) in figures { try folder.write(results.figure(name).svg, to: file) }
    try folder.write(text, to: "README.md")
  }

  private var figures: [(data: String, file: String)] {
    data.enumerated().map { index, data in
      (data.short, index == 0 ? "figure.svg" : "figure-\(index + 1).svg")
    }
  }

  private var text: String {
    let sets = data.map { data in
      "- \(data.short): \(data.name); \(Format.count(data.train.count)) samples to learn from, "
        + "\(Format.count(data.test.count)) to test on, "
        + "\(Format.decimal(data.test.eventsPerTrial, 0)) input events a sample."
    }
    let biases = settings.biases ? "biases that begin at 0 and enter as currents do" : "no biases"
    let images = figures.map { "![\($0.data)](\($0.file))" }
    let lines =
      ["# \(title)", ""] + introduction + ["", "```", command, "```", ""] + sets
      + [
        "", "## Settings", "",
        "\(data.first?.train.inputs ?? 0)-\(settings.hidden)-10 neurons with currents, both time constants "
          + "\(Format.decimal(settings.tau, 1)) ms, kernel with peak 1, reset of membrane and current; "
          + "\(settings.steps) steps of \(Format.decimal(Double(settings.stepMicroseconds) / 1000, 1)) ms; surrogate "
          + "exp(-3 |V - 1|); slope floor 0.01; \(results.epochs), batches of \(settings.batch), Adam with rate "
          + "\(settings.rate), falling linearly to \(Format.decimal(settings.finalRate * 100, 0)) % of it; gradients "
          + "clipped at \(settings.clip) element by element; normal initial weights with gains \(settings.inputGain) and "
          + "\(settings.readoutGain); \(biases); temperature of the latency loss \(settings.temperature) steps; push of a "
          + "silent target \(settings.noSpikeTarget) a step (hybrid); penalty on the weights of silent neurons "
          + "\(settings.noSpikeWeight) over the number of inputs (timing).",
        "",
        "The gradient is the whole one in reverse time, that of `ReferenceNetwork` with `Terms.full`, computed by its fast "
          + "form. Results are those after the last epoch; no epoch was chosen by its test result. \"Accuracy\" is that of the "
          + "decision that fits the loss: most spikes for counts, the earliest spike for latencies, the first in number of "
          + "equals; a sample without an output spike counts as wrong. \"Silent by potential\" is the earliest spike's accuracy if "
          + "the largest mean potential decides such a sample. Spikes are means a sample over the whole trial; \"until "
          + "decision\" counts those up to the step of the first output spike.",
        "", "## Results", "", results.table.markdown,
      ] + results.findings + [""] + images.flatMap { [$0, ""] }
      + ["## Beside the paper", ""] + published
    return lines.joined(separator: "\n") + "\n"
  }
}
