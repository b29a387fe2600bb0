import ArgumentParser
import Events
import Foundation
import Learning
import Service
import ToolSupport

struct Gradient: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write one trial and its gradient to a file, to be checked from outside.",
    discussion: """
      The weights are those of the configuration's seed, or of a checkpoint, and stay as they are. The file is \
      safetensors: weights, input, what each layer did in each step, and the gradient of every weight. What the \
      optimiser makes of a gradient (clipping, no_spike_weight, readout_norm, decay) is not in it. The page \
      GradientCheck of the documentation has a program that computes it anew.

      EXAMPLES
        afferent-lab gradient --config engine.yaml --recording SampleStreams/Test/3/00081.bin --label 3 --out g.st
        afferent-lab gradient --config engine.yaml --recording 00081.bin --label 3 --out g.st --double
        afferent-lab gradient --config engine.yaml --checkpoint afferent.safetensors --recording 00081.bin \
      --label 3 --out g.st --json
      """)

  @Option(help: "YAML file as for the engine; its sensor and learner sections are used.")
  var config: String
  @Option(help: "The recording, which is one trial from time 0 on.")
  var recording: String
  @Option(help: "The class of the recording.")
  var label: Int
  @Option(help: "The file to write.")
  var out: String
  @Option(help: "Take the weights of this checkpoint.")
  var checkpoint: String?
  @Flag(help: "Compute in double precision, from the same weights.")
  var double = false
  @Flag(help: "Print the results as one line of JSON.")
  var json = false

  func validate() throws {
    guard label >= 0 else { throw ValidationError("--label must not be negative") }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try write() }
  }

  private func write() throws {
    var configuration = try EngineConfiguration.load(path: config)
    try configuration.validate()
    // Weights that move in the trial would leave no gradient of it.
    configuration.learner.optimiser.update = .trial
    let geometry = try configuration.sensor.geometry()
    guard label < configuration.learner.classes else {
      throw ConfigurationError(
        "--label \(label): learner.classes is \(configuration.learner.classes), the first class is 0"
      )
    }
    let events = try RecordingReader.readAll(path: recording)
    try Trials.check(events, path: recording, geometry: geometry)
    guard !events.isEmpty else { throw ConfigurationError("\(recording): there are no events") }
    let steps = TrialSteps(of: events, geometry: geometry, configuration: configuration.learner)
    try checkSize(steps, configuration.learner)
    let network = try Network<Float>(configuration.learner, inputs: geometry.addressCount)
    if let checkpoint { try Checkpoint.load(checkpoint, into: network, geometry: geometry) }
    if double {
      try write(Network<Double>(network), steps, geometry)
    } else {
      try write(network, steps, geometry)
    }
  }

  /// Four numbers of each neuron and step.
  private func checkSize(_ steps: TrialSteps, _ configuration: LearnerConfiguration) throws {
    let neurons = configuration.hidden.neurons.sizes.reduce(configuration.classes, +)
    guard steps.active.count * neurons <= 1 << 26 else {
      throw ConfigurationError(
        "\(recording): \(steps.active.count) steps of \(neurons) neurons; allowed are 2^26 in all")
    }
  }

  private func write<Scalar: LearningScalar>(
    _ network: Network<Scalar>, _ steps: TrialSteps, _ geometry: SensorGeometry
  ) throws {
    let record = try GradientRecord(network, label: label, steps: steps)
    let file = GradientFile(network: network, record: record, label: label, geometry: geometry)
    let url = URL(fileURLWithPath: out)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(try file.contents().encoded()).write(to: url, options: .atomic)
    } catch {
      throw ConfigurationError("\(out): cannot be written: \(error.localizedDescription)")
    }
    let summary = GradientSummary(record, label: label, path: out)
    if json { try Terminal.json(summary) } else { summary.print() }
  }
}

/// What is told of a trial and its gradient.
struct GradientSummary: Encodable {
  let out: String
  let label: Int
  let loss: Double
  let steps: Int
  let restarts: Int
  let inputSpikes: Int
  /// By layer.
  let spikes: [String: Int]
  /// By connection.
  let norms: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case out, label, loss, steps, restarts, spikes
    case inputSpikes = "input_spikes"
    case norms = "gradient_norms"
  }

  init<Scalar: LearningScalar>(_ record: GradientRecord<Scalar>, label: Int, path: String) {
    out = path
    self.label = label
    loss = Double(record.loss)
    steps = record.steps.active.count
    restarts = record.steps.restarts.count
    inputSpikes = record.steps.active.reduce(0) { $0 + $1.count }
    let spiking = record.layers.filter(\.isSpiking).map { ($0.name, $0.spikeCount) }
    spikes = Dictionary(uniqueKeysWithValues: spiking)
    let norms = record.gradients.map { name, values in
      (name, values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
    }
    self.norms = Dictionary(uniqueKeysWithValues: norms)
  }

  func print() {
    Terminal.line(
      "label \(label)  loss \(String(format: "%.6g", loss))  \(steps) steps  "
        + "\(Format.count(inputSpikes)) input spikes")
    if restarts > 0 { Terminal.line("\(restarts) silences after which the state begins anew") }
    for (name, count) in spikes.sorted(by: { $0.key < $1.key }) {
      Terminal.line("\(name)  \(Format.count(count)) spikes")
    }
    for (name, norm) in norms.sorted(by: { $0.key < $1.key }) {
      Terminal.line("gradient of \(name)  norm \(String(format: "%.6g", norm))")
    }
    Terminal.line("written to \(out)")
  }
}
