import Events
import Foundation
import Learning
import Service
import ToolSupport

/// Several rules, each learning the same recordings from several seeds.
struct RuleStudy: Sendable {
  /// What is left to do: a rule, from one seed, for a number of passes.
  struct Job: Sendable {
    var rule: NamedConfiguration
    var passes: Int
    var seed: UInt64
    /// Digest of all that decides what comes of it.
    var digest: String
  }

  var rules: [NamedConfiguration]
  var training: LabelledSet
  var testing: LabelledSet
  var passes: [Int]
  var seeds: Int

  /// Runs what `folder` does not hold yet, and writes what is known after each run.
  func run(keeping folder: RuleResultsFolder, jobs threads: Int) throws -> RuleResults {
    var results = try folder.read()
    for rule in rules { results.about[rule.name] = rule.about }
    let all = try allJobs()
    let left = all.filter { job in !results.runs.contains { $0.isOf(job) } }
    results.runs.removeAll { run in left.contains { run.isReplaced(by: $0) } }
    try folder.write(results)
    return try Workers.run(
      left.count, threads: threads, progress: "runs", into: results,
      remark: { left[$0].rule.name }, make: { try run(left[$0]) },
      take: { results, _, run in
        results.runs.append(run)
        try folder.write(results)
      })
  }

  /// First all rules with one seed, then with the next.
  private func allJobs() throws -> [Job] {
    let data = try ExperimentData.namesAndSizes(of: training.recordings + testing.recordings)
    return try passes.flatMap { passes in
      try (1...seeds).flatMap { seed in
        try rules.map { rule in
          var rule = rule
          rule.configuration.learner.seed = UInt64(seed)
          let schedule = rule.configuration.learner.optimiser.schedule
          rule.configuration.learner.optimiser.schedule.trials = max(
            1, passes * training.recordings.count - schedule.warmup)
          let settings = try Terminal.jsonText(rule.configuration.learner)
          let sensor = try Terminal.jsonText(rule.configuration.sensor)
          let transforms = rule.configuration.transforms.map { " \($0)" }.joined()
          let text = "\(passes) \(sensor)\(transforms) \(settings)\n\(data)"
          return Job(
            rule: rule, passes: passes, seed: UInt64(seed),
            digest: SHA256.digest(of: [UInt8](text.utf8)))
        }
      }
    }
  }

  private func run(_ job: Job) throws -> RuleRun {
    let transforms = try job.rule.configuration.transformChain()
    let network = try Network<Float>(
      job.rule.configuration.learner, inputs: transforms.output.addressCount)
    let learner = StreamLearner(network: network, geometry: transforms.output)
    let stream = try TrialStream(transforms)
    var steps = 0
    let begin = ProcessorClock.now
    for pass in 0..<job.passes {
      let order = training.order(seed: job.seed, pass: pass)
      steps += try Trials.run(
        order, on: learner, labelled: true, progress: nil, stream: stream
      ).steps
    }
    let seconds = ProcessorClock.now - begin
    let test = try Trials.run(
      testing.recordings, on: learner, labelled: false, progress: nil,
      stream: TrialStream(transforms))
    return RuleRun(
      rule: job.rule.name, passes: job.passes, seed: job.seed, tested: test.trials,
      correct: test.correct, hiddenSpikes: Double(test.hiddenSpikes) / Double(max(test.trials, 1)),
      seconds: seconds, stepMicroseconds: seconds / Double(max(steps, 1)) * 1e6,
      digest: job.digest)
  }
}
