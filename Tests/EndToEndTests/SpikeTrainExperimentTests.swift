import Foundation
import Testing

/// `afferent-lab experiment antlr-spike-train`.
@Suite(.timeLimit(.minutes(10))) struct SpikeTrainExperimentTests {
  @Test func aQuickRunWritesEverything() throws {
    let folder = try Folder()
    func experiment() throws -> Program.End {
      try Program(
        "afferent-lab",
        ["experiment", "antlr-spike-train", "--quick", "--jobs", "2", "--out", folder.path]
      ).end()
    }
    let end = try experiment()
    #expect(end.status == 0, "\(end)")
    let object = try JSONSerialization.jsonObject(with: Data(folder.text("results.json").utf8))
    let results = try #require(object as? [String: Any])
    let outcomes = try #require(results["outcomes"] as? [[String: Any]])
    #expect(outcomes.count == 10)
    for outcome in outcomes {
      let losses = try #require(outcome["final_losses"] as? [Double])
      #expect(losses.count == 4 && losses.allSatisfy { $0 >= 0 })
      let rate = try #require(outcome["learning_rate"] as? Double)
      let searched = try #require(outcome["searched_rates"] as? [[String: Double]])
      let rates = searched.compactMap { $0["rate"] }
      #expect(rates == rates.sorted() && rates.contains(rate))
      #expect(rate != rates.first && rate != rates.last, "the edge of the grid")
    }
    // All methods begin with the same loss.
    let begins = try folder.text("curves.csv").split(separator: "\n").filter { $0.hasPrefix("0,") }
    for setting in ["1", "3"] {
      let values = begins.map { $0.split(separator: ",") }.filter { $0[2] == setting }
        .compactMap { Double($0[3]) }
      #expect(values.count == 5)
      #expect(values.allSatisfy { abs($0 - values[0]) <= 1e-4 * values[0] })
    }
    #expect(try folder.text("figure.svg").hasPrefix("<svg"))
    #expect(try folder.text("results.csv").split(separator: "\n").count == 11)
    #expect(try folder.text("README.md").contains("figure.svg"))
    #expect(try folder.text("config.json").contains("\"iterations\":40"))
    // All runs are there.
    let (runs, table) = (try folder.text("runs.jsonl"), try folder.text("results.csv"))
    #expect(try experiment().status == 0)
    #expect(try folder.text("runs.jsonl") == runs && folder.text("results.csv") == table)
  }

  @Test("The engine's own forward gradients lead where those of the reference lead")
  func engine() throws {
    let folder = try Folder()
    func losses(_ program: String) throws -> [Double] {
      let end = try Program(
        "afferent-lab",
        [
          "experiment", "antlr-spike-train", "--trials", "3", "--iterations", "30", "--rate",
          "0.003", "--methods", "hybrid_forward", "activation_forward", "--forward-by", program,
          "--out", "\(folder.path)/\(program)",
        ]
      ).end()
      #expect(end.status == 0, "\(end)")
      let table = try String(
        contentsOfFile: "\(folder.path)/\(program)/results.csv", encoding: .utf8)
      return try table.split(separator: "\n").dropFirst().map {
        try #require(Double($0.split(separator: ",")[4]))
      }
    }
    let (engine, reference) = (try losses("engine"), try losses("reference"))
    #expect(engine.count == 4)
    for (one, other) in zip(engine, reference) { #expect(abs(one - other) < 0.02 * other) }
  }

  @Test func wrongOptionsAreNamed() throws {
    for (options, name) in [
      (["--iterations", "0"], "--iterations"), (["--search-trials", "0"], "--search-trials"),
      (["--rate-schedule", "steep"], "--rate-schedule"), (["--methods", "none"], "--methods"),
      (["--methods", "hybrid", "hybrid"], "--methods"),
    ] {
      let end = try Program(
        "afferent-lab", ["experiment", "antlr-spike-train", "--out", "."] + options
      ).end()
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
  }
}
