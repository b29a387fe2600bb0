import Foundation
import Testing

/// `afferent-lab experiment noise-and-drift`.
@Suite(.timeLimit(.minutes(10))) struct DriftExperimentTests {
  private let folder: Folder
  private let config = Places.root.path + "/Tools/lab/Examples/noise-and-drift.yaml"

  init() throws { folder = try Folder() }

  private func experiment(_ out: String, _ more: String...) throws -> Program.End {
    let options = ["--quick", "--config", config, "--out", "\(folder.path)/\(out)"]
    return try Program("afferent-lab", ["experiment", "noise-and-drift"] + options + more)
      .end(timeout: .seconds(200))
  }

  private func number(
    _ rows: [[String: String]], _ disturbance: String, _ severity: String, _ column: String,
    filter: String = ""
  ) throws -> Double {
    let row = try #require(
      rows.first {
        $0["disturbance"] == disturbance && $0["severity"] == severity && $0["course"] != "drift"
          && $0["filter"] == filter
      }, "\(disturbance) \(severity)")
    return try #require(row[column].flatMap(Double.init))
  }

  @Test func everyDisturbanceDoesToEventsWhatItSays() throws {
    let end = try experiment("out", "--train", "20", "--trials", "60", "--testing", "5")
    #expect(end.status == 0 && end.errors.isEmpty, "\(end)")
    let rows = try folder.rows("out/events.csv")
    func number(_ disturbance: String, _ severity: String, _ column: String) throws -> Double {
      try self.number(rows, disturbance, severity, column)
    }
    let events = try number("clean", "", "events_per_trial")
    let deviationT = try number("clean", "", "deviation_t_us")
    let mean = (x: try number("clean", "", "mean_x"), y: try number("clean", "", "mean_y"))
    // 34 x 34 pixels, trials of 0.3 s. A noise event resets its pixel, which takes some of the image's events away.
    for rate in [10.0, 20] {
      let more = try number("background", "\(Int(rate))", "events_per_trial") - events
      #expect((0.9...1.02).contains(more / (rate * 34 * 34 * 0.3)), "\(rate) Hz: \(more) more")
    }
    for pixels in [20.0, 40] {
      let more = try number("hot-pixels", "\(Int(pixels))", "events_per_trial") - events
      // Poisson, of all 60 trials: four deviations.
      let expected = pixels * 200 * 0.3
      let bound = 4 * (expected / 60).squareRoot()
      #expect(abs(more - expected) < bound, "\(pixels) hot pixels: \(more) events more")
    }
    for (lost, text) in [(0.75, "0.75"), (0.9, "0.9")] {
      let left = try number("lost", text, "events_per_trial")
      #expect(abs(left / events - (1 - lost)) < 0.01, "\(lost) lost: \(left) of \(events)")
    }
    for (jitter, text) in [(10_000.0, "10000"), (30_000, "30000")] {
      #expect(try number("jitter", text, "events_per_trial") == events)
      let wanted = (deviationT * deviationT + jitter * jitter).squareRoot()
      let deviation = try number("jitter", text, "deviation_t_us")
      // Times stay within the trial, which makes it a little less.
      #expect(abs(deviation / wanted - 1) < 0.02, "\(jitter) us: \(deviation) for \(wanted)")
    }
    let contrast = try [("clean", ""), ("threshold", "2"), ("threshold", "2.5")].map {
      try number($0.0, $0.1, "events_per_trial")
    }
    // A pixel that needs k times the change has about one event in k.
    #expect(contrast[1] < 0.7 * contrast[0] && contrast[2] < contrast[1] && contrast[2] > 0)
    let on = try [("clean", ""), ("polarity", "0.45"), ("polarity", "0.6")].map {
      try number($0.0, $0.1, "on_share")
    }
    #expect(abs(on[0] - 0.5) < 0.05 && on[1] < 0.8 * on[0] && on[2] < on[1])
    let alive = try ["0.5", "0.75"].map {
      try number("dead-pixels", $0, "events_per_trial") / events
    }
    #expect(abs(alive[0] - 0.5) < 0.12 && abs(alive[1] - 0.25) < 0.12, "\(alive)")
    for (shift, text) in [(3.0, "3"), (4, "4")] {
      #expect(abs(try number("shift", text, "mean_x") - mean.x - shift) < 0.15)
      #expect(abs(try number("shift", text, "mean_y") - mean.y) < 0.03)
    }
    // About (16.5, 16.5), the middle of the pixels from 0 to 33; y counts downwards.
    for (degrees, text) in [(30.0, "30"), (45, "45")] {
      let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
      let (dx, dy) = (mean.x - 16.5, mean.y - 16.5)
      #expect(abs(try number("rotation", text, "mean_x") - (16.5 + c * dx - s * dy)) < 0.1)
      #expect(abs(try number("rotation", text, "mean_y") - (16.5 + s * dx + c * dy)) < 0.1)
    }
    // Filters take noise out and leave what is not noise.
    let noisy = try number("background", "20", "events_per_trial")
    let denoised = try self.number(
      rows, "background", "20", "events_per_trial", filter: "denoise")
    let cleaned = try self.number(rows, "clean", "", "events_per_trial", filter: "denoise")
    #expect(denoised < 0.7 * noisy && cleaned > 0.7 * events)
    let hot = try number("hot-pixels", "40", "events_per_trial")
    let masked = try self.number(
      rows, "hot-pixels", "40", "events_per_trial", filter: "hot-pixel-mask")
    // The mask stands after a sixth of the 60 trials, and two pixels of the image may be under it.
    #expect(masked < events + 0.3 * (hot - events), "\(masked), \(hot), \(events)")
    for name in ["figure-noise.svg", "figure-sensor.svg", "figure-drift.svg"] {
      #expect(try folder.text("out/\(name)").hasPrefix("<svg"))
    }
    #expect(try folder.text("out/README.md").contains("| threshold, drift | 2.5 |"))
    #expect(try folder.text("out/curves.csv").split(separator: "\n").count > 100)
  }

  @Test func learningFollowsAShiftAndAllIsTheSameAgain() throws {
    let end = try experiment("one", "--only", "shift", "--jobs", "2")
    #expect(end.status == 0, "\(end)")
    let rows = try folder.rows("one/results.csv")
    #expect(try number(rows, "clean", "", "off") > 0.8)
    let off = try number(rows, "shift", "4", "off")
    #expect(off < 0.6)
    #expect(try number(rows, "shift", "4", "on") > off + 0.1)
    // The same on one thread, and with what is in the folder already.
    #expect(try experiment("two", "--only", "shift").status == 0)
    #expect(try experiment("one", "--only", "shift").status == 0)
    for name in ["results.csv", "events.csv", "curves.csv"] {
      #expect(try folder.text("one/\(name)") == folder.text("two/\(name)"))
    }
    let runs = try folder.text("one/runs.jsonl")
    #expect(runs.split(separator: "\n").count == rows.count)
  }

  @Test func wrongOptionsAreNamed() throws {
    for (options, name) in [
      (["--trials", "0"], "--trials"), (["--train", "0"], "--train"),
      (["--testing", "-1"], "--testing"), (["--stream-from", "-1"], "--stream-from"),
      (["--only", "rain"], "rain"), (["--only", "shift", "shift"], "--only"),
      (["--stream-from", "599"], "--stream-from"),
      (["--train", "20", "--stream-from", "19"], "--stream-from"),
      (["--stream-from", "\(Int.max)", "--trials", "\(Int.max)"], "--stream-from"),
    ] {
      let end = try Program(
        "afferent-lab", ["experiment", "noise-and-drift", "--quick", "--out", "."] + options
      ).end()
      #expect(end.status == 64 && end.errors.contains(name), "\(end)")
    }
  }
}
