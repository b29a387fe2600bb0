import ArgumentParser
import Events
import ToolSupport

struct ZhuLossesExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zhu-losses",
    abstract:
      "Counting against enhanced counting loss, and weight against threshold normalisation.",
    discussion: """
      After Zhu, Fang, Xie, Huang and Yu 2023 (figure 3): a network learns by the times of its spikes alone, with the \
      derivatives by times of the counting loss or of the enhanced counting loss, and with weights whose gain is learned as \
      it is or moves into thresholds. What the derivatives by times of output spikes add up to, and the positive part of \
      them, is noted in each epoch. Sets: nmnist is as much of N-MNIST as is in the folder, saccades are digits of MNIST \
      before the simulated sensor, glyphs are drawn digits before it, which need no data and are what --quick takes.

      EXAMPLES
        afferent-lab experiment zhu-losses --out losses
        afferent-lab experiment zhu-losses --out losses --sets nmnist --epochs 50 --seed 1 2 3 4 5
        afferent-lab experiment zhu-losses --out short --quick
      """)

  enum DataSet: String, CaseIterable, ExpressibleByArgument {
    case nmnist, saccades, glyphs
  }

  @OptionGroup var options: ExperimentOptions
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Which sets: " + DataSet.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "name"))
  var sets: [DataSet] = []
  @Option(help: "Hidden neurons; 200, or 50 if it is to be quick.")
  var hidden: Int?
  @Option(
    help:
      "Passes over nmnist and glyphs; 15, or 3 if it is to be quick. A sixth of it over saccades.")
  var epochs: Int?
  @Option(help: "Trials of saccades and glyphs to learn from; 2000, or 120 if it is to be quick.")
  var trials: Int?

  func validate() throws {
    guard hidden.map({ (2...65536).contains($0) }) ?? true else {
      throw ValidationError("--hidden must be at least 2")
    }
    guard epochs.map({ $0 > 0 }) ?? true else { throw ValidationError("--epochs must be positive") }
    guard trials.map({ (16...60_000).contains($0) }) ?? true else {
      throw ValidationError("--trials must be 16 to 60000")
    }
    try ExperimentOptions.checkOnce(sets, "--sets")
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private var command: String {
    options.command(
      "zhu-losses",
      [
        ("--sets", sets.map(\.rawValue)), ("--hidden", ExperimentOptions.said(hidden)),
        ("--epochs", ExperimentOptions.said(epochs)), ("--trials", ExperimentOptions.said(trials)),
      ])
  }

  private var chosen: [DataSet] {
    if !sets.isEmpty { return sets }
    return options.quick ? [.glyphs] : [.nmnist, .saccades]
  }

  /// Real recordings may be asked for with --quick too.
  private func fingerprint(of set: DataSet) throws -> String {
    let data = ExperimentData(options.data)
    return switch set {
    case .glyphs: ""
    case .saccades: try data.fingerprint([.mnist])
    case .nmnist: try data.fingerprint([.nmnist])
    }
  }

  private func experiment() throws {
    let folder = try options.folder()
    let quick = options.quick
    let steps = TimedSettings().steps
    var study = ZhuStudy(sets: [:])
    for set in chosen { study.sets[set.rawValue] = try trials(of: set, steps: steps) }
    let jobs = options.seeds(usually: 1).flatMap { seed in
      chosen.flatMap { set in
        TimedSettings.Loss.allCases.flatMap { loss in
          TimedSettings.Normalisation.allCases.map { normalisation in
            let all = epochs ?? (quick ? 3 : 15)
            let passes = set == .saccades ? max(1, all / 6) : all
            return ZhuJob(
              set: set.rawValue,
              settings: TimedSettings(loss: loss, normalisation: normalisation), seed: seed,
              hidden: hidden ?? (quick ? 50 : 200), epochs: passes,
              searchEpochs: max(1, passes / 5), rates: quick ? [0.001] : [0.0005, 0.0015, 0.005])
          }
        }
      }
    }
    let counts = chosen.map { "\($0) \(study.sets[$0.rawValue]?.train.count ?? 0)" }
    let runs = try zip(chosen, counts).flatMap { set, count in
      try ExperimentRuns<ZhuJob>(in: folder, data: count + fingerprint(of: set))
        .complete(jobs.filter { $0.set == set.rawValue }, threads: options.jobs) { [study] in
          try study.run($0)
        }
    }
    let results = ZhuResults(runs: runs, check: .run(seed: 1), sets: counts, command: command)
    try results.write(to: folder)
    Terminal.line(results.summary.markdown)
  }

  private func trials(of set: DataSet, steps: Int) throws -> (train: StepTrials, test: StepTrials) {
    let quick = options.quick
    let count = trials ?? (quick ? 120 : 2000)
    let tests = quick ? 100 : 1000
    switch set {
    case .nmnist:
      let (train, test) = try ExperimentData(options.data).nmnist()
      return (
        try StepTrials(RecordedTrials(train.recordings, duration: 300_000), steps: steps),
        try StepTrials(RecordedTrials(test.recordings, duration: 300_000), steps: steps)
      )
    case .saccades:
      let (train, test) = try ExperimentData(options.data).mnist()
      return (
        try StepTrials(SaccadeDigits(train.prefix(count)), steps: steps),
        try StepTrials(SaccadeDigits(test.prefix(tests), first: 1 << 20), steps: steps)
      )
    case .glyphs:
      return (
        try StepTrials(DrawnDigits(count: count), steps: steps),
        try StepTrials(DrawnDigits(count: tests, first: 1 << 20), steps: steps)
      )
    }
  }
}
