import Foundation
import ToolSupport

/// What one rule came to from one seed.
struct RuleRun: Codable {
  var rule: String
  var passes: Int
  var seed: UInt64
  /// Recordings it was tested on, and how many of them were right.
  var tested: Int
  var correct: Int
  /// Of a recording of the test.
  var hiddenSpikes: Double
  /// What learning took of a core, and what it took a step.
  var seconds: Double
  var stepMicroseconds: Double
  /// Of the settings and of the names and sizes of the recordings.
  var digest: String

  var accuracy: Double { Double(correct) / Double(max(tested, 1)) }

  /// Whether it did what `job` asks for.
  func isOf(_ job: RuleStudy.Job) -> Bool { isReplaced(by: job) && digest == job.digest }

  /// Whether it is of the same rule, seed and passes, with whatever settings.
  func isReplaced(by job: RuleStudy.Job) -> Bool {
    rule == job.rule.name && passes == job.passes && seed == job.seed
  }

  private enum CodingKeys: String, CodingKey {
    case rule, passes, seed, correct
    case tested = "test_trials"
    case hiddenSpikes = "hidden_spikes_per_sample"
    case seconds = "learning_cpu_s"
    case stepMicroseconds = "step_cpu_us"
    case digest = "settings_sha256"
  }
}

/// All runs so far.
struct RuleResults: Codable {
  var about: [String: String] = [:]
  var runs: [RuleRun] = []

  /// One line a run.
  var csv: String {
    let lines = runs.sorted { ($0.rule, $0.passes, $0.seed) < ($1.rule, $1.passes, $1.seed) }.map {
      let fields = [
        $0.rule, "\($0.passes)", "\($0.seed)", "\($0.tested)", "\($0.correct)",
        Format.decimal($0.accuracy, 4), Format.decimal($0.hiddenSpikes, 1),
        Format.decimal($0.seconds, 2), Format.decimal($0.stepMicroseconds, 1),
      ]
      return fields.joined(separator: ",")
    }
    let header =
      "rule,passes,seed,test_trials,correct,accuracy,hidden_spikes_per_sample,learning_cpu_s,step_cpu_us"
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  /// A table in Markdown for each number of passes, the best rule first.
  var table: String {
    Set(runs.map(\.passes)).sorted().map { passes in
      let rows = Dictionary(grouping: runs.filter { $0.passes == passes }, by: \.rule)
        .map { Row(rule: $0, about: about[$0] ?? "", runs: $1) }
        .sorted { ($1.accuracy, $0.rule) < ($0.accuracy, $1.rule) }
      let title = passes == 1 ? "After one pass" : "After \(passes) passes"
      return """
        ## \(title)

        | rule | what it is | seeds | accuracy | lowest | highest | hidden spikes a sample | CPU us a step |
        | --- | --- | --- | --- | --- | --- | --- | --- |
        \(rows.map(\.text).joined(separator: "\n"))

        """
    }.joined(separator: "\n")
  }

  /// One rule, over its seeds.
  private struct Row {
    var rule: String
    var about: String
    var runs: [RuleRun]

    var accuracy: Double { mean(\.accuracy) }

    private func mean(_ value: (RuleRun) -> Double) -> Double {
      runs.reduce(0) { $0 + value($1) } / Double(max(runs.count, 1))
    }

    var text: String {
      let sorted = runs.map(\.accuracy).sorted()
      let fields = [
        rule, about, "\(runs.count)", Format.percent(accuracy),
        Format.percent(sorted.first ?? 0), Format.percent(sorted.last ?? 0),
        Format.decimal(mean(\.hiddenSpikes), 0), Format.decimal(mean(\.stepMicroseconds), 0),
      ]
      return "| " + fields.joined(separator: " | ") + " |"
    }
  }
}

/// Where the results of a study are kept.
struct RuleResultsFolder: Sendable {
  private let folder: URL

  init(_ folder: URL) {
    self.folder = folder
  }

  /// What is there already.
  func read() throws -> RuleResults {
    let file = folder.appendingPathComponent("results.json")
    guard let data = FileManager.default.contents(atPath: file.path) else { return RuleResults() }
    do {
      return try JSONDecoder().decode(RuleResults.self, from: data)
    } catch {
      throw ExperimentError("\(file.path) is not of this experiment; name another folder")
    }
  }

  func write(_ results: RuleResults) throws {
    for (name, text) in [
      ("results.json", try Terminal.jsonText(results) + "\n"), ("results.csv", results.csv),
      ("table.md", results.table),
    ] {
      let file = folder.appendingPathComponent(name)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
  }
}
