import Events
import Foundation
import ToolSupport

/// Runs jobs on sets that are in memory.
struct ZhuStudy: Sendable {
  var sets: [String: (train: StepTrials, test: StepTrials)]

  func run(_ job: ZhuJob) throws -> ZhuJob.Outcome {
    guard let (train, test) = sets[job.set] else {
      throw ExperimentError("no trials of \(job.set)")
    }
    var random = SplitMix64(seed: job.seed, stream: 1 << 32)
    let order = random.permutation(of: train.count)
    // A seventh is held out for the search, and learned from afterwards.
    let cut = train.count - max(1, train.count / 7)
    let (part, heldOut) = (train.part(Array(order[..<cut])), train.part(Array(order[cut...])))
    let searched = job.rates.map { rate in
      let learned = learn(job, part, rate: rate, epochs: job.searchEpochs)
      let score = self.score(learned.network, heldOut)
      return SearchedRate(
        rate: rate, accuracy: Double(score.correct) / Double(heldOut.count))
    }
    let rate = searched.max { $0.accuracy < $1.accuracy }?.rate ?? job.settings.learningRate
    let begin = ProcessorClock.now
    let learned = learn(job, train, rate: rate, epochs: job.epochs)
    let seconds = ProcessorClock.now - begin
    let score = score(learned.network, test)
    return ZhuJob.Outcome(
      searched: searched, rate: rate, epochs: learned.epochs, tested: test.count,
      correct: score.correct, hiddenSpikes: score.hidden, outputSpikes: score.output,
      seconds: seconds)
  }

  private func learn(
    _ job: ZhuJob, _ trials: StepTrials, rate: Double, epochs: Int
  ) -> (network: TimedNetwork, epochs: [ZhuJob.Epoch]) {
    let network = TimedNetwork(
      job.settings, inputs: trials.geometry.addressCount, hidden: job.hidden,
      classes: StepTrials.classes,
      seed: job.seed)
    var random = SplitMix64(seed: job.seed, stream: 2 << 32)
    network.setThresholds(
      random.permutation(of: trials.count).prefix(50).map { trials[$0].steps })
    let found = (0..<epochs).map { epoch in
      var sums = TimedSums()
      var (loss, correct) = (0.0, 0)
      let order = random.permutation(of: trials.count)
      // Half a cosine over all epochs.
      let fall = (1 + cos(Double.pi * Double(epoch) / Double(epochs))) / 2
      for begin in stride(from: 0, to: order.count, by: job.settings.batch) {
        let batch = order[begin..<min(begin + job.settings.batch, order.count)]
        let found = network.learn(batch.map { trials[$0] }, rate: rate * fall, noting: &sums)
        loss += found.loss
        correct += found.correct
      }
      let count = Double(max(trials.count, 1))
      return ZhuJob.Epoch(
        loss: loss / count, accuracy: Double(correct) / count, trials: trials.count, sums: sums,
        hiddenThreshold: relative(network.hidden), outputThreshold: relative(network.output))
    }
    return (network, found)
  }

  private func relative(_ layer: TimedLayer) -> Double {
    zip(layer.thresholds, layer.weights.gain).reduce(0) { $0 + $1.0 / $1.1 }
      / Double(layer.neurons)
  }

  private func score(
    _ network: TimedNetwork, _ trials: StepTrials
  ) -> (correct: Int, hidden: Double, output: Double) {
    var (correct, hidden, output) = (0, 0, 0)
    for index in 0..<trials.count {
      let (steps, label) = trials[index]
      let answer = network.predict(steps)
      correct += answer.predicted == label ? 1 : 0
      hidden += answer.hiddenSpikes
      output += answer.outputSpikes
    }
    let count = Double(max(trials.count, 1))
    return (correct, Double(hidden) / count, Double(output) / count)
  }
}
