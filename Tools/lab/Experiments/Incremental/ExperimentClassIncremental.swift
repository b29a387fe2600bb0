import ArgumentParser
import Events
import Foundation
import Learning
import Service
import ToolSupport

struct ClassIncrementalExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "class-incremental",
    abstract: "Learn half of the classes, then the other half, and see what is left of the first.",
    discussion: """
      One pass over the recordings of the first half of the classes (digits 0 to 4), then one over those of the second \
      half; tested on unseen recordings of both, all classes being possible answers. Without a remedy, with rehearsal of \
      several sizes, and with all classes mixed, which is what could be reached.

      EXAMPLES
        afferent-lab experiment class-incremental --train nmnist/Train --test nmnist/Test --out incremental
        afferent-lab experiment class-incremental --train nmnist/Train --held-out 5 --out choice --seeds 3
        afferent-lab experiment class-incremental --quick --out quick
      """)

  @Option(help: "Labelled folder of recordings to learn from, as for afferent-replay.")
  var train = "SampleStreams/Train"
  @Option(help: "The same to test on; nothing is learned from it.")
  var test = "SampleStreams/Test"
  @Option(help: "Test on each so many-th recording of --train instead, and do not learn from it.")
  var heldOut: Int?
  @Option(help: "YAML file as for the engine; its sensor and learner sections are used.")
  var config = "Tools/lab/Examples/class-incremental.yaml"
  @Option(help: "Folder for results.csv, table.md and figure.svg.")
  var out: String
  @Option(help: "Number of seeds, from 1 on.")
  var seeds = 5
  @Option(parsing: .upToNextOption, help: "Numbers of kept trials.")
  var trials = [50, 100, 200]
  @Option(parsing: .upToNextOption, help: "Kept trials learned once more after each new one.")
  var perTrial = [1, 2]
  @Option(help: "Runs at the same time.")
  var jobs = 1
  @Flag(help: "One seed and one size.")
  var quick = false

  func validate() throws {
    guard seeds > 0, jobs > 0 else { throw ValidationError("--seeds and --jobs must be positive") }
    guard heldOut.map({ $0 > 1 }) ?? true else {
      throw ValidationError("--held-out must be above 1")
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private func experiment() throws {
    var training = try LabelledSet(path: train).recordings
    var testing: [LabelledRecording] = []
    if let heldOut {
      // Listed by class: each class gives its part.
      testing = training.enumerated().filter { $0.offset % heldOut == 0 }.map(\.element)
      training = training.enumerated().filter { $0.offset % heldOut != 0 }.map(\.element)
    } else {
      testing = try LabelledSet(path: test).recordings
    }
    for recording in training + testing
    where recording.label == nil {
      throw ConfigurationError("\(recording.name) is not one labelled trial")
    }
    typealias Method = IncrementalStudy.Method
    let sizes = quick ? [100] : trials
    let times = quick ? [1] : perTrial
    let remedies = sizes.flatMap { size in times.map { Method(trials: size, perTrial: $0) } }
    let study = IncrementalStudy(
      configuration: try EngineConfiguration.load(path: config), training: training,
      testing: testing, methods: [Method()] + remedies + [Method(isJoint: true)],
      seeds: quick ? 1 : seeds)
    let folder = URL(fileURLWithPath: out, isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let results = IncrementalResults(runs: try study.run(jobs: jobs))
    try results.write(to: folder)
    Terminal.line(results.table)
  }
}
