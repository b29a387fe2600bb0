import Foundation
import Testing

/// `afferent-lab experiment antlr-spike-train`.
@Suite(.timeLimit(.minutes(10))) struct SpikeTrainExperimentTests {
  @Test func aQuickRunWritesEverything() throws {
    let folder = try Folder()
    let end = try Program(
      "afferent-lab", ["experiment", "antlr-spike-train", "--quick", "--out", folder.path]
    ).end()
    #expect(end.status == 0, "\(end)")
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
    }
    let object = try JSONSerialization.jsonObject(with: Data(text("results.json").utf8))
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
    let begins = try text("curves.csv").split(separator: "\n").filter { $0.hasPrefix("0,") }
    for setting in ["1", "3"] {
      let values = begins.map { $0.split(separator: ",") }.filter { $0[2] == setting }
        .compactMap { Double($0[3]) }
      #expect(values.count == 5)
      #expect(values.allSatisfy { abs($0 - values[0]) <= 1e-4 * values[0] })
    }
    #expect(try text("figure.svg").hasPrefix("<svg"))
  }

  @Test func wrongOptionsAreNamed() throws {
    for (options, name) in [
      (["--iterations", "0"], "--iterations"), (["--search-trials", "0"], "--search-trials"),
      (["--rate-schedule", "steep"], "--rate-schedule"), (["--methods", "none"], "--methods"),
    ] {
      let end = try Program(
        "afferent-lab", ["experiment", "antlr-spike-train", "--out", "."] + options
      ).end()
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
  }
}
