import ArgumentParser
import Events
import Foundation
import Learning
import Service
import ToolSupport

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train on one labelled set, test on another.",
    discussion: """
      EXAMPLES
        afferent-lab run --train SampleStreams/Train --test SampleStreams/Test
        afferent-lab run --train nmnist/Train --test nmnist/Test --passes 5 --seed 3 --json
        afferent-lab run --train DvsGesture/trials_to_train.txt --test DvsGesture/trials_to_test.txt --config gesture.yaml
        afferent-lab run --train SampleStreams/Train --reference --terms as-forward

      With --reference the gradient of each trial comes from a network in double precision that stores the whole \
      trial and goes back over it in time, several times slower; the optimiser is the same. --terms full is the \
      whole gradient, as-forward what the forward rule keeps of it.

      The progressive accuracy is as the engine's: with update: step or steps the label of a trial has acted when its \
      prediction is made, which flatters; the accuracy on --test is free of that.
      """)

  @Option(help: "Labelled folder, list or table to learn from, as for afferent-replay.")
  var train: String
  @Option(help: "The same to test on; nothing is learned from it.")
  var test: String?
  @Option(help: "Passes over the training set.")
  var passes = 1
  @Option(
    help: "Seed of the initial weights and of the order of the recordings; 1, or as configured.")
  var seed: UInt64?
  @Option(help: "YAML file as for the engine; its sensor and learner sections are used.")
  var config: String?
  @Option(help: "Write the model as a checkpoint.")
  var save: String?
  @Flag(help: "Take the recordings class by class, as listed: another task than a shuffled one.")
  var inOrder = false
  @Flag(help: "Learn by backpropagation through time, for comparison; needs update: trial.")
  var reference = false
  @Option(help: "Which gradient the reference computes: full, or as-forward; full, if not said.")
  var terms: ReferenceTerms?
  @Flag(help: "Print the results as one line of JSON.")
  var json = false

  func validate() throws {
    guard passes >= 0 else { throw ValidationError("--passes must not be negative") }
    guard reference || terms == nil else { throw ValidationError("--terms needs --reference") }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try learn() }
  }

  /// Tests what is known by now. Trials without labels leave no trace in the learner, so it may be done at any time.
  private func examine(
    _ learner: StreamLearner, _ testing: LabelledSet?, _ transforms: TransformChain,
    _ results: inout RunResults
  ) throws {
    guard let testing else { return }
    let result = try Trials.run(
      testing.recordings, on: learner, labelled: false, progress: "test",
      stream: TrialStream(transforms))
    results.tests.append(result)
    if !json { Terminal.line("test    \(result.text(progressive: false))") }
  }

  private func labelled(_ path: String) throws -> LabelledSet {
    let set = try LabelledSet(path: path)
    guard set.labelledTrials > 0 else {
      throw ConfigurationError("\(path): nothing in it has a label")
    }
    return set
  }

  private func learn() throws {
    var configuration =
      try config.map { try EngineConfiguration.load(path: $0) } ?? EngineConfiguration()
    let seed = seed ?? configuration.learner.seed
    configuration.learner.seed = seed
    try configuration.validate()
    let transforms = try configuration.transformChain()
    let geometry = transforms.output
    let network = try Network<Float>(configuration.learner, inputs: geometry.addressCount)
    let learner = StreamLearner(network: network, geometry: geometry)
    let trainer =
      reference ? try ReferenceTrainer(terms ?? .full, network, geometry: geometry) : nil
    let training = try labelled(train)
    let testing = try test.map(labelled)
    let stream = try TrialStream(transforms)
    var results = RunResults(seed: seed, terms: trainer?.terms, passes: [])
    for pass in 0..<passes {
      let order = training.order(seed: inOrder ? nil : seed, pass: pass)
      let result = try Trials.run(
        order, on: learner, labelled: trainer == nil, progress: "pass \(pass + 1)",
        stream: stream, teach: trainer?.learn)
      results.passes.append(result)
      if !json { Terminal.line("pass \(pass + 1)  \(result.text(progressive: true))") }
      try examine(learner, testing, transforms, &results)
    }
    if passes == 0 { try examine(learner, testing, transforms, &results) }
    results.weights = network.weightsDigest
    results.peakMemory = Trials.peakMemory()
    if let save { try Checkpoint.save(network, geometry: geometry, to: save) }
    if json {
      try Terminal.json(results)
    } else {
      Terminal.line("peak memory \(Format.decimal(results.peakMemory, 1)) MB")
      Terminal.line("weights sha256 \(results.weights)")
    }
  }
}

/// What a run reports.
struct RunResults: Encodable {
  var seed: UInt64
  /// Of the reference, where it taught.
  var terms: ReferenceTerms?
  var passes: [Trials.Result]
  /// After each pass; without a pass, once.
  var tests: [Trials.Result] = []
  /// The last of the tests.
  var test: Trials.Result? { tests.last }
  var weights = ""
  var peakMemory = 0.0

  private enum CodingKeys: String, CodingKey {
    case seed, passes, tests, test
    case terms = "reference_terms"
    case weights = "weights_sha256"
    case peakMemory = "peak_memory_mb"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(seed, forKey: .seed)
    try container.encodeIfPresent(terms, forKey: .terms)
    try container.encode(passes, forKey: .passes)
    try container.encode(tests, forKey: .tests)
    try container.encode(test, forKey: .test)
    try container.encode(weights, forKey: .weights)
    try container.encode(peakMemory, forKey: .peakMemory)
  }
}
