import ArgumentParser
import Foundation
import ToolSupport

struct Pipeline: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the way from a recording to a watcher's prediction.", shouldDisplay: false)

  @Option(help: "costs, throughput or latency; all, if not said.")
  var part: [PipelineBenchmark.Part] = []
  @Option(help: "About how long each measurement of throughput takes.")
  var seconds = 3.0
  @Option(help: "How long latency is measured.")
  var latencySeconds = 12.0
  @Option(help: "Hidden neurons.")
  var hidden = 200
  @Flag(help: "Predict only.")
  var noLearning = false
  @Flag(help: "Do not measure a watcher that follows the weights.")
  var noFollowing = false
  @Flag(help: "Print the results as one line of JSON.")
  var json = false

  func run() throws {
    try ExitStatus.report("afferent-lab") {
      var options = PipelineBenchmark.Options()
      if !part.isEmpty { options.parts = Set(part) }
      (options.seconds, options.latencySeconds) = (seconds, latencySeconds)
      (options.hidden, options.learning, options.following) = (hidden, !noLearning, !noFollowing)
      try Terminal.json(try PipelineBenchmark.run(options))
    }
  }
}

extension PipelineBenchmark.Part: ExpressibleByArgument {}
