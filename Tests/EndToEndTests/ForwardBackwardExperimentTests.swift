import Foundation
import Testing

/// `afferent-lab experiment forward-vs-backward`.
@Suite(.timeLimit(.minutes(10))) struct ForwardBackwardExperimentTests {
  private static let options = [
    "experiment", "forward-vs-backward", "--quick", "--neurons", "16", "--depths", "1", "2", "3",
    "--trials", "4", "--compared", "2", "--steps", "20", "40", "--curve-trials", "8",
  ]

  @Test func aTinyRunShowsWhatIsExactAndWhatIsNot() throws {
    let folder = try Folder()
    let arguments = Self.options + ["--out", folder.path]
    let end = try Program("afferent-lab", arguments).end(timeout: .seconds(300))
    #expect(end.status == 0, "\(end)")
    let object = try JSONSerialization.jsonObject(with: Data(folder.text("results.json").utf8))
    let results = try #require(object as? [String: Any])
    func number(_ name: String) throws -> Double { try #require(results[name] as? Double) }
    #expect(try number("largest_distance_from_1_where_exact") < 1e-9)
    #expect(try number("largest_distance_of_norm_ratio_from_1_where_exact") < 1e-9)
    #expect(try number("largest_relative_difference_of_engine_and_reference") < 1e-8)

    let rows = try #require(results["hidden"] as? [[String: Any]])
    func cosine(depth: Int, reset: String, tau: Double) throws -> Double {
      let row = rows.first { row in
        let one = row["case"] as? [String: Any] ?? [:]
        return one["depth"] as? Int == depth && one["reset"] as? String == reset
          && one["readout_tau_ms"] as? Double == tau && one["credit"] as? String == "symmetric"
          && one["path"] as? String == "activation" && one["readout"] as? String == "leaky"
          && one["neuron"] as? String == "lif" && one["recurrent"] as? Bool == false
          && one["length"] as? String == "whole" && row["learned"] as? Int == 0
      }
      let spread = try #require(row?["cosine"] as? [String: Any])
      return try #require(spread["mean"] as? Double)
    }
    // A readout without memory leaves nothing to drop below it but what is between.
    #expect(try cosine(depth: 2, reset: "subtract", tau: 0) > 0.99999)
    #expect(try cosine(depth: 3, reset: "subtract", tau: 0) < 0.99999)
    #expect(try cosine(depth: 2, reset: "subtract", tau: 60) < 0.999)
    #expect(try cosine(depth: 2, reset: "zero", tau: 0) < 0.99999)

    // Numbers kept forward stay, but for the lists of spikes of the latest steps; backward they grow with the steps.
    let memory = try #require(results["memory"] as? [[String: Any]])
    let counts = memory.filter {
      $0["depth"] as? Int == 1 && $0["credit"] as? String == "symmetric"
    }
    let forward = counts.compactMap { $0["forward"] as? Int }
    let backward = counts.compactMap { $0["backward"] as? Int }
    let steps = counts.compactMap { $0["steps"] as? Int }
    #expect(counts.count == 6 && backward == backward.sorted())
    let (least, most) = (forward.min() ?? 0, forward.max() ?? .max)
    #expect(most - least <= 3 * 2312, "lists of rows that have spiked")
    #expect(
      (backward.last ?? 0) - (backward.first ?? 0) >= ((steps.last ?? 0) - (steps.first ?? 0)) * 26)

    // One hidden layer: the same gradient, and so the same learning.
    let curves = try #require(results["curves"] as? [[String: Any]])
    #expect(curves.count == 6)
    func spikes(_ method: String) throws -> Double {
      let row = curves.first { $0["depth"] as? Int == 1 && $0["method"] as? String == method }
      return try #require(row?["spikes"] as? Double)
    }
    #expect(try spikes("forward") > 0)
    #expect(try abs(spikes("forward") - spikes("backward")) <= 0.02 * spikes("backward"))
    for name in ["depth", "layers", "length", "readout", "curves", "memory"] {
      #expect(try folder.text("figure-\(name).svg").hasPrefix("<svg"))
    }
    #expect(try folder.text("README.md").contains("BPTT less forward rule, both"))
    #expect(try folder.text("results.csv").split(separator: "\n").count > 100)

    let runs = try folder.text("runs.jsonl")
    let again = try Program("afferent-lab", arguments).end(timeout: .seconds(300))
    #expect(again.status == 0, "\(again)")
    #expect(try folder.text("runs.jsonl") == runs, "nothing is run again")
  }

  @Test func wrongOptionsAreNamed() throws {
    for (options, name) in [
      (["--neurons", "0"], "--neurons"), (["--depths", "0"], "--depths"),
      (["--steps", "0"], "--steps"), (["--steps", "35"], "--steps 35"),
      (["--curve-trials", "-1"], "--curve-trials"),
      (["--seed", "1", "1"], "--seed"),
    ] {
      let end = try Program(
        "afferent-lab", ["experiment", "forward-vs-backward", "--out", "."] + options
      ).end()
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
  }
}
