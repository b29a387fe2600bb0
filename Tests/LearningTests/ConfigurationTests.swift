import Foundation
import Learning
import Testing

/// A number of the configuration, and what is allowed for it.
struct Limit: Sendable, CustomTestStringConvertible {
  let name: String
  let range: ClosedRange<Double>
  let isWhole: Bool
  let set: @Sendable (inout LearnerConfiguration, Double) -> Void

  var testDescription: String { name }

  static func real(
    _ name: String, _ range: ClosedRange<Double>,
    _ set: @escaping @Sendable (inout LearnerConfiguration, Double) -> Void
  ) -> Limit {
    Limit(name: name, range: range, isWhole: false, set: set)
  }

  static func whole(
    _ name: String, _ range: ClosedRange<Double>,
    _ set: @escaping @Sendable (inout LearnerConfiguration, Int) -> Void
  ) -> Limit {
    Limit(name: name, range: range, isWhole: true) { set(&$0, Int($1)) }
  }

  static let all: [Limit] = [
    .whole("classes", 2...65536) { $0.classes = $1 },
    .whole("step_us", 1...1_000_000) { $0.stepMicroseconds = Int64($1) },
    .whole("hidden.neurons", 1...65536) { $0.hidden.neurons = LayerSizes($1) },
    .real("hidden.tau_m_ms", 0...1e12) { $0.hidden.tauMembrane = $1 },
    .real("hidden.tau_syn_ms", 0...1e12) { $0.hidden.tauSynapse = $1 },
    .whole("hidden.refractory_steps", 0...1_000_000) { $0.hidden.refractorySteps = $1 },
    .real("hidden.adaptation.strength", 0...1e6) { $0.hidden.adaptation.strength = $1 },
    .real("hidden.adaptation.tau_ms", 0...1e12) { $0.hidden.adaptation.tau = $1 },
    .real("hidden.threshold", 1e-6...1e6) { $0.hidden.threshold = $1 },
    .real("readout.tau_ms", 0...1e12) { $0.readout.tau = $1 },
    .real("readout.tau_syn_ms", 0...1e12) { $0.readout.tauSynapse = $1 },
    .real("readout.threshold", 1e-6...1e6) { $0.readout.threshold = $1 },
    .whole("readout.refractory_steps", 0...1_000_000) { $0.readout.refractorySteps = $1 },
    .real("surrogate.height", 1e-6...1e3) { $0.surrogate.height = $1 },
    .real("surrogate.width", 1e-6...1e6) { $0.surrogate.width = $1 },
    .real("surrogate.leak", 0...1) { $0.surrogate.leak = $1 },
    .real("gradient.lambda_act", 0...1e6) {
      $0.gradient.activation = $1
      $0.gradient.timing = 1
    },
    .real("gradient.lambda_tim", 0...1e6) { $0.gradient.timing = $1 },
    .real("gradient.slope_floor", 1e-6...1e6) { $0.gradient.slopeFloor = $1 },
    .real("gradient.no_spike_weight", 0...1e6) { $0.gradient.noSpikeWeight = $1 },
    .real("gradient.no_spike_target", 0...1e6) {
      $0.gradient.noSpikeTarget = $1
      $0.gradient.timing = 1
      $0.readout.kind = .spiking
      $0.loss.kind = .latencyOnline
    },
    .real("loss.target", -1e6...1e6) { $0.loss.target = $1 },
    .real("loss.other", -1e6...1e6) { $0.loss.other = $1 },
    .real("loss.tau_ms", 1e-3...1e12) { $0.loss.tau = $1 },
    .real("loss.tau_syn_ms", 0...1e12) { $0.loss.tauSynapse = $1 },
    .real("loss.trial_ms", 1e-3...1e6) { $0.loss.trial = $1 },
    .real("initialisation.hidden_gain", 0...1e3) { $0.initialisation.hiddenGain = $1 },
    .real("initialisation.recurrent_gain", 0...1e3) { $0.initialisation.recurrentGain = $1 },
    .real("initialisation.feedback_gain", 1e-6...1e3) { $0.initialisation.feedbackGain = $1 },
    .whole("optimiser.every_steps", 1...1_000_000) { $0.optimiser.everySteps = $1 },
    .real("optimiser.momentum", 0...0.999999) { $0.optimiser.momentum = $1 },
    .real("optimiser.weight_decay", 0...1e3) { $0.optimiser.weightDecay = $1 },
    .real("optimiser.clip_value", 0...1e12) { $0.optimiser.clipValue = $1 },
    .real("optimiser.clip_norm", 0...1e12) { $0.optimiser.clipNorm = $1 },
    .whole("optimiser.schedule.trials", 1...1_000_000_000) { $0.optimiser.schedule.trials = $1 },
    .real("optimiser.schedule.final", 0...1) { $0.optimiser.schedule.final = $1 },
    .whole("optimiser.schedule.warmup", 0...1_000_000_000) { $0.optimiser.schedule.warmup = $1 },
    .real("regulariser.ceiling", 0...1e6) { $0.regulariser.ceiling = $1 },
    .real("regulariser.ceiling_rate_hz", 0...1e6) { $0.regulariser.ceilingRate = $1 },
    .real("regulariser.floor", 0...1e6) { $0.regulariser.floor = $1 },
    .real("regulariser.floor_rate_hz", 0...1e6) { $0.regulariser.floorRate = $1 },
    .real("regulariser.readout_norm", 0...1e3) { $0.regulariser.readoutNorm = $1 },
    .whole("stream.history_events", 0...10_000_000) { $0.stream.historyEvents = $1 },
    .real("initialisation.input_gain", 0...1e3) { $0.initialisation.inputGain = $1 },
    .real("initialisation.live_fraction", 1e-6...1) { $0.initialisation.liveFraction = $1 },
    .real("optimiser.learning_rate", 0...1e3) { $0.optimiser.learningRate = $1 },
    .real("optimiser.beta_1", 0...0.999999) { $0.optimiser.beta1 = $1 },
    .real("optimiser.beta_2", 0...0.999999) { $0.optimiser.beta2 = $1 },
    .real("optimiser.epsilon", 1e-12...1) { $0.optimiser.epsilon = $1 },
    .real("regulariser.strength", 0...1e6) { $0.regulariser.strength = $1 },
    .real("regulariser.target_rate_hz", 0...1e6) { $0.regulariser.targetRate = $1 },
    .real("regulariser.tau_ms", 1e-3...1e9) { $0.regulariser.tau = $1 },
    .whole("stream.reorder_window_us", 0...10_000_000) { $0.stream.reorderWindow = Int64($1) },
    .whole("stream.max_gap_ms", 1...3_600_000) { $0.stream.maxGap = Int64($1) },
    .real("stream.score_tau_ms", 1e-3...1e9) { $0.stream.scoreTau = $1 },
  ]
}

