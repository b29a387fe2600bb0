import Events
import Foundation
import Learning
import ToolSupport

/// Runs the plan and writes the report.
struct ForwardBackwardStudy {
  let plan: ForwardBackwardPlan
  let folder: ExperimentFolder
  let data: ExperimentData
  /// Names the data, so that runs on others are not taken for these.
  let fingerprint: String
  /// The same of the recordings of a real sensor.
  let realFingerprint: String
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
    let cosines = ExperimentRuns<CosineJob>(in: folder, data: fingerprint)
    let curves = ExperimentRuns<CurveJob>(in: folder, data: fingerprint)
    let realCosines = ExperimentRuns<CosineJob>(in: folder, data: realFingerprint)
    func compare(_ list: [CosineJob], on place: TrialSet) throws -> [ExperimentRuns<CosineJob>.Run]
    {
      try (place.name == set.name ? cosines : realCosines).complete(list, threads: jobs) {
        try CosineRun(job: $0, set: place).outcome()
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
    results.rules = try compare(plan.ruleJobs, on: set)
    if let real { results.real = try compare(plan.realJobs, on: real) }
    results.readouts = try compare(plan.memoryJobs, on: set)
    results.lengths = try compare(plan.lengthJobs, on: set)
    try ForwardBackwardReport(results: results, command: command).write(to: folder)
    Terminal.note(
      "forward-vs-backward: \(Int(begin.duration(to: .now).inSeconds)) s; \(folder.url.path)/README.md"
    )
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
