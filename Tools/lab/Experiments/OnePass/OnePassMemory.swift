import Foundation
import Learning
import Service

/// The largest resident memory of the process while it learns, trial by trial, from recordings that are made and forgotten.
///
/// It is the whole process's, so that nothing else may go on in it.
struct OnePassMemory: Codable {
  var rule: String
  /// MB, after a tenth of the trials, and after all.
  var early: Double
  var late: Double
  var trials: Int

  private enum CodingKeys: String, CodingKey {
    case rule, trials
    case early = "peak_mb_at_a_tenth"
    case late = "peak_mb"
  }

  init(_ rule: NamedConfiguration, source: some TrialSource, trials: Int) throws {
    self.rule = rule.name
    self.trials = trials
    Self.forgetPeak()
    let runner = try TrialRunner(
      rule.configuration.learner, geometry: source.geometry,
      transforms: rule.configuration.transforms)
    func play(_ range: Range<Int>) throws -> Double {
      _ = try runner.play(source, range.map { $0 % source.count }, labelled: true)
      return Self.peak
    }
    early = try play(0..<max(trials / 10, 1))
    late = try play(max(trials / 10, 1)..<max(trials, 2))
  }

  /// In MB, since it was last forgotten.
  private static var peak: Double {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { $0.split(whereSeparator: { " \t".contains($0) }).dropFirst().first }
      .flatMap { Double($0) }.map { $0 / 1024 } ?? .nan
  }

  /// Has the kernel take what is resident now for the peak (proc_pid_clear_refs(5)).
  private static func forgetPeak() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }
}