@Suite struct ConfigurationTests {
  @Test("Limits", arguments: Limit.all)
  func limits(_ limit: Limit) throws {
    func error(_ value: Double) -> ConfigurationError? {
      var configuration = LearnerConfiguration()
      limit.set(&configuration, value)
      do {
        try configuration.validate()
        return nil
      } catch { return error }
    }
    func text(_ value: Double) -> String { limit.isWhole ? "\(Int(value))" : "\(value)" }
    #expect(error(limit.range.lowerBound) == nil)
    #expect(error(limit.range.upperBound) == nil)
    var wrong: [Double]
    if limit.isWhole {
      wrong = [limit.range.lowerBound - 1, limit.range.upperBound + 1, -1e15, 1e15]
    } else {
      wrong = [
        limit.range.lowerBound.nextDown, limit.range.upperBound.nextUp, .infinity, -.infinity, .nan,
      ]
    }
    for value in wrong {
      let message = error(value)?.description ?? ""
      #expect(message.hasPrefix("learner.\(limit.name) is \(text(value)), "), "\(message)")
      #expect(
        message.hasSuffix(
          "allowed is \(text(limit.range.lowerBound)) to \(text(limit.range.upperBound))"),
        "\(message)")
    }
  }

  @Test func readoutGainHasLimits() {
    var configuration = LearnerConfiguration()
    for value in [-0.1, 1000.1, .nan] {
      configuration.initialisation.readoutGain = value
      let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
      #expect(
        error?.description
          == "learner.initialisation.readout_gain is \(value), allowed is 0.0 to 1000.0")
    }
  }

  /// What cannot learn is refused with the reason, and with what to do about it.
  @Test("What cannot learn is refused", arguments: Refusal.all)
  func combinationsThatCannotLearn(_ refusal: Refusal) throws {
    var configuration = LearnerConfiguration()
    refusal.change(&configuration)
    let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
    for word in refusal.words {
      #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
    }
    refusal.mend(&configuration)
    try configuration.validate()
    _ = try Network<Float>(configuration, inputs: 8)
  }

  @Test func layersHaveLimits() {
    for (sizes, word) in [
      ([], "number of layers is 0"), ([5, 0], "is 0"), ([Int](repeating: 2, count: 17), "17"),
    ] {
      var configuration = LearnerConfiguration()
      configuration.hidden.neurons = LayerSizes(sizes)
      let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
      #expect(error?.description.contains(word) == true)
    }
  }

  @Test func aNetworkValidates() {
    var configuration = LearnerConfiguration()
    configuration.hidden.threshold = 0
    #expect(throws: ConfigurationError.self) { try Network<Float>(configuration, inputs: 10) }
  }

  /// The extremes of what is allowed make networks that compute.
  @Test("Extremes are finite", arguments: Limit.all)
  func extremes(_ limit: Limit) throws {
    // These two only cost memory.
    guard limit.name != "classes", limit.name != "hidden.neurons" else { return }
    for value in [limit.range.lowerBound, limit.range.upperBound] {
      var configuration = smallConfiguration { $0.hidden.neurons = 4 }
      limit.set(&configuration, value)
      let network = try Network<Float>(configuration, inputs: 8)
      let state = network.makeState()
      for _ in 0..<2 {
        for active in randomSteps(20, inputs: 8, rate: 0.3, seed: 1) {
          let loss = network.step(active, target: 1, in: state)
          #expect(!loss.isNaN)
        }
        network.endTrial(in: state)
        state.reset()
      }
      #expect(network.input.weights.contents.allSatisfy { $0.isFinite }, "\(value)")
      #expect(network.readout.weights.contents.allSatisfy { $0.isFinite }, "\(value)")
    }
  }

  @Test func namesInFiles() throws {
    let data = try JSONEncoder().encode(LearnerConfiguration())
    #expect(try JSONDecoder().decode(LearnerConfiguration.self, from: data) == .init())
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    func leaves(_ object: [String: Any], _ prefix: String) -> Set<String> {
      object.reduce(into: []) { names, entry in
        if let group = entry.value as? [String: Any] {
          names.formUnion(leaves(group, prefix + entry.key + "."))
        } else {
          names.insert(prefix + entry.key)
        }
      }
    }
    let names = leaves(object, "")
    // Messages of validate() name fields as files do.
    for limit in Limit.all { #expect(names.contains(limit.name), "\(limit.name)") }
    #expect(names.contains("initialisation.readout_gain"))
    #expect(names.contains("stream.reset_at_trial"))
    #expect(names.contains("optimiser.update"))
  }
}
