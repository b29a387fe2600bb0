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

    /// - Parameter seconds: what a repetition of other cases takes.
    init(seconds: Double = 1) {
      self.seconds = 3 * seconds
      // The first second is not counted.
      latencySeconds = max(2, 12 * seconds)
    }
  }

  static let name = "pipeline"

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

  /// For people.
  var lines: [String] {
    var lines: [String] = []
    if let throughput {
      lines.append(
        String(
          format:
            "pipeline  replay -> engine learning -> watch over ipc: %.0f trials/s, %.2f of the %.0f in process",
          throughput.watched.trialsPerSecond, throughput.ratio,
          throughput.inProcess.trialsPerSecond))
    }
    for entry in latency ?? [] {
      lines.append(
        String(
          format:
            "pipeline  %.1f ms messages at the sensor's rate, p50 p99 p99.9: %.0f %.0f %.0f us from the closing "
            + "message to its prediction, %.0f %.0f %.0f us from the last event",
          Double(entry.messageMicroseconds) / 1000,
          entry.transit.p50, entry.transit.p99, entry.transit.p999, entry.sinceLastEvent.p50,
          entry.sinceLastEvent.p99, entry.sinceLastEvent.p999))
    }
    return lines
  }
}
