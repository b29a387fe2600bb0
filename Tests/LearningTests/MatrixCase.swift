import Events
import Learning
import Reference

/// One combination of the table of choices, with a small network and a random input.
struct MatrixCase: Sendable, CustomStringConvertible {
  let name: String
  let configuration: LearnerConfiguration
  let seed: UInt64
  /// The name of the choice of each part.
  let choices: [String]

  static let inputs = 24
  static let steps = 110

  var description: String { name }

  var input: [[Int32]] {
    randomSteps(Self.steps, inputs: Self.inputs, rate: 0.06, seed: seed + 1000)
  }

  /// Spikes come often enough to learn from, and no softmax saturates, which would leave only rounding of its error.
  static func configuration(
    seed: UInt64, _ change: (inout LearnerConfiguration) -> Void
  ) -> LearnerConfiguration {
    smallConfiguration {
      $0.seed = seed
      $0.hidden.neurons = 10
      $0.initialisation.inputGain = 3
      $0.initialisation.hiddenGain = 3
      $0.initialisation.readoutGain = 0.7
      $0.loss.target = 4
      $0.loss.other = 1
      $0.loss.trial = 100
      $0.loss.tau = 40
      $0.optimiser.method = .sgd
      change(&$0)
    }
  }

  typealias Change = (
    name: String, apply: @Sendable (inout LearnerConfiguration) -> Void
  )

  static let neurons: [Change] = [
    ("lif", { _ in }),
    ("current", { $0.hidden.tauSynapse = 4 }),
    (
      "adaptive",
      {
        $0.hidden.adaptation.strength = 0.2
        $0.hidden.adaptation.tau = 50
      }
    ),
    (
      "current adaptive",
      {
        $0.hidden.tauSynapse = 3
        $0.hidden.adaptation.strength = 0.15
        $0.hidden.adaptation.tau = 30
      }
    ),
    (
      "refractory bias",
      {
        $0.hidden.refractorySteps = 3
        $0.hidden.bias = true
        $0.readout.bias = true
      }
    ),
    ("single spike", { $0.hidden.singleSpike = true }),
    (
      "no leak",
      {
        $0.hidden.tauMembrane = 1e12; $0.hidden.tauSynapse = 5
      }
    ),
    (
      "no membrane",
      {
        $0.hidden.tauMembrane = 0; $0.hidden.tauSynapse = 6
      }
    ),
  ]
  static let resets: [Change] = LearnerConfiguration.Reset.allCases.map { reset -> Change in
    (
      reset.rawValue,
      { @Sendable in
        $0.hidden.reset = reset
        $0.readout.reset = reset
      }
    )
  }
  static let surrogates: [Change] = SurrogateGradient.Function.allCases.map { function -> Change in
    (
      function.rawValue,
      { @Sendable in
        $0.surrogate.function = function
        $0.surrogate.width = 0.7
      }
    )
  }
  static let gradients: [Change] = [
    ("activation", { _ in }),
    (
      "timing",
      {
        $0.gradient.activation = 0; $0.gradient.timing = 1
      }
    ),
    (
      "hybrid",
      {
        $0.gradient.activation = 0.7; $0.gradient.timing = 1.3
      }
    ),
  ]
  static let leakyLosses: [Change] = [
    ("leaky softmax", { _ in }),
    (
      "leaky double mean_square",
      {
        $0.loss.kind = .meanSquare
        $0.readout.tauSynapse = 4
      }
    ),
  ]
  static let losses: [Change] =
    leakyLosses + leakyLosses
    + LossKind.allCases.map { kind -> Change in
      (
        "spiking \(kind.rawValue)",
        { @Sendable in
          $0.readout.kind = .spiking
          $0.readout.tau = 8
          $0.readout.threshold = 0.15
          $0.loss.kind = kind
          if kind.rawValue.hasPrefix("spike_time") {
            $0.loss.target = 10
            $0.loss.other = 60
          }
          if kind == .spikeTrain { $0.loss.tauSynapse = 3 }
        }
      )
    }
  static let depths: [Change] = [
    ("one layer", { _ in }),
    ("two layers", { $0.hidden.neurons = [10, 7] }),
    ("three layers", { $0.hidden.neurons = [9, 8, 6] }),
  ]
  static let recurrences: [Change] = [
    ("feed-forward", { _ in }),
    ("recurrent", { $0.hidden.recurrent = true }),
  ]
  static let credits: [Change] = LearnerConfiguration.Credit.allCases.map { credit -> Change in
    (credit.rawValue, { @Sendable in $0.credit = credit })
  }
  static let extras: [Change] = [
    ("plain", { _ in }),
    (
      "regularised",
      {
        $0.regulariser.strength = 2
        $0.regulariser.tau = 40
      }
    ),
    (
      "penalised",
      { if $0.loss.kind.rawValue.hasPrefix("spike_time") { $0.gradient.noSpikeTarget = 0.1 } }
    ),
  ]

  /// Neurons x resets x gradients where nothing is dropped, with surrogates and losses in turn; then combinations drawn
  /// from the whole table by a fixed seed. Those that are refused are left out.
  static let all: [MatrixCase] = {
    var cases: [MatrixCase] = []
    var seen: Set<String> = []
    func add(_ changes: [Change]) {
      let seed = UInt64(cases.count + 1)
      let configuration = configuration(seed: seed) { configuration in
        for change in changes { change.apply(&configuration) }
      }
      let choices = changes.map(\.name)
      let name = choices.joined(separator: ", ")
      guard (try? configuration.validate()) != nil, seen.insert(name).inserted else { return }
      cases.append(
        MatrixCase(name: name, configuration: configuration, seed: seed, choices: choices))
    }
    for neuron in neurons {
      for reset in resets {
        for (index, gradient) in gradients.enumerated() {
          let turn = cases.count + index
          add([
            neuron, reset, surrogates[turn % surrogates.count], gradient,
            leakyLosses[turn % leakyLosses.count], depths[0], recurrences[0], credits[0], extras[0],
          ])
        }
      }
    }
    var random = SplitMix64(seed: 20)
    func pick(_ list: [Change]) -> Change { list[random.nextInteger(below: list.count)] }
    while cases.count < 380 {
      add([
        pick(neurons), pick(resets), pick(surrogates), pick(gradients), pick(losses),
        pick(depths), pick(recurrences), pick(credits), pick(extras),
      ])
    }
    return cases
  }()

  /// Whether the forward rule drops nothing of the gradient.
  var isExact: Bool {
    configuration.hidden.neurons.sizes.count == 1 && !configuration.hidden.recurrent
      && configuration.readout.kind == .leaky && configuration.credit == .symmetric
      && configuration.regulariser.strength == 0
  }
}
