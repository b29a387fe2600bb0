import Benchmark

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(2),
    maxIterations: 10_000)
  stepBenchmarks()
  codecBenchmarks()
  messageBenchmarks()
}
