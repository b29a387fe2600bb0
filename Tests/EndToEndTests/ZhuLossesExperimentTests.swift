import Foundation
import Testing

/// `afferent-lab experiment zhu-losses`.
@Suite(.timeLimit(.minutes(10))) struct ZhuLossesExperimentTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func experiment() throws -> Program.End {
    try Program(
      "afferent-lab",
      ["experiment", "zhu-losses", "--out", folder.path + "/out", "--quick"]
    ).end(timeout: .seconds(200))
  }

  @Test func aQuickRunMeasuresGradientsAndIsNotRunAgain() throws {
    let end = try experiment()
    #expect(end.status == 0, "\(end)")
    // The kernels against their twins.
    let check =
      try JSONSerialization.jsonObject(with: Data(folder.text("out/check.json").utf8))
      as? [String: Double]
    #expect(try #require(check?["normalisation"]) < 1e-7, "against central differences")
    for name in ["weights", "times", "passed_down"] {
      #expect(try #require(check?[name]) < 1e-12, "\(name)")
    }
    #expect(check?["moved"] == 0)
    let object = try JSONSerialization.jsonObject(with: Data(folder.text("out/results.json").utf8))
    let runs = try #require(object as? [[String: Any]])
    #expect(runs.count == 4)
    for run in runs {
      let outcome = try #require(run["outcome"] as? [String: Any])
      let epochs = try #require(outcome["epochs"] as? [[String: Any]])
      #expect(epochs.count == 3)
      let losses = epochs.compactMap { $0["loss"] as? Double }
      #expect(losses[2] < 0.8 * losses[0], "\(losses)")
      let accuracies = epochs.compactMap { $0["accuracy"] as? Double }
      #expect(accuracies[2] > 1.5 * accuracies[0], "\(accuracies)")
      for epoch in epochs {
        let sums = try #require(epoch["sums"] as? [String: Double])
        // The class lacks spikes and the others have too many: their derivatives have one sign each.
        let (mine, others) = (try #require(sums["of_class"]), try #require(sums["of_others"]))
        #expect(mine >= 0 && others <= 0)
        #expect(abs(mine - others - (sums["magnitude"] ?? 0)) < 1e-9)
        #expect((sums["positive"] ?? 0) <= (sums["spikes"] ?? 0))
      }
    }
    #expect(try folder.text("out/figure-glyphs.svg").hasPrefix("<svg"))
    #expect(try folder.text("out/README.md").contains("| enhanced counting | thresholds |"))
    #expect(try folder.text("out/epochs.csv").split(separator: "\n").count == 13)
    let before = try folder.text("out/runs.jsonl")
    #expect(try experiment().status == 0)
    #expect(try folder.text("out/runs.jsonl") == before)
  }

  @Test func wrongOptionsAreNamed() throws {
    for (options, name) in [
      (["--sets", "glyphs", "glyphs"], "--sets"), (["--sets", "letters"], "--sets"),
      (["--epochs", "0"], "--epochs"),
      (["--hidden", "1"], "--hidden"), (["--trials", "3"], "--trials"),
    ] {
      let end = try Program("afferent-lab", ["experiment", "zhu-losses", "--out", "."] + options)
        .end()
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
  }
}
