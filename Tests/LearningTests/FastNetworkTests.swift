import Events
import Learning
import Reference
import Testing

@Suite struct FastNetworkTests {
  typealias Change = (name: String, apply: @Sendable (inout LearnerConfiguration) -> Void)

  static let leaky: [Change] = [
    ("leaky softmax", { _ in }),
    ("leaky square", { $0.loss.kind = .meanSquare }),
  ]
  static let spiking: [Change] = LossKind.allCases.map { kind -> Change in
    (
      "spiking \(kind.rawValue)",
      { @Sendable in
        $0.readout.kind = .spiking
        $0.readout.threshold = 0.5
        $0.loss.kind = kind
        $0.loss.target = kind.rawValue.hasPrefix("spike_time") ? 10 : 6
        $0.loss.other = kind.rawValue.hasPrefix("spike_time") ? 40 : 1
      }
    )
  }
  static let gradients: [Change] = [
    ("activation", { _ in }),
    (
      "timing",
      {
        ($0.gradient.activation, $0.gradient.timing) = (0, 1)
        $0.gradient.noSpikeWeight = 0.7
      }
    ),
    (
      "hybrid",
      {
        ($0.gradient.activation, $0.gradient.timing) = (0.7, 1.3)
        if $0.loss.kind.rawValue.hasPrefix("latency") { $0.gradient.noSpikeTarget = 0.1 }
      }
    ),
  ]
  static let neurons: [Change] = [
    ("plain", { _ in }),
    ("no synapse", { ($0.hidden.tauSynapse, $0.readout.tauSynapse) = (0, 0) }),
    ("single spike", { $0.hidden.singleSpike = true }),
    (
      "all single spike",
      {
        $0.hidden.singleSpike = true
        $0.readout.singleSpike = true
        $0.loss.target = min($0.loss.target, 1)
        $0.loss.other = $0.loss.target < $0.loss.other ? $0.loss.other : 0
      }
    ),
    ("refractory", { ($0.hidden.refractorySteps, $0.readout.refractorySteps) = (3, 2) }),
  ]

  static let surrogates = SurrogateGradient.Function.allCases

  @Test(
    "The fast form has the loss, the spikes and the gradient of the reference",
    arguments: leaky + spiking)
  func agreement(_ loss: Change) throws {
    var number: UInt64 = 0
    var (spikes, compared) = (0, 0)
    for reset in LearnerConfiguration.Reset.allCases {
      for gradient in Self.gradients {
        for neuron in Self.neurons {
          for sizes: LayerSizes in [19, [17, 9]] {
            number += 1
            let configuration = referenceConfiguration {
              $0.hidden.neurons = sizes
              $0.hidden.reset = reset
              $0.readout.reset = reset
              $0.initialisation.hiddenGain = 3
              $0.surrogate.function = Self.surrogates[Int(number) % Self.surrogates.count]
              loss.apply(&$0)
              gradient.apply(&$0)
              neuron.apply(&$0)
            }
            let name = "\(loss.name), \(reset), \(gradient.name), \(neuron.name), \(sizes)"
            guard (try? configuration.validate()) != nil else { continue }
            spikes += try compare(configuration, seed: number, name)
            compared += 1
          }
        }
      }
    }
    #expect(number == 90 && compared >= 30 && spikes > 1000, "\(compared) compared")
  }

  /// - Returns: the spikes of the trial.
  private func compare(
    _ configuration: LearnerConfiguration, seed: UInt64, _ name: String
  ) throws -> Int {
    var run = ReferenceRun(configuration, steps: 60, seed: seed)
    run.network.countRatio = 12
    let target: ReferenceTarget =
      configuration.loss.kind.isOfFilteredOutputs ? run.labels : .label(1)
    let trial = run.network.run(run.input)
    for terms in ReferenceNetwork.Terms.allCases {
      try compare(run, trial, target, terms, "\(name), \(terms)")
    }
    return Int(trial.spikeCounts.reduce(0, +))
  }

  private func compare(
    _ run: ReferenceRun, _ trial: ReferenceTrial, _ target: ReferenceTarget,
    _ terms: ReferenceNetwork.Terms, _ name: String
  ) throws {
    let (loss, expected) = run.network.gradient(of: trial, target: target, terms: terms)
    let limit = 2e-4
    let fast = try FastNetwork(run.network, terms: terms)
    let found = fast.addGradient(of: StepEvents(run.input), target: target)
    #expect(abs(found - loss) <= limit * max(1, abs(loss)), "\(name)")
    #expect(fast.outcome.hiddenSpikes.map(Double.init) == trial.spikeCounts, "\(name)")
    let error = relativeError(fast.gradient.numbers, expected.numbers)
    #expect(error < limit, "\(name): \(error)")
    #expect(abs(fast.gradient.countRatio - expected.countRatio) < 1e-12, "\(name)")
    expect(fast.outcome, trial, name)
    // A longer trial between leaves nothing behind.
    let outcome = fast.outcome
    _ = fast.addGradient(
      of: StepEvents(randomSteps(80, inputs: 10, rate: 0.3, seed: 3)), target: .label(0))
    fast.clearGradient()
    #expect(fast.run(StepEvents(run.input)) == outcome, "\(name)")
    guard run.network.configuration.loss.kind != .enhancedCount else { return }
    _ = fast.addGradient(of: StepEvents(run.input), target: target)
    #expect(relativeError(fast.gradient.numbers, expected.numbers) < limit, "\(name)")
  }

  /// What the outputs did, and what is decided by it.
  private func expect(_ outcome: FastOutcome, _ trial: ReferenceTrial, _ name: String) {
    let outputs = outcome.counts.count
    guard !trial.readout.spikes.isEmpty else {
      let sums = (0..<outputs).map { k in trial.readout.membranes.reduce(0) { $0 + $1[k] } }
      #expect(zip(outcome.potentials, sums).allSatisfy { abs($0 - $1) < 1e-3 }, "\(name)")
      #expect(
        outcome.decision(.integrated) == sums.indices.max { sums[$0] < sums[$1] }, "\(name)")
      return
    }
    let counts = (0..<outputs).map { k in trial.readout.spikes.count { $0[k] != 0 } }
    let first = (0..<outputs).map { k in trial.readout.spikes.firstIndex { $0[k] != 0 } }
    #expect(outcome.counts == counts && outcome.first == first, "\(name)")
    let most = counts.max() ?? 0
    #expect(
      outcome.decision(.mostSpikes) == (most > 0 ? counts.firstIndex(of: most) : nil), "\(name)")
    let earliest = first.compactMap { $0 }.min()
    #expect(
      outcome.decision(.earliestSpike) == earliest.flatMap { first.firstIndex(of: $0) }, "\(name)")
    let until = earliest.map { step in
      trial.layers.map { layer in
        layer.spikes[...step].reduce(0) { $0 + $1.count { $0 != 0 } }
      }
    }
    #expect(outcome.hiddenSpikesUntilFirst == until, "\(name)")
  }
}
