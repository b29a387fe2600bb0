import Events
import Learning

/// A rule and a way to move weights, which the contract battery runs over. A new rule is one line here.
struct Contract: Sendable, CustomStringConvertible {
  let name: String
  let configuration: LearnerConfiguration

  var description: String { name }

  typealias Change = (
    name: String, apply: @Sendable (inout LearnerConfiguration) -> Void
  )

  static let rules: [Change] = [
    ("e-prop", { _ in }),
    ("reset to zero", { $0.hidden.reset = .zero }),
    (
      "current-based",
      {
        $0.hidden.tauSynapse = 4
        $0.hidden.reset = .zeroBoth
        $0.readout.tauSynapse = 3
      }
    ),
    ("adaptive", { $0.hidden.adaptation.strength = 0.2 }),
    (
      "refractory, single spikes",
      {
        $0.hidden.refractorySteps = 2
        $0.hidden.singleSpike = true
      }
    ),
    ("recurrent", { $0.hidden.recurrent = true }),
    ("deep", { $0.hidden.neurons = [12, 9, 7] }),
    (
      "hybrid",
      {
        $0.hidden.tauSynapse = 4
        $0.hidden.reset = .zeroBoth
        $0.gradient.timing = 1
      }
    ),
    (
      "timing",
      {
        $0.gradient.activation = 0
        $0.gradient.timing = 1
      }
    ),
    ("random feedback", { $0.credit = .random }),
    (
      "local readouts",
      {
        $0.credit = .local
        $0.hidden.neurons = [12, 9]
      }
    ),
    (
      "instantaneous credit",
      {
        $0.credit = .instantaneous
        $0.hidden.neurons = [12, 9]
      }
    ),
    ("mean square", { $0.loss.kind = .meanSquare }),
    (
      "regularised",
      {
        $0.regulariser.strength = 1
        $0.regulariser.ceiling = 1
        $0.regulariser.floor = 1
      }
    ),
    ("spiking readout", { spiking(&$0, .softmaxCrossEntropy) }),
    ("spike train", { spiking(&$0, .spikeTrain) }),
    ("spike count", { spiking(&$0, .spikeCount) }),
    ("spike count online", { spiking(&$0, .spikeCountOnline) }),
    ("enhanced count", { spiking(&$0, .enhancedCount) }),
    ("enhanced count online", { spiking(&$0, .enhancedCountOnline) }),
    ("latency", { spiking(&$0, .latency) }),
    ("latency online", { spiking(&$0, .latencyOnline) }),
    ("spike time", { spiking(&$0, .spikeTime) }),
    ("spike time online", { spiking(&$0, .spikeTimeOnline) }),
    (
      "threshold normalisation",
      {
        $0.hidden.thresholdNormalisation = true
        $0.hidden.bias = true
      }
    ),
  ]

  private static func spiking(_ configuration: inout LearnerConfiguration, _ kind: LossKind) {
    configuration.readout.kind = .spiking
    configuration.readout.tau = 8
    configuration.readout.threshold = 0.3
    configuration.gradient.timing = 1
    configuration.loss.kind = kind
    configuration.loss.target = 5
    configuration.loss.other = kind == .spikeTime || kind == .spikeTimeOnline ? 30 : 1
    configuration.loss.trial = 40
    configuration.decision = .mostSpikes
  }

  static let methods: [Change] = [
    (
      "sgd by step",
      {
        $0.optimiser.method = .sgd
        $0.optimiser.update = .step
      }
    ),
    (
      "sgd by 7 steps",
      {
        $0.optimiser.method = .sgd
        $0.optimiser.update = .steps
        $0.optimiser.everySteps = 7
        $0.optimiser.clipNorm = 5
      }
    ),
    (
      "momentum",
      {
        $0.optimiser.method = .momentum
        $0.optimiser.clipValue = 1
      }
    ),
    ("adam", { $0.optimiser.schedule.shape = .linear }),
    (
      "adamw by 5 steps",
      {
        $0.optimiser.method = .adamw
        $0.optimiser.update = .steps
        $0.optimiser.everySteps = 5
        $0.optimiser.weightDecay = 0.1
        $0.optimiser.schedule.shape = .cosine
      }
    ),
  ]

  /// Every rule with every method that goes with it.
  static let all: [Contract] = rules.flatMap { rule in
    methods.compactMap { method in
      var configuration = smallConfiguration {
        $0.initialisation.inputGain = 3
        $0.initialisation.readoutGain = 2
        $0.initialisation.hiddenGain = 3
        $0.optimiser.learningRate = 0.002
        $0.optimiser.schedule.trials = 8
        $0.stream.reorderWindow = 500
      }
      rule.apply(&configuration)
      method.apply(&configuration)
      guard (try? configuration.validate()) != nil else { return nil }
      return Contract(name: "\(rule.name), \(method.name)", configuration: configuration)
    }
  }

  /// Every rule once.
  static let onePerRule: [Contract] = rules.compactMap { rule in
    all.first { $0.name.hasPrefix(rule.name + ",") }
  }

  /// Trials with and without ends, one of them announced only; the last one's label comes late.
  static let labels: [StreamLabel] =
    (0..<4).map {
      StreamLabel(t: $0 * 45_000, label: Int($0) % 3, end: $0 * 45_000 + 40_000)
    } + [StreamLabel(t: 180_000, label: nil, end: 215_000), StreamLabel(t: 225_000, label: 2)]
  static let lateLabels = [
    StreamLabel(t: 180_000, label: 1), StreamLabel(t: 3_240_000, label: 0),
  ]
  /// A little out of order, with a silence that clears the state.
  static let stream: [Event] = {
    var early = events(0..<280_000, meanInterval: 170, seed: 77)
    for index in stride(from: 1, to: early.count, by: 5) { early[index].t -= 300 }
    let later = events(0..<60_000, meanInterval: 170, seed: 78).map {
      Event(t: $0.t + 3_220_000, x: $0.x, y: $0.y, on: $0.on)
    }
    return early + later
  }()
  /// How many events come before the late labels.
  static let early = stream.count - 50
}
