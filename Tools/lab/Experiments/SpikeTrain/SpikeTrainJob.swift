/// One network that learns one problem.
struct SpikeTrainJob: ExperimentJob {
  /// Target spikes of each output.
  var setting: Int
  var method: SpikeTrainMethod
  var rate: Double
  var iterations: Int
  var seed: UInt64
  var number: Int
  /// Problems of the search are apart from the others.
  var isSearch: Bool

  var name: String { "\(method.title), \(setting) target spike\(setting == 1 ? "" : "s")" }

  struct Outcome: Codable, Sendable {
    /// The loss before the updates of ``SpikeTrainJob/points(_:)``; the last one comes after all updates.
    var losses: [Double]
    /// The mean loss over the last tenth of the updates and after them; the last loss alone jumps.
    var tail: Double
  }

  /// The updates at which curves are kept.
  static func points(_ iterations: Int) -> [Int] {
    let count = min(iterations, 50)
    return (0...count).map { $0 * iterations / count }
  }

  func problem(_ options: SpikeTrainOptions) -> SpikeTrainProblem {
    SpikeTrainProblem(
      options, targetSpikes: setting,
      seed: seed &* 1_000_003 &+ UInt64(setting) &* 100_000
        &+ UInt64(number + (isSearch ? 50_000 : 0)))
  }

  func run(_ options: SpikeTrainOptions) throws -> Outcome {
    let losses = try problem(options).train(method, rate: rate, iterations: iterations)
    let tail = losses.suffix(max(iterations / 10, 1))
    return Outcome(
      losses: Self.points(iterations).map { rounded(losses[$0]) },
      tail: rounded(tail.reduce(0, +) / Double(tail.count)))
  }
}
