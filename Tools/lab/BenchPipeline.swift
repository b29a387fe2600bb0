import ArgumentParser
import Foundation
import ToolSupport

/// What the way from a recording to a watcher's prediction costs beside the learning itself.
enum PipelineBenchmark {
  /// Which parts to measure, and how long.
  struct Options {
    var costs = true
  }

  static func run(_ options: Options = Options()) throws -> PipelineResult {
    var result = PipelineResult()
    if options.costs { result.costs = try PipelineCosts.measure(PipelineStreams()) }
    return result
  }
}

struct PipelineResult: Codable {
  var costs: PipelineCosts?
}
