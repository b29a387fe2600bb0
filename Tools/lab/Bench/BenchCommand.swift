import ArgumentParser
import Foundation
import ToolSupport

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast learning, decoding and sockets are on this machine.",
    discussion: """
      Cases are measured in turns: each repetition of a case is followed by one of the next, so that what slows the \
      machine for a while slows all of them. Numbers are medians of the repetitions. Peak memory is that of the whole \
      process while the case was built and first run; others are the cores that everything else on the machine took \
      at most.

      With --peers, other packages are measured in the same turns by a folder of drivers, whose w1_case.py prints one \
      case as a line of JSON; --events takes the recordings that the drivers use, so that both learn from the same.

      EXAMPLES
        afferent-lab bench
        afferent-lab bench --only nmnist.network/H200 --repetitions 3
        afferent-lab bench --json --only nmnist --events events --peers peers --peers-python venv/bin/python \
      --threads 1 2
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Parts of the names of the cases to run; all, if none is said.", valueName: "name"))
  var only: [String] = []
  @Option(help: "Repetitions of each case.")
  var repetitions = 5
  @Option(help: "What one repetition should take, in seconds.")
  var seconds = 1.0
  @Option(
    help:
      "Before each repetition, wait up to this many seconds until others leave the machine alone.")
  var quietWait = 0.0
  @Option(
    parsing: .upToNextOption,
    help: "Threads that peers, and learners that can, are measured with; each a case of its own.")
  var threads = [1]
  @Flag(help: "Also measure learners that bring every live synapse forward in every step.")
  var dense = false
  @Option(
    help: ArgumentHelp(
      "Folder of N-MNIST files with a labels.csv of names and classes; generated, if none is said.",
      valueName: "folder"))
  var events: String?
  @Option(help: "Recordings to generate, which each case goes round.")
  var samples = 16
  @Option(help: ArgumentHelp("Folder of drivers of other packages.", valueName: "folder"))
  var peers: String?
  @Option(help: ArgumentHelp("The Python that has these packages.", valueName: "path"))
  var peersPython = "/usr/bin/python3"
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Cases of the drivers.", valueName: "case:batch"))
  var peer = BenchPeers.usual
  @Flag(help: "Print the names of the cases, and run nothing.")
  var list = false
  @Flag(help: "Print the results as one line of JSON.")
  var json = false

  func validate() throws {
    guard repetitions > 0 else { throw ValidationError("--repetitions must be positive") }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds must be above 0 and at most 3600")
    }
    guard (0...3600).contains(quietWait) else {
      throw ValidationError("--quiet-wait must be 0 to 3600")
    }
    guard !threads.isEmpty, threads.allSatisfy((1...256).contains) else {
      throw ValidationError("--threads must be 1 to 256")
    }
    guard samples > 0 else { throw ValidationError("--samples must be positive") }
    if let wrong = peer.first(where: { BenchPeers.Case($0) == nil }) {
      throw ValidationError("--peer \(wrong): a case and a batch are wanted, such as name:128")
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try measure() }
  }

  private func measure() throws {
    let settings = BenchSettings(
      only: only, repetitions: repetitions, seconds: seconds, patience: quietWait, threads: threads,
      dense: dense,
      samples: try events.map { try BenchSamples(folder: $0) } ?? BenchSamples(generated: samples),
      peers: peers.map {
        BenchPeers(
          folder: $0, python: peersPython, cases: peer.compactMap { BenchPeers.Case($0) },
          seconds: seconds)
      })
    let groups = try BenchWorkloads.all.flatMap { try $0.groups(settings) }.compactMap { group in
      var wanted = group
      wanted.cases.removeAll { !settings.wants($0.name) }
      return wanted.cases.isEmpty ? nil : wanted
    }
    let wantsPipeline = settings.wants(PipelineBenchmark.name)
    guard !groups.isEmpty || wantsPipeline else {
      throw BenchError("no case has \(only.joined(separator: " or ")) in its name; see --list")
    }
    if list {
      groups.flatMap(\.cases).forEach { Terminal.line($0.name) }
      return wantsPipeline ? Terminal.line(PipelineBenchmark.name) : ()
    }
    var report = BenchReport(settings, generated: events == nil)
    if !json { Terminal.line(report.machine.text + "\n\n" + BenchTable.header) }
    for group in groups {
      let outcome = try BenchRunner(settings: settings).run(group)
      let ratios = BenchRatio.all(outcome)
      if !json { show(outcome, ratios) }
      report.add(outcome, ratios)
    }
    if wantsPipeline {
      let pipeline = try PipelineBenchmark.run(seconds: seconds)
      if !json { for line in pipeline.lines { Terminal.line(line) } }
      report.pipeline = pipeline
    }
    if json { try Terminal.json(report) }
  }

  private func show(_ outcome: BenchRunner.Outcome, _ ratios: [BenchRatio]) {
    for entry in outcome.cases { Terminal.line(BenchTable.row(entry)) }
    for entry in outcome.peers { Terminal.line(BenchTable.row(entry, isPeer: true)) }
    for ratio in ratios { Terminal.line(BenchTable.line(ratio)) }
  }
}

/// The whole run.
private struct BenchReport: Encodable {
  /// How it was run.
  struct Settings: Encodable {
    var repetitions: Int
    var seconds: Double
    var threads: [Int]
    var samples: Int
    var generated: Bool
  }

  var machine = BenchMachine()
  var settings: Settings
  var cases: [BenchEntry] = []
  var peers: [BenchEntry] = []
  var ratios: [BenchRatio] = []
  /// From a recording to a watcher's prediction, through real programs and sockets.
  var pipeline: PipelineResult?

  init(_ settings: BenchSettings, generated: Bool) {
    self.settings = Settings(
      repetitions: settings.repetitions, seconds: settings.seconds, threads: settings.threads,
      samples: settings.samples.count, generated: generated)
  }

  mutating func add(_ outcome: BenchRunner.Outcome, _ new: [BenchRatio]) {
    cases += outcome.cases
    peers += outcome.peers
    ratios += new
  }
}
