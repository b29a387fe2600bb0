import Foundation
import Testing

/// `afferent-lab experiment nmnist-rules`.
@Suite(.timeLimit(.minutes(10))) struct RuleExperimentTests {
  private let folder: Folder
  private let configs: String

  init() throws {
    folder = try Folder()
    configs = folder.path + "/rules"
    try write("one", "# One rule.\nlearner: {hidden: {neurons: 20}}")
    try write("other", "learner: {hidden: {neurons: 10}, credit: random}")
  }

  private func write(_ rule: String, _ yaml: String) throws {
    try folder.write("rules/\(rule).yaml", Data(yaml.utf8))
  }

  private func experiment(_ more: String...) throws -> Program.End {
    let data = try DataSet.small.get()
    let folders = ["--train", data.train, "--test", data.test, "--configs", configs]
    return try Program(
      "afferent-lab",
      ["experiment", "nmnist-rules", "--out", folder.path + "/out"] + folders + more
    ).end(timeout: .seconds(100))
  }

  /// The lines of results.csv, without the header and without times.
  private func runs() throws -> [String] {
    try folder.text("out/results.csv").split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",").dropLast(2).joined(separator: ",")
    }
  }

  @Test func itRunsEachRuleFromEachSeedAndGoesOnWhereItStopped() throws {
    let end = try experiment(
      "--seeds", "2", "--passes", "1", "2", "--only", "one", "--jobs", "2")
    #expect(end.status == 0 && end.errors.isEmpty, "\(end)")
    let first = try runs()
    #expect(
      first.map { $0.split(separator: ",").prefix(4).joined(separator: ",") } == [
        "one,1,1,1", "one,1,2,1", "one,2,1,1", "one,2,2,1",
      ])
    let table = try folder.text("out/table.md")
    #expect(end.output == table + "\n")
    #expect(table.contains("## After one pass") && table.contains("## After 2 passes"))
    #expect(table.contains("| one | One rule. | 2 | "))

    let times = try folder.text("out/results.csv")
    let again = try experiment("--seeds", "2", "--passes", "1", "2", "--only", "one")
    #expect(again.status == 0)
    #expect(try folder.text("out/results.csv") == times)

    let all = try experiment("--seeds", "1", "--passes", "1")
    #expect(all.status == 0, "\(all)")
    let runs = try runs()
    #expect(runs.prefix(4) == first[...] && runs.count == 5)
    #expect(runs.last?.hasPrefix("other,1,1,1,") == true)
  }

  @Test func whatHasChangedIsRunAgain() throws {
    #expect(try experiment("--seeds", "1", "--passes", "1").status == 0)
    let before = try runs()
    try write("one", "# Another rule.\nlearner: {hidden: {neurons: 30}}")
    #expect(try experiment("--seeds", "1", "--passes", "1").status == 0)
    let after = try runs()
    #expect(after.count == 2 && after[0] != before[0] && after[1] == before[1])
    #expect(try folder.text("out/table.md").contains("| one | Another rule. | 1 | "))
  }

  @Test func whatCannotBeRunIsRefused() throws {
    let unknown = try experiment("--only", "third")
    #expect(unknown.status == 1 && unknown.errors.contains("no third.yaml"), "\(unknown)")
    try write("third", "learner: {hidden: {neurons: 0}}")
    let invalid = try experiment("--seeds", "1")
    #expect(invalid.status == 1 && invalid.errors.contains("third.yaml"), "\(invalid)")
    #expect(invalid.errors.contains("learner.hidden.neurons"), "\(invalid)")
    let none = try experiment("--passes", "0")
    #expect(none.status == 64 && none.errors.contains("--passes"), "\(none)")
  }
}
