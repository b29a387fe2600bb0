import ArgumentParser
import Events
import Foundation
import Learning
import ToolSupport

struct PerSpikeExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accuracy-per-spike",
    abstract: "Accuracy against spikes a sample: the Pareto front.",
    discussion: """
      Each YAML file of a folder is a point: it learns the simulated-saccade MNIST stream once, trial by trial, and is \
      tested on the 10000 unseen images. The points differ in the rate target and its strength, the readout's time \
      constant, and the weights of the activation and timing gradients. A schedule of the rate falls over the trials, \
      whatever the file says. With --quick, drawn digits take the place of MNIST.

      EXAMPLES
        afferent-lab experiment accuracy-per-spike --data ../shared/data --out per-spike --jobs 2
        afferent-lab experiment accuracy-per-spike --out choice --trials 10000 --held-out 5000 --only rate-20hz
        afferent-lab experiment accuracy-per-spike --quick --out quick
      """)

  private static let usualConfigs = "Tools/lab/Examples/accuracy-per-spike"

  @OptionGroup var options: ExperimentOptions
  @Option(
    help: "Folder of YAML files, one for each point; a comment in the first line describes it.")
  var configs = PerSpikeExperiment.usualConfigs
  @Option(parsing: .upToNextOption, help: "Names of the points to run; all, if none is said.")
  var only: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: "Points that have three seeds when no --seed is said; the others have one.")
  var thrice: [String] = []
  @Option(help: "Trials to learn from; all, if it is not said.")
  var trials: Int?
  @Option(help: "Test on the last so many training images, and do not learn from them.")
  var heldOut: Int?

  func validate() throws {
    guard trials ?? 1 > 0 else { throw ValidationError("--trials must be positive") }
    guard heldOut ?? 1 > 0 else { throw ValidationError("--held-out must be positive") }
    guard !(options.quick && heldOut != nil) else {
      throw ValidationError("--held-out is of the images that --quick does without")
    }
    try ExperimentOptions.checkOnce(only, "--only")
    try ExperimentOptions.checkOnce(thrice, "--thrice")
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private func experiment() throws {
    let rules = try NamedConfiguration.some(only, in: configs)
    if let unknown = thrice.first(where: { name in !rules.contains { $0.name == name } }) {
      throw ExperimentError("--thrice \(unknown): no \(unknown).yaml in \(configs)")
    }
    let sources = try sources()
    let folder = try options.folder()
    let points = try rules.flatMap { rule in
      try options.seeds(usually: thrice.contains(rule.name) ? 3 : 1).map {
        try SpikePoint(rule, trials: sources.trials, seed: $0)
      }
    }
    let (training, testing) = (sources.training, sources.testing)
    let data = sources.name + (try options.fingerprint(.mnist))
    let runs = try ExperimentRuns<SpikePoint>(in: folder, data: data)
      .complete(points, threads: options.jobs) {
        try $0.run(training: training.value, testing: testing.value)
      }
    let results = PerSpikeResults(
      command: command, configs: configs, data: sources.name,
      isUnseen: heldOut == nil && !options.quick, rules: rules, runs: runs)
    try results.write(to: folder)
    Terminal.line(results.table.markdown)
  }

  private var command: String {
    options.command(
      "accuracy-per-spike",
      [
        ("--configs", ExperimentOptions.said(configs, usually: Self.usualConfigs)),
        ("--trials", ExperimentOptions.said(trials)),
        ("--held-out", ExperimentOptions.said(heldOut)), ("--only", only), ("--thrice", thrice),
      ])
  }

  /// Trials that are made only if a point is left to run.
  private struct Sources {
    var trials: Int
    var training: OnDemand<KeptTrials>
    var testing: OnDemand<KeptTrials>
    var name: String

    init(_ training: some TrialSource, _ testing: some TrialSource, name: String) {
      trials = training.count
      self.training = OnDemand { try KeptTrials(training, progress: "trials") }
      self.testing = OnDemand { try KeptTrials(testing, progress: "unseen trials") }
      self.name = name
    }
  }

  private func sources() throws -> Sources {
    if options.quick {
      let count = trials ?? 600
      return Sources(
        try DrawnDigits(count: count), try DrawnDigits(count: 200, first: 1_000_000),
        name: "\(count) drawn digits, tested on 200 others")
    }
    let mnist = try ExperimentData(options.data).mnist()
    let learnable = mnist.train.count - (heldOut ?? 0)
    guard learnable > 0 else {
      throw ExperimentError("--held-out \(heldOut ?? 0) leaves no image to learn from")
    }
    let training = try SaccadeDigits(mnist.train.prefix(min(trials ?? learnable, learnable)))
    let name = "\(training.count) MNIST images in simulated saccades, tested on "
    guard let heldOut else {
      return Sources(
        training, try SaccadeDigits(mnist.test, first: mnist.train.count),
        name: name + "the \(mnist.test.count) images of the test set")
    }
    return Sources(
      training, try SaccadeDigits(mnist.train.suffix(heldOut), first: learnable),
      name: name + "the last \(heldOut) images of the training set")
  }
}
