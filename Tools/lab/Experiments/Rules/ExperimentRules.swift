import ArgumentParser
import Events
import Foundation
import ToolSupport

struct RulesExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nmnist-rules",
    abstract: "Compare learning rules on one labelled set.",
    discussion: """
      Each YAML file of a folder is a rule: it learns once for each seed and number of passes, and is then tested on \
      recordings that it never learned from. The seed draws the initial weights and the order of the recordings; a \
      schedule of the rate falls over passes times recordings, whatever the file says. What has been run with the \
      same settings before is not run again, so that a stopped experiment goes on where it was.

      EXAMPLES
        afferent-lab experiment nmnist-rules --train nmnist/Train --test nmnist/Test --out rules
        afferent-lab experiment nmnist-rules --train nmnist/Train --test nmnist/Test --out rules --only e-prop --passes 1
      """)

  @Option(help: "Labelled folder, list or table to learn from, as for afferent-replay.")
  var train: String
  @Option(help: "The same to test on; nothing is learned from it.")
  var test: String
  @Option(
    help: "Folder of YAML files, one for each rule; a comment in the first line describes it.")
  var configs = "Tools/lab/Examples/nmnist-rules"
  @Option(help: "Folder for results.json, results.csv and table.md.")
  var out: String
  @Option(help: "Number of seeds, from 1 on.")
  var seeds = 5
  @Option(parsing: .upToNextOption, help: "Numbers of passes, each a run of its own.")
  var passes = [1, 5]
  @Option(parsing: .upToNextOption, help: "Names of the rules to run; all, if none is said.")
  var only: [String] = []
  @Option(help: "Runs at the same time.")
  var jobs = 1

  func validate() throws {
    guard seeds > 0, jobs > 0 else { throw ValidationError("--seeds and --jobs must be positive") }
    guard !passes.isEmpty, passes.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--passes must be positive")
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private func experiment() throws {
    let rules = try NamedConfiguration.some(only, in: configs)
    let study = RuleStudy(
      rules: rules, training: try LabelledSet(path: train),
      testing: try LabelledSet(path: test), passes: passes, seeds: seeds)
    let folder = URL(fileURLWithPath: out, isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let results = try study.run(keeping: RuleResultsFolder(folder), jobs: jobs)
    Terminal.line(results.table)
  }
}
