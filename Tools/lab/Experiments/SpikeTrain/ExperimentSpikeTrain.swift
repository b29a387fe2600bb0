import ArgumentParser
import Learning
import ToolSupport

struct SpikeTrainExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "antlr-spike-train",
    abstract: "Match random spike trains by the activation, timing and hybrid gradients.",
    discussion: """
      After section 4.1 of ANTLR (Kim, Kim and Kim 2020): a network of 10-50-50-5 neurons learns to answer three \
      random spikes of each input with one, or three, given spikes of each output, in 100 steps. Three gradients come \
      from the reference, which walks back over the trial; the two forward ones have only the terms of the \
      engine's rule, which drops what crosses layers and time. All begin from the same weights and move by Adam.

      The learning rate of each method and setting is searched on other problems, with as many updates: by the mean loss \
      over the last tenth of them, among 0.003 and 0.01 and as many rates below and above as it takes until the best \
      has an equal or worse neighbour on each side; at most from 1e-5 to 10.

      EXAMPLES
        afferent-lab experiment antlr-spike-train --out spike-trains --jobs 2
        afferent-lab experiment antlr-spike-train --out constant --rate-schedule constant --iterations 700
        afferent-lab experiment antlr-spike-train --out short --quick
      """)

  @OptionGroup var shared: ExperimentOptions
  @Option(help: "Random problems for each method, setting and seed.")
  var trials = 100
  @Option(help: "Updates of each network, also in the search.")
  var iterations = 5000
  @Option(help: "Problems for each rate of the search.")
  var searchTrials = 8
  @Option(
    help: ArgumentHelp(
      "How the learning rate falls over the updates, to 5 % of its beginning: "
        + LearnerConfiguration.Schedule.Shape.allCases.map(\.rawValue).joined(separator: ", ")
        + ".",
      valueName: "shape"))
  var rateSchedule = SpikeTrainOptions().schedule
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Which gradients: "
        + SpikeTrainMethod.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "name"))
  var methods = SpikeTrainMethod.allCases
  @Option(help: "Learning rate of all methods, instead of a search.")
  var rate: Double?
  @Option(
    help: ArgumentHelp(
      "What computes the forward gradients: engine, or reference, which comes to the same but for rounding, and faster.",
      valueName: "program"))
  var forwardBy = SpikeTrainOptions().forwardBy
  @Option(help: "Time constant of membranes and currents in steps.")
  var tau = SpikeTrainOptions().tau
  @Option(help: "Time constant of the filter of the loss in steps.")
  var lossTau = SpikeTrainOptions().lossTau
  @Option(help: "Second time constant of that filter; 0 for a single exponential.")
  var lossTauSynapse = SpikeTrainOptions().lossTauSynapse
  @Option(
    help: "Initial weights are uniform within this gain over the root of the number of inputs.")
  var gain = SpikeTrainOptions().gain
  @Flag(inversion: .prefixedNo, help: "Whether neurons learn biases, from 0.")
  var biases = SpikeTrainOptions().biases

  func validate() throws {
    guard trials > 0, iterations > 0, searchTrials > 0 else {
      throw ValidationError("--trials, --iterations and --search-trials must be positive")
    }
    guard tau > 0, gain > 0, lossTau > 0, lossTauSynapse >= 0 else {
      throw ValidationError("--tau, --gain and --loss-tau must be positive")
    }
    guard rate.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--rate must be positive")
    }
    guard !methods.isEmpty else { throw ValidationError("--methods needs a name") }
    try ExperimentOptions.checkOnce(methods, "--methods")
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private func experiment() throws {
    let folder = try shared.folder()
    let quick = shared.quick
    let options = SpikeTrainOptions(
      forwardBy: forwardBy, tau: tau, lossTau: lossTau, lossTauSynapse: lossTauSynapse, gain: gain,
      biases: biases,
      schedule: rateSchedule)
    let study = SpikeTrainStudy(
      trials: quick ? min(trials, 4) : trials,
      iterations: quick ? min(iterations, 40) : iterations,
      searchTrials: quick ? 1 : searchTrials, methods: methods, rate: rate,
      seeds: shared.seeds(usually: 1), options: options)
    try folder.write(study, toJSON: "config.json")
    let results = try study.run(in: folder, threads: shared.jobs) { results in
      try folder.write(results, toJSON: "results.json")
      try folder.write(results.table.csv, to: "results.csv")
      try folder.write(results.curves, to: "curves.csv")
      try folder.write(results.figure.svg, to: "figure.svg")
      try folder.write(SpikeTrainReport(results: results, command: command).text, to: "README.md")
    }
    Terminal.line(results.table.markdown)
  }

  private var command: String {
    let usual = SpikeTrainOptions()
    let names = methods == SpikeTrainMethod.allCases ? [] : methods.map(\.rawValue)
    let flags = biases == usual.biases ? [] : [biases ? "--biases" : "--no-biases"]
    return shared.command(
      "antlr-spike-train",
      [
        ("--trials", ["\(trials)"]), ("--iterations", ["\(iterations)"]),
        ("--search-trials", ["\(searchTrials)"]),
        (
          "--rate-schedule",
          ExperimentOptions.said(rateSchedule.rawValue, usually: usual.schedule.rawValue)
        ),
        ("--methods", names), ("--rate", ExperimentOptions.said(rate)),
        (
          "--forward-by",
          ExperimentOptions.said(forwardBy.rawValue, usually: usual.forwardBy.rawValue)
        ),
        ("--tau", ExperimentOptions.said(tau, usually: usual.tau)),
        ("--loss-tau", ExperimentOptions.said(lossTau, usually: usual.lossTau)),
        (
          "--loss-tau-synapse",
          ExperimentOptions.said(lossTauSynapse, usually: usual.lossTauSynapse)
        ),
        ("--gain", ExperimentOptions.said(gain, usually: usual.gain)),
      ], flags: flags)
  }
}

extension LearnerConfiguration.Schedule.Shape: ExpressibleByArgument {}
extension SpikeTrainMethod: ExpressibleByArgument {}
extension SpikeTrainOptions.Forward: ExpressibleByArgument {}
