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

  private func text(_ name: String) throws -> String {
    let data = FileManager.default.contents(atPath: "\(folder.path)/out/\(name)")
    return String(decoding: try #require(data), as: UTF8.self)
  }

  /// The cells of a CSV file without quotes, row by row, under their columns.
  private func rows(_ name: String) throws -> [[String: String]] {
    let lines = try text(name).split(separator: "\n").map { line in
      line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap {
        // A quoted cell holds commas of its own.
        $0.offset % 2 == 1
          ? [String($0.element)]
          : $0.element.split(separator: ",").map(String.init)
      }
    }
    let columns = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
  }

  private func number(_ row: [String: String], _ column: String) throws -> Double {
    try #require(row[column].flatMap(Double.init))
  }

  @Test func eachMethodLearnsLatenciesOfDrawnDigits() throws {
    let end = try experiment("antlr-latency-mnist", "--quick")
    #expect(end.status == 0, "\(end)")
    let rows = try rows("curves.csv")
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
      #expect(try !text(name).isEmpty)
    }
    let before = try text("runs.jsonl")
    let again = try experiment("antlr-latency-mnist", "--quick")
    #expect(again.status == 0)
    #expect(try text("runs.jsonl") == before)
  }

  @Test func itLearnsDrawnDigitsThroughSaccades() throws {
    let end = try experiment(
      "antlr-nmnist", "--quick", "--epochs", "1", "--only", "activation", "hybrid")
    #expect(end.status == 0, "\(end)")
    let rows = try rows("curves.csv")
    #expect(rows.map { $0["method"] } == ["activation 10/0", "hybrid"])
    for row in rows {
      #expect(row["data"] == "glyphs" && row["epoch"] == "1")
      #expect(try number(row, "hidden_spikes") > 0, "\(row)")
      for share in ["earliest", "most", "silent"] {
        #expect(try (0...1).contains(number(row, share)), "\(row)")
      }
    }
    #expect(try text("README.md").contains("98.05"))
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
