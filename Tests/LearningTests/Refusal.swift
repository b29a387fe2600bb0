import Learning

/// A configuration that cannot learn, what the refusal has to say, and what would mend it.
struct Refusal: Sendable, CustomStringConvertible {
  let words: [String]
  let change: @Sendable (inout LearnerConfiguration) -> Void
  let mend: @Sendable (inout LearnerConfiguration) -> Void

  var description: String { words.joined(separator: " ") }

  private static func spiking(
    _ kind: LossKind, _ more: @escaping @Sendable (inout LearnerConfiguration) -> Void = { _ in }
  ) -> @Sendable (inout LearnerConfiguration) -> Void {
    {
      $0.readout.kind = .spiking
      $0.loss.kind = kind
      if kind == .spikeTime { $0.loss.other = 50 }
      more(&$0)
    }
  }

  static let all: [Refusal] = [
    Refusal(
      words: ["adam at every step", "update: trial"], change: { $0.optimiser.update = .step },
      mend: { $0.optimiser.method = .sgd }),
    Refusal(
      words: ["update: step moves each weight at once", "every_steps: 1"],
      change: {
        $0.optimiser.method = .sgd
        $0.optimiser.update = .step
        $0.optimiser.clipNorm = 1
      },
      mend: {
        $0.optimiser.update = .steps
        $0.optimiser.everySteps = 1
      }),
    Refusal(
      words: ["readout_gain is 0", "credit: symmetric"],
      change: { $0.initialisation.readoutGain = 0 }, mend: { $0.credit = .random }),
    Refusal(
      words: ["readout_gain is 0", "credit: instantaneous"],
      change: {
        $0.initialisation.readoutGain = 0
        $0.credit = .instantaneous
      }, mend: { $0.credit = .local }),
    Refusal(
      words: ["both 0"], change: { $0.gradient.activation = 0 },
      mend: { $0.gradient.timing = 1 }),
    Refusal(
      words: ["lambda_tim with credit: instantaneous"],
      change: {
        $0.gradient.timing = 1
        $0.credit = .instantaneous
      }, mend: { $0.credit = .symmetric }),
    Refusal(
      words: ["lambda_tim with an adaptive threshold"],
      change: {
        $0.gradient.timing = 1
        $0.hidden.adaptation.strength = 1
      }, mend: { $0.hidden.adaptation.strength = 0 }),
    Refusal(
      words: ["credit: local with readout.kind: spiking"],
      change: spiking(.softmaxCrossEntropy) { $0.credit = .local },
      mend: { $0.readout.kind = .leaky }),
    Refusal(
      words: ["spike_count is one of output spikes", "readout.kind: spiking"],
      change: { $0.loss.kind = .spikeCount }, mend: { $0.readout.kind = .spiking }),
    Refusal(
      words: ["decision: earliest_spike needs output spikes"],
      change: { $0.decision = .earliestSpike }, mend: { $0.readout.kind = .spiking }),
    Refusal(
      words: ["a count does not change when a spike moves"],
      change: spiking(.spikeCount) {
        $0.gradient.activation = 0
        $0.gradient.timing = 1
      }, mend: { $0.gradient.activation = 1 }),
    Refusal(
      words: ["latency with lambda_tim: 0"], change: spiking(.latency),
      mend: { $0.gradient.timing = 1 }),
    Refusal(
      words: ["spike_time with lambda_tim: 0"], change: spiking(.spikeTime),
      mend: { $0.gradient.timing = 1 }),
    Refusal(
      words: ["no_spike_target with lambda_act: 0"],
      change: spiking(.latency) {
        $0.gradient.timing = 1
        $0.gradient.activation = 0
        $0.gradient.noSpikeTarget = 1
      }, mend: { $0.gradient.activation = 1 }),
    Refusal(
      words: ["no_spike_target is for losses of first spikes"],
      change: { $0.gradient.noSpikeTarget = 1 }, mend: { $0.gradient.noSpikeTarget = 0 }),
    Refusal(
      words: ["must not be negative"], change: spiking(.spikeCount) { $0.loss.other = -1 },
      mend: { $0.loss.other = 0 }),
    Refusal(
      words: ["loss.target 1.0 must be above loss.other 2.0"],
      change: spiking(.enhancedCount) { $0.loss.other = 2 }, mend: { $0.loss.target = 9 }),
    Refusal(
      words: ["cannot be reached with readout.single_spike"],
      change: spiking(.spikeCount) {
        $0.readout.singleSpike = true
        $0.loss.target = 4
      }, mend: { $0.loss.target = 1 }),
    Refusal(
      words: ["must be earlier than"],
      change: spiking(.spikeTime) {
        $0.gradient.timing = 1
        $0.loss.target = 60
      }, mend: { $0.loss.target = 10 }),
    Refusal(
      words: ["known at a trial's end", "reset_at_trial"],
      change: spiking(.spikeCount) { $0.stream.resetAtTrial = false },
      mend: { $0.stream.resetAtTrial = true }),
    Refusal(
      words: ["learned from the kept events", "history_events"],
      change: spiking(.spikeCount) { $0.stream.historyEvents = 0 },
      mend: { $0.stream.historyEvents = 100 }),
    Refusal(
      words: ["known at a trial's end", "update: trial"],
      change: spiking(.spikeCount) { $0.optimiser.update = .steps },
      mend: { $0.loss.kind = .spikeCountOnline }),
    Refusal(
      words: ["no_spike_weight is for neurons that were silent"],
      change: {
        $0.gradient.noSpikeWeight = 1
        $0.optimiser.update = .steps
      }, mend: { $0.optimiser.update = .trial }),
    Refusal(
      words: ["threshold_normalisation with recurrent"],
      change: {
        $0.hidden.thresholdNormalisation = true
        $0.hidden.recurrent = true
      }, mend: { $0.hidden.recurrent = false }),
    Refusal(
      words: ["threshold_normalisation with an adaptive threshold"],
      change: {
        $0.hidden.thresholdNormalisation = true
        $0.hidden.adaptation.strength = 1
      }, mend: { $0.hidden.adaptation.strength = 0 }),
    Refusal(
      words: ["threshold_normalisation keeps the deviation"],
      change: {
        $0.hidden.thresholdNormalisation = true
        $0.initialisation.inputGain = 0
      }, mend: { $0.initialisation.inputGain = 1 }),
    Refusal(
      words: ["an exponential never reaches it"],
      change: {
        $0.optimiser.schedule.shape = .exponential
        $0.optimiser.schedule.final = 0
      }, mend: { $0.optimiser.schedule.shape = .linear }),
  ]
}
