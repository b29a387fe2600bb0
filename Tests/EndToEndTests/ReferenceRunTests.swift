import Events
import Foundation
import Learning
import Testing

/// `afferent-lab run --reference`.
@Suite(.timeLimit(.minutes(10))) struct ReferenceRunTests {
  private func run(_ yaml: String, in folder: Folder, _ more: String...) throws -> Program.End {
    let config = try folder.write("engine.yaml", Data(yaml.utf8))
    return try Program(
      "afferent-lab",
      ["run", "--config", config, "--train", DataSet.small.get().train, "--json"] + more
    ).end(timeout: .seconds(100))
  }

  private func model(_ path: String) throws -> Safetensors {
    try Safetensors([UInt8](try #require(FileManager.default.contents(atPath: path))))
  }

  @Test(arguments: [
    "learner: {optimiser: {method: sgd}}", "{}",
    "learner: {hidden: {neurons: 40, tau_syn_ms: 3, reset: zero_both, bias: true, recurrent: true}, "
      + "gradient: {lambda_tim: 1.0, no_spike_weight: 0.1}, regulariser: {strength: 1.0}, "
      + "optimiser: {method: sgd, learning_rate: 0.0001}}",
    "learner: {hidden: {neurons: 40, threshold_normalisation: true, bias: true}, regulariser: {readout_norm: 0.01}, "
      + "optimiser: {method: momentum, learning_rate: 0.0001, clip_norm: 100, weight_decay: 0.1, "
      + "schedule: {shape: linear, trials: 5, warmup: 1}}}",
    "learner: {hidden: {neurons: 40}, readout: {kind: spiking, threshold: 0.3}, "
      + "loss: {kind: enhanced_count, target: 5, other: 1}, optimiser: {method: sgd}}",
  ])
  func itComesToTheWeightsOfTheCore(_ yaml: String) throws {
    let folder = try Folder()
    let core = try run(yaml, in: folder, "--save", folder.path + "/core")
    let reference = try run(
      yaml, in: folder, "--save", folder.path + "/reference", "--reference", "--terms", "as-forward"
    )
    #expect(core.status == 0, "\(core)")
    #expect(reference.status == 0, "\(reference)")
    #expect(try reference.json()["reference_terms"] as? String == "as-forward")
    for name in ["accuracy", "mean_loss", "hidden_spikes_per_sample"] {
      let (a, b) = try (pass(core, name), pass(reference, name))
      #expect(abs(a - b) <= 1e-4 * abs(a), "\(name): \(a) and \(b)")
    }
    let (mine, theirs) = try (model(folder.path + "/core"), model(folder.path + "/reference"))
    #expect(mine.metadata["updates"] == "3" && theirs.metadata["updates"] == "3")
    #expect(theirs.metadata["learned_trials"] == "3")
    #expect(mine.tensors.map(\.name) == theirs.tensors.map(\.name))
    for (a, b) in zip(mine.tensors, theirs.tensors) {
      let (x, y) = (try #require(a.floats), try #require(b.floats))
      let norm = x.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let difference = zip(x, y).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
      #expect(difference.squareRoot() <= 1e-5 * norm, "\(a.name)")
    }
  }

  private func pass(_ end: Program.End, _ name: String) throws -> Double {
    let passes = try #require(end.json()["passes"] as? [[String: Any]])
    return try #require(passes.first?[name] as? Double)
  }

  @Test func theWholeGradientIsAnother() throws {
    let folder = try Folder()
    let yaml = "learner: {hidden: {neurons: [30, 20]}}"
    let core = try run(yaml, in: folder)
    let full = try run(yaml, in: folder, "--reference")
    #expect(core.status == 0 && full.status == 0, "\(full)")
    #expect(try full.json()["reference_terms"] as? String == "full")
    let digests = try [core, full].map { try #require($0.json()["weights_sha256"] as? String) }
    #expect(digests[0] != digests[1])
  }

  @Test(arguments: [
    ("learner: {optimiser: {method: sgd, update: step}}", "update: step"),
    ("learner: {optimiser: {update: steps}}", "update: steps"),
    ("learner: {stream: {reset_at_trial: false}}", "reset_at_trial"),
    ("learner: {stream: {max_gap_ms: 1}}", "max_gap_ms"),
  ])
  func whatItCannotFollowIsRefused(_ yaml: String, _ mention: String) throws {
    let folder = try Folder()
    let end = try run(yaml, in: folder, "--reference")
    #expect(end.status == 1 && end.errors.contains(mention), "\(end)")
  }

  @Test func termsAreOfTheReference() throws {
    let folder = try Folder()
    let end = try run("{}", in: folder, "--terms", "full")
    #expect(end.status == 64 && end.errors.contains("--terms needs --reference"), "\(end)")
  }
}
