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
    try Self.checkOnce(seed, "--seed")
  }

  /// The seeds asked for, or else as many as usual, from 1 on; one if it is to be quick.
  func seeds(usually count: UInt64) -> [UInt64] {
    if !seed.isEmpty { return seed }
    return quick ? [1] : Array(1...count)
  }

  /// Refuses a list with something in it twice, which would be run once and counted twice.
  static func checkOnce<T: Hashable>(_ values: [T], _ option: String) throws {
    guard Set(values).count == values.count else {
      throw ValidationError("\(option) names one twice")
    }
  }

  /// What names data of `parts` in ``ExperimentRuns``, behind what else does; drawn digits need no name.
  func fingerprint(_ parts: ExperimentData.Part...) throws -> String {
    quick ? "" : "\n" + (try ExperimentData(data).fingerprint(parts))
  }

  /// The value of an option for ``command(_:_:flags:)``; none if it was not said or is the usual one.
  static func said<T: Equatable>(_ value: T?, usually usual: T? = nil) -> [String] {
    guard let value, value != usual else { return [] }
    return ["\(value)"]
  }

  /// What repeats an experiment, for its report; options without values are left out.
  func command(
    _ name: String, _ more: [(option: String, values: [String])] = [], flags: [String] = []
  ) -> String {
    let all = [("--seed", seed.map { "\($0)" })] + more
    let words = all.filter { !$0.1.isEmpty }.map { ([$0.0] + $0.1).joined(separator: " ") }
    return
      (["afferent-lab experiment \(name)\(quick ? " --quick" : "")"] + words + flags
      + ["--data ../shared/data --out \(name)"]).joined(separator: " ")
  }

  /// The folder of the report, made if need be.
  func folder() throws -> ExperimentFolder { try ExperimentFolder(out) }
}
