import ArgumentParser
import Foundation
import ToolSupport

struct SpikeTrainExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "antlr-spike-train",
    abstract: "Match random spike trains by the activation, timing and hybrid gradients.",
    discussion: """
      After section 4.1 of ANTLR (Kim, Kim and Kim 2020): a network of 10-50-50-5 neurons learns to answer three \
      random spikes of each input with one, or three, given spikes of each output, in 100 steps. The gradients come \
      from the reverse-time reference. The learning rate of each method and setting is searched on other problems.

      EXAMPLES
        afferent-lab experiment antlr-spike-train --out spike-trains
        afferent-lab experiment antlr-spike-train --out /tmp/short --quick
      """)

  @Option(help: "Folder for results.json, curves.csv and figure.svg.")
  var out: String
  @Option(help: "Random problems for each method and setting.")
  var trials = 100
  @Option(help: "Updates of each network.")
  var iterations = 700
  @Option(help: "Seed of the problems and of the initial weights.")
  var seed: UInt64 = 1
  @Option(help: "Time constant of membranes and currents in steps.")
  var tau = SpikeTrainProblem.Options().tau
  @Option(
    help: "Initial weights are uniform within this gain over the root of the number of inputs.")
  var gain = SpikeTrainProblem.Options().gain
  @Flag(help: "A few trials and updates, to see whether it works.")
  var quick = false

  func validate() throws {
    guard trials > 0, iterations > 0 else {
      throw ValidationError("--trials and --iterations must be positive")
    }
    guard tau > 0, gain > 0 else { throw ValidationError("--tau and --gain must be positive") }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private func experiment() throws {
    let folder = URL(fileURLWithPath: out, isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let study = SpikeTrainStudy(
      trials: quick ? min(trials, 4) : trials,
      iterations: quick ? min(iterations, 60) : iterations,
      searchTrials: quick ? 1 : 4, seed: seed, options: .init(tau: tau, gain: gain))
    let results = study.run()
    try (Terminal.jsonText(results) + "\n").write(
      to: folder.appendingPathComponent("results.json"), atomically: true, encoding: .utf8)
    try results.csv.write(
      to: folder.appendingPathComponent("curves.csv"), atomically: true, encoding: .utf8)
    try results.figure.svg.write(
      to: folder.appendingPathComponent("figure.svg"), atomically: true, encoding: .utf8)
    for line in results.text { Terminal.line(line) }
  }
}
