import Foundation
import Testing

/// `afferent-lab experiment antlr-latency-mnist` and `antlr-nmnist`.
@Suite(.timeLimit(.minutes(10))) struct AntlrExperimentTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func experiment(_ name: String, _ more: String...) throws -> Program.End {
    try Program("afferent-lab", ["experiment", name, "--out", folder.path + "/out"] + more)
      .end(timeout: .seconds(120))
  }

  private func number(_ row: [String: String], _ column: String) throws -> Double {
    try #require(row[column].flatMap(Double.init))
  }

  @Test func eachMethodLearnsLatenciesOfDrawnDigits() throws {
    let end = try experiment("antlr-latency-mnist", "--quick")
    #expect(end.status == 0, "\(end)")
    let rows = try folder.rows("out/curves.csv")
    #expect(rows.count == 48)
    for row in rows where row["epoch"] == "8" {
      let decision = row["method"]?.hasPrefix("activation") == true ? "most" : "earliest"
      // One in ten is chance.
      #expect(try number(row, decision) > 0.4, "\(row)")
      let (hidden, output) = (try number(row, "hidden_spikes"), try number(row, "output_spikes"))
      #expect(try number(row, "spikes_until_decision") <= hidden + output)
      if row["single_spike"] == "true" { #expect(hidden <= 100 && output <= 10) }
    }
    for name in ["config.json", "results.json", "results.csv", "figure.svg", "README.md"] {
      #expect(try !folder.text("out/\(name)").isEmpty)
    }
    let before = try folder.text("out/runs.jsonl")
    let again = try experiment("antlr-latency-mnist", "--quick")
    #expect(again.status == 0)
    #expect(try folder.text("out/runs.jsonl") == before)
  }

  @Test func itLearnsDrawnDigitsThroughSaccades() throws {
    let end = try experiment(
      "antlr-nmnist", "--quick", "--epochs", "1", "--only", "activation", "hybrid")
    #expect(end.status == 0, "\(end)")
    let rows = try folder.rows("out/curves.csv")
    #expect(rows.map { $0["method"] } == ["activation 10/0", "hybrid"])
    for row in rows {
      #expect(row["data"] == "glyphs" && row["epoch"] == "1")
      #expect(try number(row, "hidden_spikes") > 0, "\(row)")
      for share in ["earliest", "most", "silent"] {
        #expect(try (0...1).contains(number(row, share)), "\(row)")
      }
    }
    #expect(try folder.text("out/README.md").contains("98.05"))
  }

  @Test func partsAreDrawnAndBiasesCanBeLeftOut() throws {
    func outcome(_ more: String...) throws -> [String: Double] {
      let folder = try Folder()
      let options = [
        "--quick", "--training", "100", "--testing", "50", "--held-out", "20", "--only", "hybrid",
        "--single-only", "--epochs", "2", "--out", folder.path,
      ]
      let end = try Program("afferent-lab", ["experiment", "antlr-latency-mnist"] + options + more)
        .end(timeout: .seconds(120))
      #expect(end.status == 0, "\(end)")
      let report = try folder.text("README.md")
      #expect(report.contains("drawn part of those to learn from"))
      #expect(report.contains("80 samples to learn from, 20 to test on"))
      let row = try #require(folder.rows("curves.csv").last)
      return row.compactMapValues(Double.init)
    }
    let (with, without) = (try outcome(), try outcome("--no-biases"))
    #expect(with["loss"] != without["loss"])
    #expect(try outcome("--temperature", "12")["loss"] != with["loss"])
    for row in [with, without] {
      let (earliest, silent) = (row["earliest"] ?? -1, row["silent"] ?? -1)
      let decided = row["earliest_or_potential"] ?? -1
      #expect(earliest >= 0 && earliest <= decided && decided <= earliest + silent + 1e-9)
    }
  }

  @Test(
    "Wrong options are named",
    arguments: [
      ["antlr-latency-mnist", "--only", "neither"], ["antlr-latency-mnist", "--counts", "1", "2"],
      ["antlr-latency-mnist", "--epochs", "0"], ["antlr-nmnist", "--sets", "cifar"],
      ["antlr-nmnist", "--sets", "nmnist"], ["antlr-nmnist", "--nmnist-epochs", "3"],
    ])
  func wrongOptions(_ words: [String]) throws {
    let end = try experiment(words[0], words[1], words[2], "--quick")
    #expect(end.status == 64)
    #expect(end.errors.contains(words[1]), "\(end)")
  }
}
