import Foundation
import Testing

/// `afferent-lab experiment online-one-pass`.
@Suite(.timeLimit(.minutes(10))) struct OnePassExperimentTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func experiment(_ more: [String]) throws -> Program.End {
    try Program(
      "afferent-lab", ["experiment", "online-one-pass", "--out", folder.path + "/out"] + more
    ).end(timeout: .seconds(200))
  }

  private static let rules =
    Places.root.appendingPathComponent("Tools/lab/Examples/online-one-pass").path

  private func write(_ rule: String, _ yaml: String) throws {
    try folder.write("rules/\(rule).yaml", Data(yaml.utf8))
  }

  /// What goes wrong between memory and the learner, in the order or in time, changes the weights.
  @Test func itComesToTheWeightsOfRun() throws {
    let data = try DataSet.usual.get()
    let yaml = "learner: {hidden: {neurons: 20}, regulariser: {strength: 1.0}}"
    let steps = """
      learner: {hidden: {neurons: 20}, optimiser: {method: sgd, update: step, learning_rate: 0.0003}}
      """
    let moved = "transforms: [downsample=2, \"drop_event=0.1\"]\n" + yaml
    try write("recorded-1/plain", yaml)
    try write("recorded-1/moved", moved)
    try write("recorded-1/steps", steps)
    try write("recorded-5/plain", yaml)
    let rules = ["plain": yaml, "moved": moved, "steps": steps]
    let end = try experiment([
      "--streams", "recorded", "--data", data.folder.path, "--configs", folder.path + "/rules",
      "--seed", "3", "4", "--jobs", "2",
    ])
    #expect(end.status == 0, "\(end)")
    let rows = try folder.rows("out/results.csv")
    #expect(rows.count == 8)
    for row in rows {
      let config = try folder.write(
        "engine.yaml", Data((rules[row["rule"] ?? ""] ?? "").utf8))
      let run = try Program(
        "afferent-lab",
        [
          "run", "--train", data.train, "--test", data.test, "--config", config, "--json",
          "--passes", row["passes"] ?? "", "--seed", row["seed"] ?? "",
        ]
      ).end(timeout: .seconds(100))
      #expect(run.status == 0, "\(run)")
      let results = try run.json()
      #expect(results["weights_sha256"] as? String == row["weights_sha256"], "\(row)")
      // Where events are dropped by chance, chance begins anew for the test there.
      guard row["rule"] != "moved" else { continue }
      let test = try #require(results["test"] as? [String: Any])
      #expect(test["correct"] as? Int == row["correct"].flatMap(Int.init))
    }
  }

  @Test func aQuickRunLearnsAndIsNotRunTwice() throws {
    let begin = try experiment(["--quick", "--trials", "200", "--configs", Self.rules])
    #expect(begin.status == 0, "\(begin)")
    let rows = try folder.rows("out/results.csv")
    #expect(rows.map { $0["rule"] } == ["adam-trial-200", "adam-trial-800", "sgd-step-200"])
    for row in rows {
      let accuracy = try #require(row["accuracy"].flatMap(Double.init))
      #expect(accuracy > 0.5, "a tenth would be chance: \(row)")
      let spikes = try #require(row["hidden_spikes_per_sample"].flatMap(Double.init))
      #expect(spikes > 10)
    }
    // Blocks of the curve add up to the progressive accuracy.
    let curves = try folder.rows("out/curves.csv").filter { $0["rule"] == "sgd-step-200" }
    let mean =
      curves.compactMap { $0["block_accuracy"].flatMap(Double.init) }.reduce(0, +)
      / Double(curves.count)
    let sgd = try #require(rows.last)
    let progressive = try #require(sgd["progressive_accuracy"].flatMap(Double.init))
    #expect(abs(mean - progressive) < 0.02)
    // The stream that predicts beforehand knows what has been learned; a tenth would be chance.
    #expect(progressive > 0.4)
    #expect(try folder.text("out/figure.svg").hasPrefix("<svg"))
    #expect(try folder.text("out/README.md").contains("| saccade-MNIST | 1 | sgd-step-200 | 60 |"))

    let runs = try folder.text("out/runs.jsonl")
    // As a kill may leave it.
    try folder.write("out/runs.jsonl", Data(runs.utf8.dropLast(40)))
    let again = try experiment(["--quick", "--trials", "200", "--configs", Self.rules])
    #expect(again.status == 0)
    #expect(try folder.text("out/results.csv").split(separator: "\n").count == rows.count + 1)
    #expect(try folder.text("out/runs.jsonl").split(separator: "\n").count == rows.count + 1)
    let weights = rows.map { $0["weights_sha256"] }
    #expect(try folder.rows("out/results.csv").map { $0["weights_sha256"] } == weights)
  }

  /// Rates so high that the latest label is all the network knows: with its own prediction at the end of a trial it is
  /// right about each of the 60 (seen without the other stream), with that made beforehand about 8 %.
  @Test func noLabelActsOnThePredictionOfItsTrial() throws {
    try write(
      "saccades/eager",
      "learner: {optimiser: {method: sgd, update: step, learning_rate: 0.3}}")
    let end = try experiment([
      "--quick", "--trials", "60", "--configs", folder.path + "/rules", "--seed", "1", "2",
    ])
    #expect(end.status == 0, "\(end)")
    for row in try folder.rows("out/results.csv") {
      let progressive = try #require(row["progressive_accuracy"].flatMap(Double.init))
      #expect(progressive < 0.4, "\(row)")
    }
  }

  /// What has been learned from other files is not taken for it.
  @Test func otherDataAreLearnedAnew() throws {
    let file = try DataSet.small.get().someFile()
    let recording = try #require(FileManager.default.contents(atPath: file))
    for part in ["Train", "Test"] { try folder.write("data/\(part)/3/00001.bin", recording) }
    try write("recorded-1/plain", "learner: {hidden: {neurons: 5}}")
    let options = [
      "--streams", "recorded", "--data", folder.path + "/data", "--configs", folder.path + "/rules",
      "--seed", "1",
    ]
    func runs() throws -> Int {
      let end = try experiment(options)
      #expect(end.status == 0, "\(end)")
      return try folder.text("out/runs.jsonl").split(separator: "\n").count
    }
    #expect(try runs() == 1)
    #expect(try runs() == 1)
    // An event less.
    try folder.write("data/Train/3/00001.bin", recording.dropLast(5))
    #expect(try runs() == 2)
  }

  @Test func wrongOptionsAreNamed() throws {
    for (options, name) in [
      (["--trials", "0"], "--trials"), (["--held-out", "0"], "--held-out"),
      (["--seed", "1", "1"], "--seed"), (["--jobs", "0"], "--jobs"),
    ] {
      let end = try experiment(options)
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
    let none = try experiment([
      "--data", folder.path, "--streams", "recorded", "--configs", Self.rules,
    ])
    #expect(none.status == 1 && none.errors.contains("there is no nmnist/Train"), "\(none)")
    let unknown = try experiment(["--quick", "--only", "nothing", "--configs", Self.rules])
    #expect(unknown.status == 1 && unknown.errors.contains("nothing"), "\(unknown)")
  }
}
