import Foundation
import Learning
import Service

/// What the way from a recording to a watcher's prediction costs beside the learning itself.
enum PipelineBenchmark {
  /// Which parts to measure, and how long.
  struct Options {
    var parts: Set<Part> = Set(Part.allCases)
    /// About how long each measurement of throughput takes.
    var seconds = 3.0
    /// How long latency is measured.
    var latencySeconds = 12.0
    /// Also with a watcher that keeps a copy of the weights.
    var following = true
    var hidden = 200
    var learning = true
  }

  enum Part: String, CaseIterable, Codable {
    case costs, throughput, latency
  }

  static func run(_ options: Options = Options()) throws -> PipelineResult {
    let streams = PipelineStreams()
    let configuration = configuration(options)
    var result = PipelineResult()
    if options.parts.contains(.costs) { result.costs = try PipelineCosts.measure(streams) }
    if options.parts.contains(.throughput) {
      result.throughput = try PipelineThroughput.measure(
        streams, configuration, seconds: options.seconds, following: options.following)
    }
    if options.parts.contains(.latency) {
      result.latency = try [1000, 100].map {
        try PipelineLatency.measure(
          streams, configuration, seconds: options.latencySeconds, messageMicroseconds: $0)
      }
    }
    return result
  }

  /// Learning at every step, with plain gradient descent.
  private static func configuration(_ options: Options) -> EngineConfiguration {
    var configuration = EngineConfiguration()
    configuration.learner.hidden.neurons = [options.hidden]
    configuration.learner.optimiser.method = .sgd
    configuration.learner.optimiser.update = .step
    configuration.learner.optimiser.learningRate = 3e-5
    // At thousands of predictions a second a watcher that waits for its turn on a shared core falls behind by hundreds.
    configuration.limits.outputQueue = 10_000
    configuration.learning.enabled = options.learning
    return configuration
  }
}

struct PipelineResult: Codable {
  var costs: PipelineCosts?
  var throughput: PipelineThroughput?
  /// With messages of 1 ms and of 0.1 ms.
  var latency: [PipelineLatency]?
}
