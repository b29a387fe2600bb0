import ArgumentParser
import Events
import Foundation
import Learning
import Service
import ToolSupport

struct OnePassExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "online-one-pass",
    abstract: "Learn a stream online: every trial once, batch 1, and then the unseen ones.",
    discussion: """
      The 60000 training images of MNIST are shown to a simulated sensor, which makes three saccades over each; the \
      network learns from the events of every trial once, as the engine does, and is then asked about the 10000 test \
      images. Each trial is predicted before it is learned, which gives the progressive accuracy. Beside it the same on \
      recordings of N-MNIST, in one pass and in five.

      The rules are YAML files as for the engine, of which the learner's section and the transforms are used; in the folder \
      saccades those for the images, in recorded-1 and recorded-5 those for one and five passes over the recordings. The seed \
      draws the initial weights and the order of the trials. A schedule of the rate ends with the last trial.

      With --held-out the test set is left alone: the last training images, and recordings at equal distances in the list, \
      are tested on instead, to choose settings by.

      EXAMPLES
        afferent-lab experiment online-one-pass --out one-pass --jobs 2
        afferent-lab experiment online-one-pass --out quick --quick
        afferent-lab experiment online-one-pass --out mine --configs my-rules --streams saccades --held-out 5000 \
      --trials 20000
      """)

  @OptionGroup var options: ExperimentOptions
  private static let ownConfigs = "Tools/lab/Examples/online-one-pass"

  @Option(help: "Folder with the folders of rules.")
  var configs = Self.ownConfigs
  @Option(parsing: .upToNextOption, help: "Which streams: saccades, recorded.")
  var streams = OnePassJob.Stream.allCases
  @Option(parsing: .upToNextOption, help: "Names of the rules to run; all, if none is said.")
  var only: [String] = []
  @Option(
    help: "Trials to learn from: the first so many images, so many recordings; all, if not said.")
  var trials: Int?
  @Option(help: "Test on so many of the training trials, which are not learned from.")
  var heldOut: Int?

  func validate() throws {
    guard trials.map({ $0 > 0 }) ?? true else { throw ValidationError("--trials must be positive") }
    guard heldOut.map({ $0 > 0 && !options.quick }) ?? true else {
      throw ValidationError("--held-out must be positive, and does not go with --quick")
    }
    try ExperimentOptions.checkOnce(streams, "--streams")
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  /// What one of the streams is run with.
  private struct Part {
    var stream: OnePassJob.Stream
    var folder: String
    var passes: Int
  }

  private var parts: [Part] {
    [
      Part(stream: .saccades, folder: "saccades", passes: 1),
      Part(stream: .recorded, folder: "recorded-1", passes: 1),
      Part(stream: .recorded, folder: "recorded-5", passes: 5),
    ].filter { streams.contains($0.stream) && !(options.quick && $0.stream == .recorded) }
      .filter { part in
        let isThere = FileManager.default.fileExists(atPath: "\(configs)/\(part.folder)")
        if !isThere { Terminal.note("there is no folder \(part.folder) in \(configs)") }
        return isThere
      }
  }

  private func experiment() throws {
    guard !(options.quick && streams == [.recorded]) else {
      throw ExperimentError("--quick has no recordings to stream")
    }
    let parts = parts
    guard !parts.isEmpty else {
      throw ExperimentError("\(configs): no folder of rules for \(streams.map(\.rawValue))")
    }
    try checkNames(parts)
    let folder = try options.folder()
    var results = OnePassResults(command: command, isQuick: options.quick, heldOut: heldOut)
    for stream in OnePassJob.Stream.allCases {
      let parts = parts.filter { $0.stream == stream }
      guard !parts.isEmpty else { continue }
      let sets = try sets(stream)
      let rules = try parts.map { try self.rules(in: $0.folder) }
      if stream == .saccades {
        results.memory = try rules.joined().map {
          try OnePassMemory($0, source: sets.training, trials: options.quick ? 40 : 3000)
        }
      }
      let training = try KeptTrials(sets.training, progress: "\(stream.title), to learn from")
      let testing = try KeptTrials(sets.testing, progress: "\(stream.title), unseen")
      for (part, rules) in zip(parts, rules) {
        let jobs = options.seeds(usually: 5).flatMap { seed in
          rules.map {
            OnePassJob(
              $0, stream: stream, passes: part.passes, seed: seed, training: training.count,
              testing: testing.count)
          }
        }
        let data = sets.name + (try options.fingerprint(stream == .saccades ? .mnist : .nmnist))
        let runs = ExperimentRuns<OnePassJob>(in: folder, data: data)
        results.runs += try runs.complete(jobs, threads: options.jobs) { job in
          try job.run(training: training, testing: testing, progress: options.jobs == 1)
        }
        for rule in rules { results.about[rule.name] = rule.about }
        try results.write(to: folder)
      }
    }
    Terminal.line(results.table.markdown)
  }

  private var command: String {
    options.command(
      "online-one-pass",
      [
        ("--configs", configs == Self.ownConfigs ? [] : [configs]),
        ("--streams", streams == OnePassJob.Stream.allCases ? [] : streams.map(\.rawValue)),
        ("--only", only), ("--trials", trials.map { ["\($0)"] } ?? []),
        ("--held-out", heldOut.map { ["\($0)"] } ?? []),
      ])
  }

  private func checkNames(_ parts: [Part]) throws {
    let names = try parts.flatMap { try NamedConfiguration.all(in: "\(configs)/\($0.folder)") }
      .map(\.name)
    if let unknown = only.first(where: { !names.contains($0) }) {
      throw ExperimentError("--only \(unknown): there is no \(unknown).yaml in \(configs)")
    }
  }

  private func rules(in folder: String) throws -> [NamedConfiguration] {
    var rules = try NamedConfiguration.all(in: "\(configs)/\(folder)")
    if !only.isEmpty { rules.removeAll { !only.contains($0.name) } }
    if options.quick {
      for index in rules.indices { rules[index].configuration.learner.hidden.neurons = 60 }
    }
    return rules
  }

  private struct Sets {
    var training: any TrialSource
    var testing: any TrialSource
    /// Decides, with a job, what comes of it.
    var name: String
  }

  private func sets(_ stream: OnePassJob.Stream) throws -> Sets {
    if options.quick {
      let (train, test) = (trials ?? 400, 100)
      return Sets(
        training: try DrawnDigits(count: train),
        testing: try DrawnDigits(count: test, first: train),
        name: "drawn digits \(train)")
    }
    let data = ExperimentData(options.data)
    switch stream {
    case .saccades:
      let (train, test) = try data.mnist()
      guard let heldOut else {
        return Sets(
          training: try SaccadeDigits(train.prefix(trials ?? train.count)),
          testing: try SaccadeDigits(test, first: train.count), name: "saccades")
      }
      let learned = min(trials ?? train.count, train.count - heldOut)
      guard learned > 0 else {
        throw ExperimentError("--held-out \(heldOut) leaves nothing of \(train.count) trials")
      }
      return Sets(
        training: try SaccadeDigits(train.prefix(learned)),
        testing: try SaccadeDigits(train.suffix(heldOut), first: train.count - heldOut),
        name: "saccades, \(heldOut) held out")
    case .recorded:
      let (train, test) = try data.nmnist()
      var (learned, unseen) = (train.recordings, test.recordings)
      // Listed by class: each class gives its part.
      if let heldOut {
        (unseen, learned) = learned.spread(heldOut)
        guard !learned.isEmpty else {
          throw ExperimentError("--held-out \(heldOut) leaves nothing of \(unseen.count) trials")
        }
      }
      learned = learned.spread(trials ?? learned.count).chosen
      let names = (learned + unseen).map(\.name).joined(separator: "\n")
      return Sets(
        training: try RecordedTrials(learned), testing: try RecordedTrials(unseen), name: names)
    }
  }
}

extension OnePassJob.Stream: ExpressibleByArgument {}

extension Array {
  /// So many elements at equal distances, and the others.
  fileprivate func spread(_ number: Int) -> (chosen: [Element], others: [Element]) {
    let number = Swift.min(number, count)
    let places = Set((0..<number).map { $0 * count / number })
    return (
      indices.filter(places.contains).map { self[$0] },
      indices.filter { !places.contains($0) }.map { self[$0] }
    )
  }
}
