import Events
import Foundation
import Learning
import ToolSupport

/// Runs the plan and writes the report.
struct ForwardBackwardStudy {
  let plan: ForwardBackwardPlan
  let folder: ExperimentFolder
  let data: ExperimentData
  let jobs: Int
  /// What repeats it.
  let command: String

  func run() throws {
    let begin = ContinuousClock.now
    let set = try TrialSet(
      plan.set, learned: plan.learnedCount, unseen: plan.unseenCount, data: data)
    for (part, wanted, there) in [
      ("to learn from", plan.learnedCount, set.learned.count),
      ("unseen", plan.unseenCount, set.unseen.count),
    ] where there < wanted {
      throw ExperimentError("\(wanted) trials \(part) are needed, and there are \(there)")
    }
    let real =
      try plan.hasRealSet
      ? TrialSet(.nmnist, learned: 704, unseen: max(plan.compared, 1), data: data) : nil
    let identity = Self.identity([set, real].compactMap { $0 })
    let cosines = ExperimentRuns<CosineJob>(in: folder, data: identity)
    let curves = ExperimentRuns<CurveJob>(in: folder, data: identity)
    func compare(_ list: [CosineJob]) throws -> [ExperimentRuns<CosineJob>.Run] {
      try cosines.complete(list, threads: jobs) { job in
        let place = job.gradient.set == set.name ? set : real ?? set
        return try CosineRun(job: job, set: place).outcome()
      }
    }
    func learn(_ list: [CurveJob]) throws -> [ExperimentRuns<CurveJob>.Run] {
      try curves.complete(list, threads: jobs) { try CurveRun(job: $0, set: set).outcome() }
    }
    try folder.write(plan, toJSON: "config.json")
    let choices = try learn(plan.choiceJobs)
    var results = ForwardBackwardResults(plan: plan, choices: choices, memory: try memory(set))
    results.curves = try learn(plan.curveJobs(choices))
    results.coincidences = try learn(plan.coincidenceJobs)
    results.rules = try compare(plan.ruleJobs)
    results.real = try compare(plan.realJobs)
    results.readouts = try compare(plan.memoryJobs)
    results.lengths = try compare(plan.lengthJobs)
    try ForwardBackwardReport(results: results, command: command).write(to: folder)
    Terminal.note(
      "forward-vs-backward: \(Int(begin.duration(to: .now).inSeconds)) s; \(folder.url.path)/README.md"
    )
  }

  /// Names the recordings by what is in the first of them.
  private static func identity(_ sets: [TrialSet]) -> String {
    sets.map { set in
      let trials = [set.learned.trial(0), set.unseen.trial(0)]
      let numbers = trials.flatMap { trial in
        trial.events.indices.map { "\(trial.events[$0])" }
      }
      return SHA256.digest(of: [UInt8](numbers.joined(separator: " ").utf8))
    }.joined(separator: " ")
  }

  /// Numbers kept, by the length of a trial; recordings begin anew where they are over.
  private func memory(_ set: TrialSet) throws -> [MemoryRow] {
    let trial = set.unseen.trial(0)
    let credits: [LearnerConfiguration.Credit] = [.symmetric, .instantaneous]
    let lengths = plan.lengths + [1000, 2000, 5000, 10000]
    var rows: [MemoryRow] = []
    for depth in plan.curveDepths {
      for credit in credits {
        for steps in lengths {
          var one = plan.base(depth)
          one.credit = credit
          one.length = .cut
          one.steps = steps
          let input = one.steps(of: trial, geometry: set.geometry)
          rows.append(
            try MemoryRow(
              one, input: input, label: trial.label, inputs: set.geometry.addressCount))
        }
      }
    }
    return rows
  }
}
