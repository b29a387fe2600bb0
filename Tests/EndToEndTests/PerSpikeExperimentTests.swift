import Foundation
import Testing

/// `afferent-lab experiment accuracy-per-spike`.
@Suite(.timeLimit(.minutes(10))) struct PerSpikeExperimentTests {
  private let folder: Folder
  private let configs: String

  init() throws {
    folder = try Folder()
    configs = folder.path + "/points"
    for (name, learner) in [
      ("free", "{}"),
      ("sparse", "{regulariser: {strength: 3, target_rate_hz: 1}}"),
      ("wasteful", "{regulariser: {strength: 3, target_rate_hz: 40}}"),
      (
        "spiking",
        "{readout: {kind: spiking, tau_ms: 20}, loss: {kind: spike_count}, decision: most_spikes}"
      ),
    ] {
      let yaml = "# The point \(name).\nlearner: \(learner)\n"
      try folder.write("points/\(name).yaml", Data(yaml.utf8))
    }
  }

  private func experiment(_ more: String...) throws -> Program.End {
    let options = ["--quick", "--configs", configs, "--out", folder.path + "/out"]
    return try Program("afferent-lab", ["experiment", "accuracy-per-spike"] + options + more)
      .end(timeout: .seconds(200))
  }

  @Test func spikesFollowTheTargetAndTheFrontIsWhatNothingBeats() throws {
    let end = try experiment("--trials", "300", "--jobs", "2")
    #expect(end.status == 0 && end.errors.isEmpty, "\(end)")
    let runs = try folder.rows("out/results.csv")
    #expect(Set(runs.map { $0["point"] }) == ["free", "sparse", "wasteful", "spiking"])
    func number(_ point: String, _ column: String) throws -> Double {
      let run = try #require(runs.first { $0["point"] == point })
      return try #require(run[column].flatMap(Double.init))
    }
    #expect(try number("free", "accuracy") > 0.5, "\(end.output)")
    #expect(try number("sparse", "hidden_spikes") < 0.5 * number("free", "hidden_spikes"))
    #expect(try number("wasteful", "hidden_spikes") > 1.2 * number("free", "hidden_spikes"))
    #expect(try number("free", "output_spikes") == 0)
    #expect(try number("spiking", "output_spikes") > 0)
    // Each against all others.
    let points = try runs.map { run in
      let point = try #require(run["point"])
      return (
        point, try number(point, "hidden_spikes") + number(point, "output_spikes"),
        try number(point, "accuracy"), run["on_front"] == "1"
      )
    }
    for (name, spikes, accuracy, isOnFront) in points {
      let isBeaten = points.contains {
        $0.1 <= spikes && $0.2 >= accuracy && ($0.1 < spikes || $0.2 > accuracy)
      }
      #expect(isOnFront == !isBeaten, "\(name) of \(points)")
    }
    let report = try folder.text("out/README.md")
    #expect(
      report.contains("97.73") && report.contains("98.05") && report.contains("not the same data"))
    #expect(report.contains("The point sparse."))
    #expect(try folder.text("out/figure.svg").hasPrefix("<svg"))
    let config = try JSONSerialization.jsonObject(with: Data(folder.text("out/config.json").utf8))
    #expect((config as? [Any])?.count == 4)

    let times = try folder.text("out/results.csv")
    #expect(try experiment("--trials", "300").status == 0)
    #expect(try folder.text("out/results.csv") == times)
  }

  @Test func whatCannotBeRunIsRefused() throws {
    for (options, name) in [
      (["--trials", "0"], "--trials"), (["--held-out", "0"], "--held-out"),
      (["--held-out", "5"], "--held-out"), (["--jobs", "0"], "--jobs"),
      (["--only", "one", "one"], "--only"), (["--thrice", "one", "one"], "--thrice"),
    ] {
      let end = try Program(
        "afferent-lab", ["experiment", "accuracy-per-spike", "--quick", "--out", "."] + options
      ).end()
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
    let unknown = try experiment("--only", "third")
    #expect(unknown.status == 1 && unknown.errors.contains("no third.yaml"), "\(unknown)")
    let uncounted = "learner: {readout: {kind: spiking}, loss: {kind: softmax_cross_entropy}}"
    try folder.write("points/uncounted.yaml", Data(uncounted.utf8))
    let refused = try experiment("--only", "uncounted", "--trials", "5")
    #expect(refused.status == 1 && refused.errors.contains("most_spikes"), "\(refused)")
  }
}
