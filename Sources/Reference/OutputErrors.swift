import Foundation
import Learning

/// The loss of a trial and how it changes with what the outputs do. Lists are indexed by step, then by output.
struct OutputErrors {
  var loss = 0.0
  /// dL/dY, for losses of filtered outputs and of potentials; empty for the others.
  var outputs: [[Double]] = []
  /// dL/dS and dL/dt of each output spike, for the other losses.
  var spikes: [[Double]] = []
  var times: [[Double]] = []
  var countRatio: Double

  init(_ network: ReferenceNetwork, _ trial: ReferenceTrial, _ target: ReferenceTarget) {
    countRatio = network.countRatio
    let configuration = network.configuration
    switch configuration.loss.kind {
    case .softmaxCrossEntropy, .meanSquare, .spikeTrain, .spikeCountOnline, .enhancedCountOnline:
      (loss, outputs) = Self.filtered(configuration, trial.outputs, target)
      if configuration.loss.kind == .enhancedCountOnline { learnRatio(trial, target) }
    case .spikeCount, .enhancedCount:
      atEnd(trial)
      count(configuration, trial, target)
    case .latency, .latencyOnline, .spikeTime, .spikeTimeOnline:
      atEnd(trial)
      firstSpikes(configuration, trial, target)
    }
  }

  private mutating func atEnd(_ trial: ReferenceTrial) {
    spikes = trial.readout.spikes.map { $0.map { _ in 0 } }
    times = spikes
  }
}

extension LearnerConfiguration {
  /// H, the expected length of a trial in steps.
  var trialSteps: Double { loss.trial / stepMilliseconds }

  /// `target` for the class and `other` for the rest.
  func wanted(_ k: Int, _ label: Int) -> Double { k == label ? loss.target : loss.other }

  /// d_k: the class lacks what it is below its target, another output exceeds its own.
  func enhanced(_ k: Int, _ label: Int, count: Double, target: Double) -> Double {
    k == label ? min(count - target, 0) : max(count - target, 0)
  }
}

func softmax(_ z: [Double]) -> [Double] {
  let top = z.max() ?? 0
  let powers = z.map { exp($0 - top) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}
