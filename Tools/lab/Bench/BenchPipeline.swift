import Foundation
import Learning
import Service

/// What the way from a recording to a watcher's prediction costs beside the learning itself.
enum PipelineBenchmark {
  static let name = "pipeline"

  /// - Parameter seconds: what a repetition of other cases takes.
  static func run(seconds: Double) throws -> PipelineResult {
    let streams = PipelineStreams()
    let configuration = configuration
    return PipelineResult(
      costs: try PipelineCosts.measure(streams),
      throughput: try PipelineThroughput.measure(streams, configuration, seconds: 3 * seconds),
      latency: try [1000, 100].map {
        // The first second is not counted.
        try PipelineLatency.measure(
          streams, configuration, seconds: max(2, 12 * seconds), messageMicroseconds: $0)
      })
  }

  /// Learning at every step, with plain gradient descent.
  private static var configuration: EngineConfiguration {
    var configuration = EngineConfiguration()
    configuration.learner.optimiser.method = .sgd
    configuration.learner.optimiser.update = .step
    configuration.learner.optimiser.learningRate = 3e-5
    // At thousands of predictions a second a watcher that waits for its turn on a shared core falls behind by hundreds.
    configuration.limits.outputQueue = 10_000
    return configuration
  }
}

struct PipelineResult: Codable {
  var costs: PipelineCosts
  var throughput: PipelineThroughput
  /// With messages of 1 ms and of 0.1 ms.
  var latency: [PipelineLatency]

  /// For people.
  var lines: [String] {
    var lines = [
      String(
        format:
          "pipeline  replay -> engine learning -> watch over ipc: %.0f trials/s, %.2f of the %.0f in process",
        throughput.watched.trialsPerSecond, throughput.ratio, throughput.inProcess.trialsPerSecond)
    ]
    for entry in latency {
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
