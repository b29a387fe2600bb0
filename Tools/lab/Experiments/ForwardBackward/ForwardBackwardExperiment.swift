import ArgumentParser
import Events
import Foundation
import ToolSupport

struct ForwardBackwardExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forward-vs-backward",
    abstract: "Compare the forward-in-time rules with backpropagation through time.",
    discussion: """
      On MNIST through the simulated sensor's saccades: cosine similarity and norms of what the forward rules sum and \
      of the full gradient, by depth, layer and length of the trial, at the initial weights and after learning; training \
      curves of both from the same weights in the same order, with the learning rates chosen on trials that are held \
      out; and how many numbers each has to keep. Where N-MNIST is there, gradients are also compared on \
      it, but with --quick.

      EXAMPLES
        afferent-lab experiment forward-vs-backward --out forward --jobs 2
        afferent-lab experiment forward-vs-backward --out forward --seed 4 5 --depths 1 2 --curve-trials 1000
        afferent-lab experiment forward-vs-backward --out quick --quick
      """)

  @OptionGroup var options: ExperimentOptions
  @Option(parsing: .upToNextOption, help: "Numbers of hidden layers.")
  var depths: [Int] = []
  @Option(help: "Neurons of each hidden layer.")
  var neurons: Int?
  @Option(help: "Trials learned before gradients are compared again.")
  var trials: Int?
  @Option(help: "Trials whose gradients are compared.")
  var compared: Int?
  @Option(parsing: .upToNextOption, help: "Lengths of trials in steps.")
  var steps: [Int] = []
  @Option(help: "Trials that are learned for a training curve.")
  var curveTrials: Int?

  func validate() throws {
    for (name, values) in [("--depths", depths), ("--steps", steps)] {
      guard values.allSatisfy({ (1...(name == "--depths" ? 16 : 100_000)).contains($0) }) else {
        throw ValidationError("\(name) must be positive, and not above 16 layers or 100000 steps")
      }
    }
    for count in steps where ForwardBackwardPlan.recordingMicroseconds % count != 0 {
      throw ValidationError(
        "--steps \(count): \(ForwardBackwardPlan.recordingMicroseconds) us are not so many equal steps"
      )
    }
    for (name, value) in [
      ("--neurons", neurons), ("--trials", trials), ("--compared", compared),
      ("--curve-trials", curveTrials),
    ] {
      guard (1...1_000_000).contains(value ?? 1) else {
        throw ValidationError("\(name) must be positive, and not above 1000000")
      }
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private var plan: ForwardBackwardPlan {
    let quick = options.quick
    let curves = curveTrials ?? (quick ? 60 : 2000)
    let depths = depths.isEmpty ? Array(1...(quick ? 3 : 4)) : depths
    return ForwardBackwardPlan(
      seeds: options.seeds(usually: 2), depths: depths,
      neurons: neurons ?? (quick ? 24 : 100), learned: trials ?? (quick ? 20 : 300),
      compared: compared ?? (quick ? 3 : 8),
      lengths: steps.isEmpty ? (quick ? [25, 50, 100] : [25, 50, 100, 200, 400]) : steps,
      readoutTaus: quick ? [0, 60] : [0, 5, 20, 60, 200],
      curveDepths: depths.filter { $0 <= (quick ? 2 : 3) }, curveLearned: curves,
      curveTested: quick ? 20 : 1000,
      rates: quick ? [0.001, 0.004] : [0.0005, 0.001, 0.002, 0.004],
      choiceLearned: min(curves, quick ? 20 : 1000), choiceTested: quick ? 10 : 500,
      set: quick ? .glyphs : .saccades,
      hasRealSet: !quick && ExperimentData(options.data).hasNMNIST)
  }

  private func experiment() throws {
    let plan = plan
    if !options.quick && !plan.hasRealSet {
      Terminal.note("there is no N-MNIST in \(options.data): gradients are not compared on it")
    }
    let study = ForwardBackwardStudy(
      plan: plan, folder: try options.folder(), data: ExperimentData(options.data),
      fingerprint: try options.fingerprint(.mnist),
      realFingerprint: plan.hasRealSet ? try options.fingerprint(.nmnist) : "", jobs: options.jobs,
      command: command)
    try study.run()
  }

  private var command: String {
    func one(_ value: Int?) -> [String] { value.map { ["\($0)"] } ?? [] }
    return options.command(
      "forward-vs-backward",
      [
        ("--depths", depths.map { "\($0)" }), ("--neurons", one(neurons)),
        ("--trials", one(trials)), ("--compared", one(compared)),
        ("--steps", steps.map { "\($0)" }), ("--curve-trials", one(curveTrials)),
      ])
  }
}
