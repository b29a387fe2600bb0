import ArgumentParser
import Events
import Foundation
import Learning
import Service
import ToolSupport

struct DriftExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "noise-and-drift",
    abstract: "Disturbed and drifting sensors, with learning on and off.",
    discussion: """
      A model learns clean trials of the simulated-saccade MNIST stream once. Then the sensor gets worse: background \
      activity, hot pixels, lost events, time jitter, higher thresholds, unequal polarities, dead pixels, a shifted or \
      turned image; at once, or little by little. The same unseen trials are played with learning off and with learning \
      on, each predicted before it is learned from, and the model that learned is tested on clean trials again. With \
      --quick, drawn digits take the place of MNIST.

      EXAMPLES
        afferent-lab experiment noise-and-drift --data ../shared/data --out drift --jobs 2
        afferent-lab experiment noise-and-drift --out part --only shift rotation
        afferent-lab experiment noise-and-drift --quick --out quick
      """)

  private static let usualConfig = "Tools/lab/Examples/noise-and-drift.yaml"
  /// Trials of the stream are numbered below it; the clean ones that are drawn for the test are numbered from it on.
  private static let end = 1_000_000

  @OptionGroup var options: ExperimentOptions
  @Option(help: "YAML file as for the engine; its learner section is used.")
  var config = DriftExperiment.usualConfig
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Disturbances: "
        + Disturbance.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        + "; all, if none is said."))
  var only: [Disturbance.Kind] = []
  @Option(help: "Clean trials to learn from first; 20000, if it is not said.")
  var train: Int?
  @Option(help: "Trials of each disturbed stream; 5000, if it is not said.")
  var trials: Int?
  @Option(help: "Clean trials of the test at the end; 2000, if it is not said.")
  var testing: Int?
  @Option(
    help: ArgumentHelp(
      "Number of the training image that streams begin with, not below --train; the first that was not learned, if it is "
        + "not said.",
      valueName: "number"))
  var streamFrom: Int?

  func validate() throws {
    for (name, value) in [("--train", train), ("--trials", trials), ("--testing", testing)] {
      guard value ?? 1 > 0 else { throw ValidationError("\(name) must be positive") }
    }
    guard first >= training else {
      throw ValidationError(
        "--stream-from must not be below --train (\(training)): those trials are learned before")
    }
    guard first <= Self.end, streamed <= Self.end - first else {
      throw ValidationError("--stream-from (or --train) and --trials must not exceed \(Self.end)")
    }
    try ExperimentOptions.checkOnce(only, "--only")
  }

  private var training: Int { train ?? (options.quick ? 600 : 20_000) }
  private var streamed: Int { trials ?? (options.quick ? 100 : 5000) }
  private var first: Int { streamFrom ?? training }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private func experiment() throws {
    let settings = DriftStudy.Settings(
      learner: try EngineConfiguration.load(path: config).learner, training: training,
      trials: streamed, streamFrom: first, testing: testing ?? (options.quick ? 100 : 2000),
      stretch: max(1, streamed / 20))
    let study = try study(settings)
    let folder = try options.folder()
    let jobs = options.seeds(usually: 1).flatMap { seed in self.jobs(seed) }
    let name =
      try Terminal.jsonText(settings) + (options.quick ? " drawn digits" : " MNIST")
      + options.fingerprint(.mnist)
    let runs = try ExperimentRuns<DriftJob>(in: folder, data: name)
      .complete(jobs, threads: options.jobs, run: study.run)
    let results = DriftResults(
      command: command, settings: settings, isMNIST: !options.quick, runs: runs)
    try results.write(to: folder)
    Terminal.line(results.table.markdown)
  }

  private var command: String {
    options.command(
      "noise-and-drift",
      [
        ("--config", ExperimentOptions.said(config, usually: Self.usualConfig)),
        ("--train", ExperimentOptions.said(train)), ("--trials", ExperimentOptions.said(trials)),
        ("--testing", ExperimentOptions.said(testing)),
        ("--stream-from", ExperimentOptions.said(streamFrom)), ("--only", only.map(\.rawValue)),
      ])
  }

  private func study(_ settings: DriftStudy.Settings) throws -> DriftStudy {
    guard !options.quick else {
      return DriftStudy(
        settings, learning: .glyphs(), unseen: .glyphs(), testFrom: Self.end)
    }
    let mnist = try ExperimentData(options.data).mnist()
    let last = max(settings.training, settings.streamFrom + settings.trials)
    guard last <= mnist.train.count else {
      throw ExperimentError(
        "--train, --stream-from and --trials need \(last) images, there are \(mnist.train.count)")
    }
    guard settings.testing <= mnist.test.count else {
      throw ExperimentError("--testing \(settings.testing): there are \(mnist.test.count) images")
    }
    // The first number of whole rounds of the test set is its first image, with noise of its own.
    let rounds = (mnist.train.count + mnist.test.count - 1) / mnist.test.count
    return DriftStudy(
      settings, learning: .idx(images: mnist.train.images, labels: mnist.train.labels),
      unseen: .idx(images: mnist.test.images, labels: mnist.test.labels),
      testFrom: rounds * mnist.test.count)
  }

  /// The clean stream, each disturbance from mild to severe, with what is used against it, and then those that drift.
  private func jobs(_ seed: UInt64) -> [DriftJob] {
    let kinds = only.isEmpty ? Disturbance.Kind.allCases : only
    var jobs = [DriftJob(course: nil, filter: nil, seed: seed)]
    for kind in kinds {
      let severities = options.quick ? Array(kind.severities.suffix(2)) : kind.severities
      let courses = severities.map {
        DisturbanceCourse(kind: kind, severity: $0, shape: .constant)
      }
      jobs += courses.map { DriftJob(course: $0, filter: nil, seed: seed) }
      if let filter = kind.filter {
        jobs += ([nil] + courses).map { DriftJob(course: $0, filter: filter, seed: seed) }
      }
      if let severity = kind.drift {
        jobs.append(
          DriftJob(
            course: DisturbanceCourse(kind: kind, severity: severity, shape: .drift), filter: nil,
            seed: seed))
      }
    }
    return jobs
  }
}

extension Disturbance.Kind: ExpressibleByArgument {}
