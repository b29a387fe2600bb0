import ArgumentParser
import Foundation
import ToolSupport

struct Pipeline: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the way from a recording to a watcher's prediction.", shouldDisplay: false)

  @Flag(help: "Print the results as one line of JSON.")
  var json = false

  func run() throws {
    try ExitStatus.report("afferent-lab") {
      let result = try PipelineBenchmark.run()
      try Terminal.json(result)
    }
  }
}
