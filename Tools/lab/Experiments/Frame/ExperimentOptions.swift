import ArgumentParser
import Foundation

/// What every experiment is asked.
struct ExperimentOptions: ParsableArguments {
  @Option(help: "Folder for the report; what it holds from a stopped run is not run again.")
  var out: String
  @Option(
    help: ArgumentHelp(
      "Folder with mnist/ and nmnist/, or with the official sets as they come.", valueName: "folder"
    ))
  var data = "../shared/data"
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Seeds of weights and orders; each is a run.", valueName: "number"))
  var seed: [UInt64] = []
  @Option(help: "Runs at the same time.")
  var jobs = 1
  @Flag(help: "A small version in less than two minutes, to see whether it works.")
  var quick = false

  func validate() throws {
    guard jobs > 0 else { throw ValidationError("--jobs must be positive") }
    guard Set(seed).count == seed.count else { throw ValidationError("--seed names one twice") }
  }

  /// The seeds asked for, or else as many as usual, from 1 on; one if it is to be quick.
  func seeds(usually count: UInt64) -> [UInt64] {
    if !seed.isEmpty { return seed }
    return quick ? [1] : Array(1...count)
  }

  /// What repeats an experiment, for its report; options without values are left out.
  func command(
    _ name: String, flags: [String] = [], _ more: [(option: String, values: [String])] = []
  ) -> String {
    let all = [("--seed", seed.map { "\($0)" })] + more
    let words =
      flags + all.filter { !$0.1.isEmpty }.map { ([$0.0] + $0.1).joined(separator: " ") }
    return
      (["afferent-lab experiment \(name)\(quick ? " --quick" : "")"] + words
      + ["--data ../shared/data --out \(name)"]).joined(separator: " ")
  }

  /// The folder of the report, made if need be.
  func folder() throws -> ExperimentFolder { try ExperimentFolder(out) }
}
