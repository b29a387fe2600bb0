import Events

/// A hidden layer and an output layer of ``TimedLayer``, learning in batches.
final class TimedNetwork {
  /// What a trial came to.
  struct Answer {
    var predicted = 0
    var hiddenSpikes = 0
    var outputSpikes = 0
  }

  let settings: TimedSettings
  let hidden: TimedLayer
  let output: TimedLayer
  private let classes: Int
  private var hiddenOptimiser: PlainAdam
  private var outputOptimiser: PlainAdam
  /// Summed over the batch.
  private var hiddenGradient: [Double]
  private var outputGradient: [Double]

  /// Weights v are uniform within 1 / sqrt(inputs).
  init(_ settings: TimedSettings, inputs: Int, hidden neurons: Int, classes: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func layer(_ inputs: Int, _ neurons: Int) -> TimedLayer {
      let limit = 1 / Double(inputs).squareRoot()
      let raw = (0..<inputs * neurons).map { _ in (2 * random.nextUniform() - 1) * limit }
      return TimedLayer(settings, raw: raw, inputs: inputs, neurons: neurons)
    }
    (self.settings, self.classes) = (settings, classes)
    hidden = layer(inputs, neurons)
    output = layer(neurons, classes)
    hiddenOptimiser = PlainAdam(decay: settings.weightDecay)
    outputOptimiser = PlainAdam(decay: settings.weightDecay)
    hiddenGradient = .init(repeating: 0, count: inputs * neurons)
    outputGradient = .init(repeating: 0, count: neurons * classes)
  }

  /// Finds the threshold of each layer, from the input on, with which its neurons have as many spikes as the settings want
  /// in the last third of `trials`.
  func setThresholds(_ trials: [[[Int32]]]) {
    let begin = settings.steps * 2 / 3
    var inputs = trials
    for layer in [hidden, output] {
      let wanted =
        settings.spikesAtFirst / Double(settings.steps) * Double(settings.steps - begin)
      var (low, high) = (1e-3, 1e3)
      while high / low >= 1.01 {
        let middle = (low * high).squareRoot()
        layer.thresholds = .init(repeating: middle, count: layer.neurons)
        let spikes = inputs.reduce(0) { sum, input in
          layer.run(input)
          return sum + layer.spikes[begin...].reduce(0) { $0 + $1.count }
        }
        if Double(spikes) > wanted * Double(inputs.count * layer.neurons) {
          low = middle
        } else {
          high = middle
        }
      }
      inputs = inputs.map { input in
        layer.run(input)
        return layer.spikes
      }
    }
  }

  /// Runs a trial. Outputs that spike early weigh up to a tenth more, as in the published program.
  func predict(_ input: [[Int32]]) -> Answer {
    hidden.run(input)
    output.run(hidden.spikes)
    var scores = [Double](repeating: 0, count: classes)
    var answer = Answer()
    for (t, spikes) in output.spikes.enumerated() {
      for k in spikes { scores[Int(k)] += 1.1 - Double(t) / Double(settings.steps) / 10 }
      answer.outputSpikes += spikes.count
    }
    answer.hiddenSpikes = hidden.spikes.reduce(0) { $0 + $1.count }
    for k in scores.indices where scores[k] > scores[answer.predicted] { answer.predicted = k }
    return answer
  }

  /// Learns from a batch of trials.
  ///
  /// - Returns: the loss of the batch, and how many of it were predicted before.
  func learn(
    _ batch: [(steps: [[Int32]], label: Int)], rate: Double, noting sums: inout TimedSums
  ) -> (loss: Double, correct: Int) {
    var correct = 0
    // The ratio of a batch is known when all of it has run.
    let counts = batch.map { trial in
      correct += predict(trial.steps).predicted == trial.label ? 1 : 0
      insertTeacher(trial.label)
      return outputCounts
    }
    let loss = TimedLoss(settings, counts: counts, labels: batch.map(\.label))
    for (index, trial) in batch.enumerated() {
      hidden.run(trial.steps)
      output.run(hidden.spikes)
      insertTeacher(trial.label)
      var times = [Double](repeating: 0, count: settings.steps * classes)
      for (t, spikes) in output.spikes.enumerated() {
        for k in spikes { times[t * classes + Int(k)] = loss.time(of: Int(k), in: index) }
      }
      let below = output.goBack(times, gradient: &outputGradient, passesDown: true)
      var hiddenTimes = [Double](repeating: 0, count: settings.steps * hidden.neurons)
      for (t, spikes) in hidden.spikes.enumerated() {
        for (place, j) in spikes.enumerated() {
          hiddenTimes[t * hidden.neurons + Int(j)] = below[t][place]
        }
      }
      sums.note(outputs: times, spikes: output.spikes, label: trial.label, classes: classes)
      sums.note(hidden: below)
      _ = hidden.goBack(hiddenTimes, gradient: &hiddenGradient, passesDown: false)
    }
    sums.note(weights: hiddenGradient, outputGradient)
    update(rate)
    return (loss.value, correct)
  }

  private var outputCounts: [Int] {
    var counts = [Int](repeating: 0, count: classes)
    for spikes in output.spikes { for k in spikes { counts[Int(k)] += 1 } }
    return counts
  }

  /// The output of the class gets a spike in the last step in which its membrane rises, for without spikes it would have
  /// nothing to move.
  private func insertTeacher(_ label: Int) {
    let step = (0..<settings.steps).last { output.rise[$0 * classes + label] > 0.05 }
    if let step { output.insertSpike(label, at: step) }
  }

  private func update(_ rate: Double) {
    for (layer, isOutput) in [(hidden, false), (output, true)] {
      let gradient = isOutput ? outputGradient : hiddenGradient
      let found = layer.weights.derivatives(gradient)
      func move(_ optimiser: inout PlainAdam) {
        optimiser.beginUpdate(rate: rate)
        optimiser.update(&layer.weights.raw, found.raw)
        optimiser.update(&layer.weights.gain, found.gain)
        optimiser.update(&layer.weights.offset, found.offset)
      }
      if isOutput { move(&outputOptimiser) } else { move(&hiddenOptimiser) }
      if settings.normalisation == .thresholds {
        let gains = layer.weights.moveGainOut()
        for j in 0..<layer.neurons { layer.thresholds[j] /= gains[j] }
      }
      layer.weights.standardise()
    }
    for index in hiddenGradient.indices { hiddenGradient[index] = 0 }
    for index in outputGradient.indices { outputGradient[index] = 0 }
  }
}
