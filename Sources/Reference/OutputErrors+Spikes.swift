import Foundation
import Learning

extension OutputErrors {
  /// n_k.
  private func counts(_ trial: ReferenceTrial) -> [Double] {
    var counts = [Double](repeating: 0, count: trial.readout.spikes.first?.count ?? 0)
    for row in trial.readout.spikes { add(1, row, to: &counts) }
    return counts
  }

  /// R <- 0.99 R + 0.01 (spikes of all others / max(n_c, 1)).
  mutating func learnRatio(_ trial: ReferenceTrial, _ target: ReferenceTarget) {
    guard let label = target.label(max(trial.steps - 1, 0)) else { return }
    let n = counts(trial)
    let others = n.reduce(0, +) - n[label]
    countRatio = 0.99 * countRatio + 0.01 * others / max(n[label], 1)
  }

  mutating func count(
    _ configuration: LearnerConfiguration, _ trial: ReferenceTrial, _ target: ReferenceTarget
  ) {
    guard case .label(let label) = target else { return }
    let n = counts(trial)
    let steps = Double(trial.steps)
    for k in n.indices {
      let wanted = configuration.wanted(k, label)
      if configuration.loss.kind == .spikeCount {
        let d = n[k] - wanted
        loss += d * d / 2
        for t in spikes.indices { spikes[t][k] = d }
      } else {
        let d = configuration.enhanced(k, label, count: n[k], target: wanted)
        let m = k == label ? max(countRatio / 10, 1) : 1
        loss += m * d * d / steps / 2
        for t in spikes.indices {
          spikes[t][k] = m * d / steps
          if trial.readout.spikes[t][k] != 0 { times[t][k] = -m * d / (steps * n[k]) }
        }
      }
    }
    if configuration.loss.kind == .enhancedCount { learnRatio(trial, target) }
  }

  mutating func firstSpikes(
    _ configuration: LearnerConfiguration, _ trial: ReferenceTrial, _ target: ReferenceTarget
  ) {
    guard case .label(let label) = target, trial.steps > 0 else { return }
    let outputs = trial.readout.spikes[0].count
    let first = (0..<outputs).map { k in
      trial.readout.spikes.firstIndex { $0[k] != 0 }
    }
    switch configuration.loss.kind {
    case .latency, .latencyOnline: latency(configuration, first, label, steps: trial.steps)
    default: spikeTime(configuration, first, label, steps: trial.steps)
    }
    let silentSteps: Int
    if configuration.loss.kind == .latencyOnline || configuration.loss.kind == .spikeTimeOnline {
      silentSteps = first[label] ?? trial.steps
    } else {
      silentSteps = first[label] == nil ? trial.steps : 0
    }
    for t in 0..<silentSteps { spikes[t][label] = -configuration.gradient.noSpikeTarget }
  }

  private mutating func latency(
    _ configuration: LearnerConfiguration, _ first: [Int?], _ label: Int, steps: Int
  ) {
    let isOnline = configuration.loss.kind == .latencyOnline
    let end = isOnline ? configuration.trialSteps : Double(steps)
    let unit = configuration.stepMilliseconds / configuration.loss.tau
    /// z as it is known at step t.
    func z(at t: Int) -> [Double] {
      first.map { step in
        guard let step, step <= t else { return 0 }
        return (end - Double(step)) * unit
      }
    }
    let final = softmax(z(at: steps - 1))
    loss = -log(final[label])
    for (k, step) in first.enumerated() {
      guard let step else { continue }
      let p = isOnline ? softmax(z(at: step)) : final
      times[step][k] = -(p[k] - (k == label ? 1 : 0)) * unit
    }
  }

  private mutating func spikeTime(
    _ configuration: LearnerConfiguration, _ first: [Int?], _ label: Int, steps: Int
  ) {
    let unit = configuration.stepMilliseconds / configuration.loss.tau
    let isOnline = configuration.loss.kind == .spikeTimeOnline
    let end = isOnline ? configuration.trialSteps : Double(steps)
    for (k, step) in first.enumerated() {
      let wanted = configuration.wanted(k, label) / configuration.stepMilliseconds
      let difference = (step.map(Double.init) ?? end) - wanted
      loss += difference * unit * difference * unit / 2
      if let step { times[step][k] = difference * unit * unit }
    }
  }
}
