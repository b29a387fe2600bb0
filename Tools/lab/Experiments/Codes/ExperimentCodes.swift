import ArgumentParser
import Events
import ToolSupport

struct CodesExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codes",
    abstract: "Learn digits by every code of the input and every objective of the output.",
    discussion: """
      After the tables of codes and objectives of Eshraghian et al. 2021 (snnTorch): pictures of MNIST become spikes by \
      rate, by latency or by delta modulation, and a network of one hidden layer learns them, one at a time and each once, by \
      the cross-entropy or the mean square of spike counts, of membranes, or of first spikes. --quick learns drawn digits \
      and needs no data.

      EXAMPLES
        afferent-lab experiment codes --out codes
        afferent-lab experiment codes --out latency --codes latency --objectives latency_cross_entropy --trials 50000
        afferent-lab experiment codes --out short --quick
      """)

  @OptionGroup var options: ExperimentOptions
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Which codes: " + CodeName.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "name"))
  var codes = CodeName.allCases
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Which objectives: " + ObjectiveName.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "name"))
  var objectives = ObjectiveName.allCases
  @Option(help: "Steps of a trial, each of a millisecond; at least 8.")
  var steps = 28
  @Option(help: "Hidden neurons.")
  var hidden = 100
  @Option(help: "Trials to learn from; 10000, or 300 if it is to be quick.")
  var trials: Int?

  func validate() throws {
    guard (8...1000).contains(steps) else { throw ValidationError("--steps must be 8 to 1000") }
    guard (1...65536).contains(hidden) else { throw ValidationError("--hidden must be positive") }
    guard trials.map({ (1...50_000).contains($0) }) ?? true else {
      throw ValidationError("--trials must be 1 to 50000")
    }
    guard !codes.isEmpty else { throw ValidationError("--codes needs a name") }
    guard !objectives.isEmpty else { throw ValidationError("--objectives needs a name") }
    try ExperimentOptions.checkOnce(codes, "--codes")
    try ExperimentOptions.checkOnce(objectives, "--objectives")
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private func experiment() throws {
    let quick = options.quick
    let trials = trials ?? (quick ? 300 : 10_000)
    let jobs = options.seeds(usually: 1).flatMap { seed in
      codes.flatMap { code in
        objectives.map { objective in
          CodesJob(
            code: code, objective: objective, seed: seed, steps: steps, hidden: hidden,
            trials: trials, searchTrials: max(1, trials * 2 / 5), heldOut: quick ? 100 : 1000,
            tests: quick ? 200 : 10_000, spikesAtFirst: 1)
        }
      }
    }
    let study = try study(trials: trials)
    let folder = try options.folder()
    let data = study.training.name + (try options.fingerprint(.mnist))
    let runs = try ExperimentRuns<CodesJob>(in: folder, data: data)
      .complete(jobs, threads: options.jobs) { try study.run($0) }
    let results = CodesResults(runs: runs, pictures: study.training.name, command: command)
    try results.write(to: folder)
    Terminal.line(results.summary.markdown)
  }

  private var command: String {
    let codes = codes == CodeName.allCases ? [] : codes.map(\.rawValue)
    let objectives = objectives == ObjectiveName.allCases ? [] : objectives.map(\.rawValue)
    return options.command(
      "codes",
      [
        ("--codes", codes), ("--objectives", objectives), ("--steps", ["\(steps)"]),
        ("--hidden", ["\(hidden)"]), ("--trials", ExperimentOptions.said(trials)),
      ])
  }

  private func study(trials: Int) throws -> CodesStudy {
    if options.quick {
      return CodesStudy(
        training: try Pictures(glyphs: trials, seed: 1),
        heldOut: try Pictures(glyphs: 1000, seed: 2), testing: try Pictures(glyphs: 1000, seed: 3))
    }
    let (train, test) = try ExperimentData(options.data).mnist()
    guard train.count >= 60_000 else {
      throw ExperimentError("--data \(options.data): only \(train.count) pictures to learn from")
    }
    return CodesStudy(
      training: Pictures(train, 0..<50_000, name: "MNIST"),
      heldOut: Pictures(train, 50_000..<60_000, name: "MNIST"),
      testing: Pictures(test, 0..<test.count, name: "MNIST"))
  }
}

extension CodeName: ExpressibleByArgument {}
extension ObjectiveName: ExpressibleByArgument {}
