import Events
import Foundation
import Learning
import Service
import ToolSupport

/// Half of the classes first, then the other half: what is left of the first, with and without rehearsal.
struct IncrementalStudy: Sendable {
  /// How the two halves come, and what is kept of them.
  struct Method: Codable, Hashable, Sendable {
    /// Whether the classes come mixed instead, which is what could be reached.
    var isJoint = false
    /// Kept trials; 0 without rehearsal.
    var trials = 0
    var perTrial = 1

    var name: String {
      if isJoint { return "joint" }
      return trials == 0 ? "none" : "rehearsal \(trials) x \(perTrial)"
    }
  }

  private struct Job: Sendable {
    var method: Method
    var seed: UInt64
  }

  var configuration: EngineConfiguration
  var training: [LabelledRecording]
  var testing: [LabelledRecording]
  var methods: [Method]
  var seeds: Int

  /// All methods with one seed, then with the next.
  func run(jobs threads: Int) throws -> [IncrementalRun] {
    let jobs = (1...seeds).flatMap { seed in
      methods.map { Job(method: $0, seed: UInt64(seed)) }
    }
    let runs = try Workers.run(
      jobs.count, threads: threads, progress: "runs", into: [IncrementalRun](),
      remark: { jobs[$0].method.name }, make: { try run(jobs[$0]) }, take: { $0.append($2) })
    return runs.sorted { ($0.method.order, $0.seed) < ($1.method.order, $1.seed) }
  }

  private func run(_ job: Job) throws -> IncrementalRun {
    var settings = configuration.learner
    settings.seed = job.seed
    settings.rehearsal.trials = job.method.trials
    settings.rehearsal.perTrial = job.method.perTrial
    try settings.validate()
    let transforms = try configuration.transformChain()
    let network = try Network<Float>(settings, inputs: transforms.output.addressCount)
    let learner = StreamLearner(network: network, geometry: transforms.output)
    let stream = try TrialStream(transforms)
    let half = settings.classes / 2
    let shuffled = Self.shuffled(training, seed: job.seed)
    let parts: [[LabelledRecording]] =
      job.method.isJoint
      ? [shuffled]
      : [shuffled.filter { ($0.label ?? 0) < half }, shuffled.filter { ($0.label ?? 0) >= half }]
    let (first, second) = (
      testing.filter { ($0.label ?? 0) < half }, testing.filter { ($0.label ?? 0) >= half }
    )
    func learn(_ recordings: [LabelledRecording]) throws -> Trials.Result {
      try Trials.run(recordings, on: learner, labelled: true, progress: nil, stream: stream)
    }
    func test(_ recordings: [LabelledRecording]) throws -> IncrementalRun.Score {
      let result = try Trials.run(
        recordings, on: learner, labelled: false, progress: nil, stream: TrialStream(transforms))
      return .init(correct: result.correct, of: result.trials)
    }
    var run = IncrementalRun(method: job.method, seed: job.seed)
    for (index, part) in parts.enumerated() {
      run.seconds += try learn(part).seconds
      if index == 0, !job.method.isJoint { run.before = try test(first) }
    }
    run.first = try test(first)
    run.second = try test(second)
    run.keptEvents = network.rehearsal?.keptEvents ?? 0
    return run
  }

  private static func shuffled(_ recordings: [LabelledRecording], seed: UInt64)
    -> [LabelledRecording]
  {
    var random = SplitMix64(seed: seed, stream: 0)
    return random.permutation(of: recordings.count).map { recordings[$0] }
  }
}

extension IncrementalStudy.Method {
  /// None, then the remedies, then what could be reached.
  var order: Int { isJoint ? .max : trials * 1000 + perTrial }
}
