import ArgumentParser
import Foundation
import Service
import ToolSupport
import Transport

@main
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent-watch",
    abstract: "See what an engine predicts and learns.",
    discussion: """
      Without a mode: predictions as they come, with progressive accuracy at trials 1, 2, 4, 8 and so on. Ends at \
      SIGINT, after --seconds or after --trials.

      EXAMPLES
        afferent-watch                       predictions, for people
        afferent-watch --json                each prediction as a line of JSON, for programs
        afferent-watch --status              the engine's counters, once
        afferent-watch --http                a page for browsers at http://127.0.0.1:8580/, with /metrics
        afferent-watch --follow-weights      keep a copy of the weights; at the end compare digests
        afferent-watch control pause         have the engine do something; see control --help

      EXIT STATUS
        0 as asked, 1 a socket failed or the engine refused, 3 the copy of the weights differs, 4 nobody answers
      """,
    subcommands: [Control.self])

  @OptionGroup var options: WatchOptions
  @Flag(help: "Print the engine's counters once, with the digest of its weights.")
  var status = false
  @Flag(help: "Take a snapshot of the weights, apply the deltas, and compare digests at the end.")
  var followWeights = false
  @Option(
    defaultAsFlag: HTTPAddress.default,
    help: ArgumentHelp(
      "Serve a page for browsers, and metrics for Prometheus.", valueName: "address:port"))
  var http: String?
  @Flag(help: "Serve them to other machines, too.")
  var httpAnyone = false
  @Option(help: "End after this many seconds.")
  var seconds: Double?
  @Option(help: "End after this many trials.")
  var trials: Int?

  func run() throws {
    try options.report {
      let (context, engine, json) = (try Context(), options.engine, options.json)
      let until = Deadline(seconds: seconds, trials: trials)
      if let http {
        try DashboardView(address: http, anyone: httpAnyone).run(engine, context, until)
      } else if status {
        try StatusView(json: json).run(engine, context)
      } else if followWeights {
        try WeightsView(json: json).run(engine, context, until)
      } else {
        try PredictionView(json: json).run(engine, context, until)
      }
    }
  }
}

/// What all of it needs.
struct WatchOptions: ParsableArguments {
  @OptionGroup var engine: EngineOptions
  @Flag(help: "Print JSON, one line each.")
  var json = false

  /// Runs `work` and tells how it ended.
  func report(_ work: () throws -> Void) throws {
    try ExitStatus.report("afferent-watch") {
      do {
        try work()
      } catch let error as TransportError {
        Terminal.note("afferent-watch: \(error)")
        throw error.code == .timedOut ? ExitStatus.noAnswer : ExitStatus.failed
      }
    }
  }
}

/// When to end: at a signal, after a time, after a number of trials.
struct Deadline {
  let seconds: Double?
  let trials: Int?
  private let begin = ContinuousClock.now
  private let interruption = Interruption()

  init(seconds: Double?, trials: Int?) {
    self.seconds = seconds
    self.trials = trials
  }

  func hasPassed(trials done: Int) -> Bool {
    if interruption.isRequested { return true }
    if let trials, done >= trials { return true }
    if let seconds, begin.duration(to: .now).inSeconds >= seconds { return true }
    return false
  }
}
