import Events
import Foundation
import Learning
import Service
import Testing

/// `afferent-lab gradient`, from outside.
@Suite(.timeLimit(.minutes(10))) struct GradientFileTests {
  /// A run of the program on one recording.
  private func write(
    _ yaml: String, in folder: Folder, _ more: String..., label: Int = 3, recording: String? = nil
  ) throws -> Program.End {
    let config = try folder.write("engine.yaml", Data(yaml.utf8))
    let recording = try recording ?? DataSet.small.get().someFile()
    return try Program(
      "afferent-lab",
      [
        "gradient", "--config", config, "--recording", recording, "--label", "\(label)", "--out",
        folder.path + "/gradient.safetensors",
      ] + more
    ).end()
  }

  private func read(_ folder: Folder) throws -> Safetensors {
    let data = FileManager.default.contents(atPath: folder.path + "/gradient.safetensors")
    return try Safetensors([UInt8](try #require(data)))
  }

  private static let hybrid = """
    learner:
      hidden: {neurons: 60, tau_m_ms: 12, tau_syn_ms: 4, reset: zero_both}
      readout: {tau_ms: 30, tau_syn_ms: 6}
      gradient: {lambda_tim: 1.0, slope_floor: 0.02}
      initialisation: {input_gain: 4}
    """

  // MARK: - With numpy

  /// The program of the page GradientCheck, as it is printed there.
  private func program() throws -> String {
    let page = try String(
      contentsOf: Places.root.appendingPathComponent(
        "Sources/Learning/Learning.docc/GradientCheck.md"), encoding: .utf8)
    let block = page.components(separatedBy: "```python\n").dropFirst().first
    return try #require(block?.components(separatedBy: "```").first)
  }

  @Test(
    .enabled(if: Places.numpy != nil),
    arguments: [("learner: {seed: 4}", false), (hybrid, true)], [false, true])
  func numpyComesToTheSameNumbers(_ setting: (yaml: String, isTimed: Bool), _ double: Bool) throws {
    let folder = try Folder()
    let end = try write(setting.yaml, in: folder, double ? "--double" : "--json")
    #expect(end.status == 0, "\(end)")
    let script = try folder.write("check_gradient.py", Data(try program().utf8))
    let check = try Program(
      path: "/usr/bin/env",
      [
        try #require(Places.numpy), script, folder.path + "/gradient.safetensors",
        double ? "1e-9" : "1e-4",
      ]
    ).end()
    #expect(check.status == 0, "\(check)")
    let found = try check.json()
    #expect(found["spikes"] as? Int ?? 0 > 100)
    #expect(found["timed"] as? Bool == setting.isTimed)
  }

  @Test(.enabled(if: Places.numpy != nil))
  func aWrongGradientIsNoticed() throws {
    let folder = try Folder()
    #expect(try write("{}", in: folder).status == 0)
    var file = try read(folder)
    let index = try #require(file.tensors.firstIndex { $0.name == "gradient.input.weight" })
    let tensor = file.tensors[index]
    let wrong = try #require(tensor.floats).map { $0 * 1.001 }
    file.tensors[index] = .init(name: tensor.name, shape: tensor.shape, floats: wrong)
    let path = try folder.write("wrong.safetensors", Data(file.encoded()))
    let script = try folder.write("check_gradient.py", Data(try program().utf8))
    let check = try Program(
      path: "/usr/bin/env", [try #require(Places.numpy), script, path, "1e-4"]
    ).end()
    #expect(check.status == 1, "\(check)")
  }

  // MARK: - Without

  @Test func theFileHoldsWhatThePageSays() throws {
    let folder = try Folder()
    let yaml = """
      learner:
        hidden: {neurons: [20, 12], recurrent: true, bias: true}
        readout: {kind: spiking, threshold: 0.3}
        credit: random
        loss: {kind: spike_count, target: 5}
      """
    let end = try write(yaml, in: folder, "--json")
    #expect(end.status == 0, "\(end)")
    let told = try end.json()
    let file = try read(folder)
    let steps = try #require(told["steps"] as? Int)
    #expect(steps > 250 && file.metadata["steps"] == "\(steps)")
    let shapes = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.shape) })
    let spikes = try #require(told["input_spikes"] as? Int)
    let expected: [String: [Int]] = [
      "weight.input.weight": [2312, 20], "weight.hidden.recurrent": [20, 20],
      "weight.hidden.bias": [1, 20], "weight.hidden2.weight": [20, 12],
      "weight.hidden2.recurrent": [12, 12], "weight.hidden2.bias": [1, 12],
      "weight.readout.weight": [12, 10], "threshold.hidden": [20], "threshold.hidden2": [12],
      "threshold.readout": [10], "feedback.hidden": [20, 10], "feedback.hidden2": [12, 10],
      "rate.hidden": [20], "rate.hidden2": [12], "input.step": [spikes],
      "input.address": [spikes], "input.restart": [0], "hidden.membrane": [steps, 20],
      "hidden.spikes": [steps, 20], "hidden.learning_signal": [steps, 20],
      "hidden.delta": [steps, 20], "hidden2.membrane": [steps, 12],
      "hidden2.spikes": [steps, 12], "hidden2.learning_signal": [steps, 12],
      "hidden2.delta": [steps, 12], "readout.membrane": [steps, 10],
      "readout.spikes": [steps, 10], "readout.delta": [steps, 10],
      "output.observed": [steps, 10], "output.dL_dS": [steps, 10], "output.dL_dt": [steps, 10],
      "gradient.input.weight": [2312, 20], "gradient.hidden.recurrent": [20, 20],
      "gradient.hidden.bias": [1, 20], "gradient.hidden2.weight": [20, 12],
      "gradient.hidden2.recurrent": [12, 12], "gradient.hidden2.bias": [1, 12],
      "gradient.readout.weight": [12, 10],
    ]
    #expect(shapes == expected)
    let counted = try #require(told["spikes"] as? [String: Int])
    #expect(Set(counted.keys) == ["hidden", "hidden2", "readout"])
    for (layer, count) in counted {
      #expect(file["\(layer).spikes"]?.floats?.count { $0 == 1 } == count)
    }
    let norms = try #require(told["gradient_norms"] as? [String: Double])
    #expect(norms.count == 7 && norms.values.allSatisfy { $0 > 0 })
  }

  @Test func theStepsAreThoseOfTheLearner() throws {
    let folder = try Folder()
    // Two bursts with a silence of 70 ms between them, which is too long; two events out of order within the window.
    let events = EventBatch(
      [0, 900, 1000, 5400, 5100, 75_300, 75_900].enumerated().map {
        Event(t: $1, x: UInt16($0), y: 1, on: true)
      })
    let path = try folder.write("r.bin", NMNISTCodec.encode(events))
    let yaml = "learner: {stream: {max_gap_ms: 50, reorder_window_us: 1000}}"
    let end = try write(yaml, in: folder, "--json", recording: path)
    #expect(end.status == 0, "\(end)")
    let file = try read(folder)
    #expect(file["input.restart"]?.integers == [6])
    #expect(file["input.step"]?.integers == [0, 0, 1, 5, 5, 6, 6])
    #expect(file.metadata["steps"] == "7")
    // The configuration's learner, over the same events.
    var configuration = LearnerConfiguration()
    configuration.stream.maxGap = 50
    configuration.stream.reorderWindow = 1000
    let network = try Network<Float>(configuration, inputs: SensorGeometry.nmnist.addressCount)
    let learner = StreamLearner(network: network, geometry: .nmnist)
    learner.add(labels: [StreamLabel(t: 0, label: 3)])
    var final: Prediction?
    learner.add(events: events) { final = $0 }
    learner.endRecording(at: nil) { final = $0 }
    #expect(final?.steps == 7 && final?.inputSpikes == 7)
    let loss = try #require(Float(file.metadata["loss"] ?? ""))
    #expect(abs(try #require(final?.loss) * 7 - loss) < 1e-4)
  }

  @Test func aCheckpointGivesTheWeights() throws {
    let folder = try Folder()
    let data = try DataSet.small.get()
    let saved = folder.path + "/model.safetensors"
    let lab = try Program.run("afferent-lab", "run", "--train", data.train, "--save", saved)
    #expect(lab.status == 0, "\(lab)")
    let end = try write("{}", in: folder, "--checkpoint", saved)
    #expect(end.status == 0, "\(end)")
    let bytes = try #require(FileManager.default.contents(atPath: saved))
    let model = try Safetensors([UInt8](bytes))
    let file = try read(folder)
    for name in ["input.weight", "readout.weight"] {
      #expect(file["weight.\(name)"]?.bytes == model[name]?.bytes)
    }
    #expect(file.metadata["learned_trials"] == "3")
    let missing = try write("{}", in: folder, "--checkpoint", folder.path + "/none")
    #expect(missing.status == 1 && missing.errors.contains("no such checkpoint"), "\(missing)")
  }

  @Test(arguments: [
    ("learner: {gradient: {lambda_act: 0}}", 3, "lambda_act"),
    ("learner: {classes: 3}", 3, "--label 3"), ("sensor: {width: 4}", 3, "outside"),
    ("{sensor: {width: 346, height: 260}, learner: {hidden: {neurons: 65536}}}", 3, "weights"),
  ])
  func whatCannotBeIsToldWithItsReason(_ yaml: String, _ label: Int, _ mention: String) throws {
    let folder = try Folder()
    let end = try write(yaml, in: folder, label: label)
    #expect(end.status == 1 && end.errors.contains(mention), "\(end)")
    #expect(end.errors.hasPrefix("afferent-lab: "))
  }

  @Test func recordingsThatCannotBeUsedAreNamed() throws {
    let folder = try Folder()
    let empty = try folder.write("empty.bin", Data())
    for path in [empty, folder.path + "/none.bin"] {
      let end = try write("{}", in: folder, recording: path)
      #expect(end.status == 1 && end.errors.contains(path), "\(end)")
    }
    let negative = try write("{}", in: folder, label: -1)
    #expect(negative.status == 64 && negative.errors.contains("--label"), "\(negative)")
  }
}
