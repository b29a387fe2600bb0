import Foundation
import Testing

/// `afferent-lab experiment codes`.
@Suite(.timeLimit(.minutes(10))) struct CodesExperimentTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func experiment(_ more: String...) throws -> Program.End {
    try Program(
      "afferent-lab", ["experiment", "codes", "--out", folder.path + "/out", "--quick"] + more
    ).end(timeout: .seconds(200))
  }

  @Test func aQuickRunLearnsAndIsNotRunAgain() throws {
    let options = ["--codes", "latency", "delta", "--objectives", "membrane_cross_entropy"]
    let end = try experiment(options[0], options[1], options[2], options[3], options[4])
    #expect(end.status == 0, "\(end)")
    let object = try JSONSerialization.jsonObject(with: Data(folder.text("out/results.json").utf8))
    let runs = try #require(object as? [[String: Any]])
    #expect(runs.count == 2)
    for run in runs {
      let outcome = try #require(run["outcome"] as? [String: Any])
      let accuracy = try #require(outcome["accuracy"] as? Double)
      #expect(accuracy > 0.5, "ten classes")
      let progress = try #require(outcome["progress"] as? [Double])
      let (first, last) = (progress.prefix(10).reduce(0, +), progress.suffix(10).reduce(0, +))
      #expect(last > first + 2, "shares of ten blocks each")
      #expect(outcome["output_spikes"] as? Double == 0, "leaky readouts")
      let searched = try #require(outcome["searched"] as? [[String: Double]])
      let best = searched.max { ($0["accuracy"] ?? 0) < ($1["accuracy"] ?? 0) }
      #expect(searched.count >= 3)
      let rate = try #require(outcome["rate"] as? Double)
      let chosen = searched.first { $0["rate"] == rate }
      #expect(chosen?["accuracy"] == best?["accuracy"])
    }
    // At most one spike for each of 784 pixels.
    let latency = try #require(runs.first?["outcome"] as? [String: Any])
    #expect(try #require(latency["input_spikes"] as? Double) < 784)
    for name in ["figure.svg", "figure-progress.svg"] {
      #expect(try folder.text("out/\(name)").hasPrefix("<svg"))
    }
    #expect(try folder.text("out/README.md").contains("| membrane cross-entropy |"))
    #expect(try folder.text("out/results.csv").split(separator: "\n").count == 3)
    #expect(try folder.text("out/progress.csv").contains("delta,membrane_cross_entropy,1,"))
    #expect(try folder.text("out/config.json").contains("membrane_cross_entropy"))

    let before = try folder.text("out/runs.jsonl")
    #expect(try experiment(options[0], options[1], options[2], options[3], options[4]).status == 0)
    #expect(try folder.text("out/runs.jsonl") == before)
  }

  @Test func wrongOptionsAreNamed() throws {
    for (options, name) in [
      (["--codes", "rate", "rate"], "--codes"),
      (["--objectives", "count_mean_square", "count_mean_square"], "--objectives"),
      (["--codes", "morse"], "--codes"), (["--objectives", "none"], "--objectives"),
      (["--steps", "7"], "--steps"), (["--hidden", "0"], "--hidden"),
      (["--trials", "0"], "--trials"), (["--jobs", "0"], "--jobs"),
    ] {
      let end = try Program("afferent-lab", ["experiment", "codes", "--out", "."] + options).end()
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
  }
}
