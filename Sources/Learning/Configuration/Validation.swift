extension LearnerConfiguration {
  /// Refuses values that cannot work, and combinations that cannot learn.
  ///
  /// - Throws: ``ConfigurationError`` that names the field, the value and the limit.
  public func validate() throws(ConfigurationError) {
    try checkRanges()
    try checkGradient()
    try checkLoss()
    try checkUpdates()
    try checkRehearsal()
    try checkGuard()
  }

  func check<T: Comparable>(
    _ name: String, _ value: T, in range: ClosedRange<T>
  ) throws(ConfigurationError) {
    guard range.contains(value) else {
      throw ConfigurationError(
        "learner.\(name) is \(value), allowed is \(range.lowerBound) to \(range.upperBound)")
    }
  }

  private func checkRanges() throws(ConfigurationError) {
    try check("classes", classes, in: 2...65536)
    try check("step_us", stepMicroseconds, in: 1...1_000_000)
    try check("hidden.neurons: its number of layers", hidden.neurons.sizes.count, in: 1...16)
    for size in hidden.neurons.sizes { try check("hidden.neurons", size, in: 1...65536) }
    try check("hidden.tau_m_ms", hidden.tauMembrane, in: 0...1e12)
    try check("hidden.tau_syn_ms", hidden.tauSynapse, in: 0...1e12)
    try check("hidden.threshold", hidden.threshold, in: 1e-6...1e6)
    try check("hidden.refractory_steps", hidden.refractorySteps, in: 0...1_000_000)
    try check("hidden.adaptation.strength", hidden.adaptation.strength, in: 0...1e6)
    try check("hidden.adaptation.tau_ms", hidden.adaptation.tau, in: 0...1e12)
    try check("readout.tau_ms", readout.tau, in: 0...1e12)
    try check("readout.tau_syn_ms", readout.tauSynapse, in: 0...1e12)
    try check("readout.threshold", readout.threshold, in: 1e-6...1e6)
    try check("readout.refractory_steps", readout.refractorySteps, in: 0...1_000_000)
    try check("surrogate.height", surrogate.height, in: 1e-6...1e3)
    try check("surrogate.width", surrogate.width, in: 1e-6...1e6)
    try check("surrogate.leak", surrogate.leak, in: 0...1)
    try check("gradient.lambda_act", gradient.activation, in: 0...1e6)
    try check("gradient.lambda_tim", gradient.timing, in: 0...1e6)
    try check("gradient.slope_floor", gradient.slopeFloor, in: 1e-6...1e6)
    try check("gradient.no_spike_weight", gradient.noSpikeWeight, in: 0...1e6)
    try check("gradient.no_spike_target", gradient.noSpikeTarget, in: 0...1e6)
    try check("loss.target", loss.target, in: -1e6...1e6)
    try check("loss.other", loss.other, in: -1e6...1e6)
    try check("loss.tau_ms", loss.tau, in: 1e-3...1e12)
    try check("loss.tau_syn_ms", loss.tauSynapse, in: 0...1e12)
    try check("loss.trial_ms", loss.trial, in: 1e-3...1e6)
    try check("initialisation.input_gain", initialisation.inputGain, in: 0...1e3)
    try check("initialisation.live_fraction", initialisation.liveFraction, in: 1e-6...1)
    try check("initialisation.hidden_gain", initialisation.hiddenGain, in: 0...1e3)
    try check("initialisation.recurrent_gain", initialisation.recurrentGain, in: 0...1e3)
    try check("initialisation.readout_gain", initialisation.readoutGain, in: 0...1e3)
    try check("initialisation.feedback_gain", initialisation.feedbackGain, in: 1e-6...1e3)
    try check("optimiser.every_steps", optimiser.everySteps, in: 1...1_000_000)
    try check("optimiser.learning_rate", optimiser.learningRate, in: 0...1e3)
    try check("optimiser.momentum", optimiser.momentum, in: 0...0.999999)
    try check("optimiser.beta_1", optimiser.beta1, in: 0...0.999999)
    try check("optimiser.beta_2", optimiser.beta2, in: 0...0.999999)
    try check("optimiser.epsilon", optimiser.epsilon, in: 1e-12...1)
    try check("optimiser.weight_decay", optimiser.weightDecay, in: 0...1e3)
    try check("optimiser.clip_value", optimiser.clipValue, in: 0...1e12)
    try check("optimiser.clip_norm", optimiser.clipNorm, in: 0...1e12)
    try check("optimiser.schedule.trials", optimiser.schedule.trials, in: 1...1_000_000_000)
    try check("optimiser.schedule.final", optimiser.schedule.final, in: 0...1)
    try check("optimiser.schedule.warmup", optimiser.schedule.warmup, in: 0...1_000_000_000)
    try check("regulariser.strength", regulariser.strength, in: 0...1e6)
    try check("regulariser.target_rate_hz", regulariser.targetRate, in: 0...1e6)
    try check("regulariser.ceiling", regulariser.ceiling, in: 0...1e6)
    try check("regulariser.ceiling_rate_hz", regulariser.ceilingRate, in: 0...1e6)
    try check("regulariser.floor", regulariser.floor, in: 0...1e6)
    try check("regulariser.floor_rate_hz", regulariser.floorRate, in: 0...1e6)
    try check("regulariser.tau_ms", regulariser.tau, in: 1e-3...1e9)
    try check("regulariser.readout_norm", regulariser.readoutNorm, in: 0...1e3)
    try check("stream.reorder_window_us", stream.reorderWindow, in: 0...10_000_000)
    try check("stream.max_gap_ms", stream.maxGap, in: 1...3_600_000)
    try check("stream.score_tau_ms", stream.scoreTau, in: 1e-3...1e9)
    try check("compute.threads", compute.threads, in: 1...64)
    try check("stream.history_events", stream.historyEvents, in: 0...10_000_000)
  }

  func refuse(_ condition: Bool, _ reason: String) throws(ConfigurationError) {
    if condition { throw ConfigurationError("learner." + reason) }
  }

  private func checkGradient() throws(ConfigurationError) {
    try refuse(
      gradient.activation == 0 && gradient.timing == 0,
      "gradient: lambda_act and lambda_tim are both 0: there is no gradient")
    try refuse(
      gradient.timing > 0 && credit == .instantaneous,
      "gradient.lambda_tim with credit: instantaneous: moving a spike acts through the time that this credit drops; "
        + "use credit: symmetric")
    try refuse(
      gradient.timing > 0 && hidden.adaptation.strength > 0,
      "gradient.lambda_tim with an adaptive threshold: a moved spike moves the threshold too, for which there is no "
        + "published rule; use lambda_tim: 0 or adaptation.strength: 0")
    let passesWeights = credit == .symmetric || credit == .instantaneous
    try refuse(
      initialisation.readoutGain == 0 && passesWeights,
      "initialisation.readout_gain is 0 with credit: \(credit.rawValue): no error would ever reach the hidden layers"
    )
    try refuse(
      credit == .local && readout.kind == .spiking,
      "credit: local with readout.kind: spiking: local readouts are leaky, and so must be the one they stand for"
    )
  }

  private func checkLoss() throws(ConfigurationError) {
    let name = loss.kind.rawValue
    try refuse(
      loss.kind.needsSpikes && readout.kind == .leaky,
      "loss.kind: \(name) is one of output spikes, and leaky readouts have none; use readout.kind: spiking"
    )
    try refuse(
      decision.needsSpikes && readout.kind == .leaky,
      "decision: \(decision.rawValue) needs output spikes, and leaky readouts have none; use readout.kind: spiking"
    )
    try refuse(
      loss.kind == .spikeCount && gradient.activation == 0,
      "loss.kind: spike_count with lambda_act: 0: a count does not change when a spike moves, so the timing gradient "
        + "is zero; use lambda_act above 0")
    try refuse(
      loss.kind.isOfFirstSpikes && gradient.timing == 0,
      "loss.kind: \(name) with lambda_tim: 0: only moving a spike changes it; use lambda_tim above 0"
    )
    try refuse(
      loss.kind.isOfFirstSpikes && gradient.noSpikeTarget > 0 && gradient.activation == 0,
      "gradient.no_spike_target with lambda_act: 0: a silent output can only be reached through the surrogate"
    )
    try refuse(
      gradient.noSpikeTarget > 0 && !loss.kind.isOfFirstSpikes,
      "gradient.no_spike_target is for losses of first spikes, not for loss.kind: \(name)")
    let hasCounts = loss.kind.isOfCounts || loss.kind == .spikeTrain
    try refuse(
      hasCounts && (loss.target < 0 || loss.other < 0),
      "loss.target \(loss.target) and loss.other \(loss.other) are numbers of spikes and must not be negative"
    )
    try refuse(
      hasCounts && loss.target <= loss.other,
      "loss.target \(loss.target) must be above loss.other \(loss.other)")
    try refuse(
      loss.kind.isOfCounts && readout.singleSpike && loss.target > 1,
      "loss.target \(loss.target) spikes cannot be reached with readout.single_spike")
    try refuse(
      (loss.kind == .spikeTime || loss.kind == .spikeTimeOnline)
        && (loss.target < 0 || loss.other <= loss.target),
      "loss.target \(loss.target) ms must be earlier than loss.other \(loss.other) ms")
    try refuse(
      loss.kind.isKnownAtEnd && !stream.resetAtTrial,
      "loss.kind: \(name) is known at a trial's end and learned from a second run over it, which begins from a cleared "
        + "state; use stream.reset_at_trial: true")
    try refuse(
      !loss.kind.isKnownAtEnd && loss.kind.needsSpikes && !stream.resetAtTrial,
      "loss.kind: \(name) looks at the time since the trial began; use stream.reset_at_trial: true")
    try refuse(
      (hidden.singleSpike || readout.singleSpike) && !stream.resetAtTrial,
      "single_spike: a neuron may spike again once the state is cleared; use stream.reset_at_trial: true"
    )
    try refuse(
      gradient.noSpikeWeight > 0 && !stream.resetAtTrial,
      "gradient.no_spike_weight is for neurons that were silent for a whole trial; use stream.reset_at_trial: true"
    )
    try refuse(
      loss.kind.isKnownAtEnd && stream.historyEvents == 0,
      "loss.kind: \(name) is learned from the kept events of a trial; use stream.history_events above 0"
    )
  }

  private func checkUpdates() throws(ConfigurationError) {
    if optimiser.update == .step {
      try refuse(
        optimiser.method != .sgd,
        "optimiser: \(optimiser.method.rawValue) at every step is not offered, for its moments would have to be moved "
          + "at every silent synapse too; use update: trial or steps, or method: sgd")
      let needsSums =
        optimiser.clipNorm > 0 || optimiser.clipValue > 0 || optimiser.weightDecay > 0
        || regulariser.readoutNorm > 0 || gradient.noSpikeWeight > 0
        || hidden.thresholdNormalisation
      try refuse(
        needsSums,
        "optimiser.update: step moves each weight at once, without a gradient to clip, decay or normalise; use "
          + "update: steps, with every_steps: 1 for the same period")
    }
    try refuse(
      optimiser.update != .trial && loss.kind.isKnownAtEnd,
      "loss.kind: \(loss.kind.rawValue) is known at a trial's end; use optimiser.update: trial")
    try refuse(
      gradient.noSpikeWeight > 0 && optimiser.update != .trial,
      "gradient.no_spike_weight is for neurons that were silent for a whole trial; use optimiser.update: trial"
    )
    try refuse(
      optimiser.schedule.shape == .exponential && optimiser.schedule.final == 0,
      "optimiser.schedule.final is 0 with shape: exponential: an exponential never reaches it; use a final part above 0, "
        + "or shape: linear or cosine")
    try refuse(
      hidden.thresholdNormalisation
        && (initialisation.inputGain == 0
          || hidden.neurons.sizes.count > 1 && initialisation.hiddenGain == 0),
      "hidden.threshold_normalisation keeps the deviation of the initial weights, and with a gain of 0 this is 0"
    )
    try refuse(
      hidden.thresholdNormalisation && hidden.adaptation.strength > 0,
      "hidden.threshold_normalisation with an adaptive threshold: each neuron's adaptation would have to be scaled with "
        + "its threshold; use adaptation.strength: 0")
    try refuse(
      hidden.thresholdNormalisation && hidden.recurrent,
      "hidden.threshold_normalisation with recurrent: the threshold would have to scale two sets of weights at once"
    )
  }
}
