import Events
import Learning
import Reference
import ToolSupport

extension AntlrJob {
  /// Learns and is tested after each epoch.
  func run(_ data: AntlrData) throws -> AntlrOutcome {
    let configuration = configuration
    try configuration.validate()
    let network = try FastNetwork(configuration, inputs: data.train.inputs, seed: seed)
    let total = settings.epochs * data.train.count
    let schedule = LearningRateSchedule(
      learningRate: settings.rate, shape: .linear, trials: max(total, 1),
      final: settings.finalRate)
    var random = SplitMix64(seed: seed &+ 1_000_003)
    var outcome = AntlrOutcome()
    var learned = 0
    for epoch in 1...settings.epochs {
      let begin = ProcessorClock.now
      var loss = 0.0
      var inBatch = 0
      for (place, index) in random.permutation(of: data.train.count).enumerated() {
        loss += network.addGradient(
          of: data.train.trials[index], target: .label(data.train.labels[index]))
        inBatch += 1
        guard inBatch == settings.batch || place + 1 == data.train.count else { continue }
        network.update(
          rate: schedule.rate(learnedTrials: learned), scale: 1 / Double(inBatch),
          biasUnit: settings.biasScale)
        learned += inBatch
        inBatch = 0
      }
      outcome.seconds += ProcessorClock.now - begin
      let score = Self.test(network, data.test)
      outcome.epochs.append(.init(loss: loss / Double(max(data.train.count, 1)), test: score))
      Terminal.note(
        "\(name), epoch \(epoch): \(Format.percent(score.accuracy(method.decision))), "
          + "\(Format.decimal(score.spikes, 0)) spikes, loss "
          + "\(Format.decimal(outcome.epochs[epoch - 1].loss, 4)), \(Int(outcome.seconds)) s")
    }
    return outcome
  }

  private static func test(_ network: FastNetwork, _ trials: AntlrTrials) -> AntlrScore {
    // Whole numbers, divided once: a sum of shares would fall short of 0.98 where it is met.
    var (earliest, most, byPotential) = (0, 0, 0)
    var (hiddenSpikes, outputSpikes, untilDecision, silent) = (0, 0, 0, 0)
    for (trial, label) in zip(trials.trials, trials.labels) {
      let outcome = network.run(trial)
      if outcome.decision(.earliestSpike) == label { earliest += 1 }
      if outcome.decision(.mostSpikes) == label { most += 1 }
      let spikes = Int(outcome.hiddenSpikes.reduce(0, +))
      hiddenSpikes += spikes
      outputSpikes += Int(outcome.counts.reduce(0, +))
      let firsts = outcome.first.compactMap { $0 }
      guard let first = firsts.min(), let hidden = outcome.hiddenSpikesUntilFirst else {
        silent += 1
        if outcome.decision(.integrated) == label { byPotential += 1 }
        untilDecision += spikes
        continue
      }
      untilDecision += Int(hidden.reduce(0, +)) + firsts.count { $0 == first }
    }
    func mean(_ sum: Int) -> Double { Double(sum) / Double(max(trials.count, 1)) }
    return AntlrScore(
      samples: trials.count, earliest: mean(earliest), most: mean(most),
      earliestOrPotential: mean(earliest + byPotential),
      hiddenSpikes: mean(hiddenSpikes), outputSpikes: mean(outputSpikes),
      spikesUntilDecision: mean(untilDecision), silent: mean(silent))
  }
}
