import ArgumentParser
import Events
import Foundation
import Learning
import Service
import ToolSupport

struct Baseline: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a linear readout on event counts knows of a labelled set.",
    discussion: """
      Softmax regression on the number of events of each address over the trial: all that can be told without time. It \
      learns as the network does, one trial after the other, by Adam. Learning rates from 0.0003 to 0.03 and three scales \
      of the counts are tried (n, log(1 + n), and n over the norm of all), and the best result on the test set is told: \
      it is chosen in the baseline's favour.

      EXAMPLES
        afferent-lab baseline --train SampleStreams/Train --test SampleStreams/Test
        afferent-lab baseline --train SampleStreams/Gestures/trials_to_train.txt \
      --test SampleStreams/Gestures/trials_to_test.txt --config Tools/lab/Examples/gestures.yaml
      """)

  @Option(help: "Labelled set to learn from.")
  var train: String
  @Option(help: "Labelled set to test on.")
  var test: String
  @Option(help: "YAML file as for the engine; its sensor, transforms and classes are used.")
  var config: String?
  @Option(help: "Passes over the training set until it has converged.")
  var passes = 20
  @Option(help: "Seed of the order of the recordings; 1, or as configured.")
  var seed: UInt64?
  @Flag(help: "Print the results as one line of JSON.")
  var json = false

  static let rates = [0.0003, 0.001, 0.003, 0.01, 0.03]

  func validate() throws {
    guard passes > 0 else { throw ValidationError("--passes must be positive") }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try learn() }
  }

  private func learn() throws {
    let configuration =
      try config.map { try EngineConfiguration.load(path: $0) } ?? EngineConfiguration()
    try configuration.validate()
    let classes = configuration.learner.classes
    let seed = seed ?? configuration.learner.seed
    let (training, unseen) = (try counts(train, configuration), try counts(test, configuration))
    var results = BaselineResults(inputs: try configuration.transformChain().output.addressCount)
    let candidates = TrialCounts.Scale.allCases.flatMap { scale in
      Self.rates.map { (scale: scale, rate: $0) }
    }
    let bar = ProgressBar("baseline", total: candidates.count)
    for (index, candidate) in candidates.enumerated() {
      let test = unseen.flatMap { $0 }.map { ($0.input(candidate.scale), $0.label) }
      let train = training.map { $0.map { ($0.input(candidate.scale), $0.label) } }
      var readout = LinearReadout(inputs: results.inputs, classes: classes, rate: candidate.rate)
      for pass in 0..<passes {
        var random = SplitMix64(seed: seed, stream: UInt64(pass))
        for recording in random.permutation(of: train.count) {
          for (input, label) in train[recording] { readout.learn(input, label: label) }
        }
        guard pass == 0 || pass == passes - 1 else { continue }
        let correct = test.count { readout.prediction(for: $0.0) == $0.1 }
        let score = BaselineResults.Score(
          correct: correct, trials: test.count, scale: candidate.scale, rate: candidate.rate)
        if pass == 0 { results.onePass = BaselineResults.better(results.onePass, score) }
        if pass == passes - 1 {
          results.converged = BaselineResults.better(results.converged, score)
        }
      }
      bar.update(index + 1)
    }
    bar.finish()
    if json { try Terminal.json(results) } else { results.lines(passes).forEach(Terminal.line) }
  }

  /// The trials of every recording.
  private func counts(
    _ path: String, _ configuration: EngineConfiguration
  ) throws -> [[TrialCounts]] {
    let transforms = try configuration.transformChain()
    let stream = try TrialStream(transforms)
    let trials = try LabelledSet(path: path).recordings.map {
      try TrialCounts.trials(of: $0, on: stream, geometry: transforms.output)
    }
    guard let largest = trials.joined().map(\.label).max() else {
      throw ConfigurationError("\(path): nothing in it has a label")
    }
    guard largest < configuration.learner.classes else {
      throw ConfigurationError(
        "\(path) has the class \(largest), learner.classes is \(configuration.learner.classes)")
    }
    return trials
  }
}

/// What a linear readout came to.
struct BaselineResults: Encodable {
  struct Score: Encodable {
    var correct: Int
    var trials: Int
    var accuracy: Double
    var scale: TrialCounts.Scale
    var rate: Double

    init(correct: Int, trials: Int, scale: TrialCounts.Scale, rate: Double) {
      (self.correct, self.trials, self.scale, self.rate) = (correct, trials, scale, rate)
      accuracy = Double(correct) / Double(max(trials, 1))
    }
  }

  /// Addresses that are counted.
  var inputs: Int
  var onePass: Score?
  var converged: Score?

  init(inputs: Int) { self.inputs = inputs }

  private enum CodingKeys: String, CodingKey {
    case inputs, converged
    case onePass = "one_pass"
  }

  /// The first of two that are as good.
  static func better(_ one: Score?, _ other: Score) -> Score {
    if let one, one.correct >= other.correct { return one }
    return other
  }

  func lines(_ passes: Int) -> [String] {
    func line(_ name: String, _ score: Score?) -> String? {
      score.map {
        "\(name)  accuracy on unseen trials \(Format.percent($0.correct, of: $0.trials)) "
          + "(\($0.correct)/\($0.trials))  scale \($0.scale.rawValue)  learning rate \($0.rate)"
      }
    }
    return [
      "linear readout of \(Format.count(inputs)) event counts, the best of all scales and rates",
      line("one pass  ", onePass), line("\(passes) passes ", converged),
    ].compactMap { $0 }
  }
}
