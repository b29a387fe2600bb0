import Learning

/// The neurons of a layer as a trial goes on, from a cleared state.
final class LayerState {
  let v: Series.Row
  let current: Series.Row
  /// P.
  let remainder: Series.Row
  let spikes: Series.Row
  private let trace: Series.Row
  private let threshold: Series.Row
  private var lastSpike: [Int?]
  private let layer: ReferenceNetwork.Layer
  private let dynamics: Dynamics
  private let isSoft: Bool
  private let space: Series

  init(_ layer: ReferenceNetwork.Layer, _ dynamics: Dynamics, isSoft: Bool) {
    (self.layer, self.dynamics, self.isSoft) = (layer, dynamics, isSoft)
    let neurons = layer.neurons
    let space = Series(count: 6, width: neurons)
    (v, current, remainder) = (space[0], space[1], space[2])
    (spikes, trace, threshold) = (space[3], space[4], space[5])
    self.space = space
    lastSpike = [Int?](repeating: nil, count: neurons)
    for j in 0..<neurons { threshold[j] = layer.thresholds[j] }
    precondition(layer.bias.count == neurons)
  }

  /// What the step before left.
  func decay() {
    let kernel = dynamics.kernel
    let isSubtracted = dynamics.reset == .subtract
    layer.bias.withUnsafeBufferPointer { bias in
      layer.thresholds.withUnsafeBufferPointer { thresholds in
        for j in 0..<v.count {
          let s = isSoft ? 0 : spikes[j]
          let gates = dynamics.gates(after: s)
          let subtracted = isSubtracted ? thresholds[j] * s : 0
          current[j] *= kernel.current * gates.current
          remainder[j] = gates.membrane * v[j] - subtracted
          v[j] = kernel.membrane * gates.membrane * v[j] - subtracted + bias[j]
        }
        guard dynamics.adaptation != 0 else { return }
        for j in 0..<v.count {
          trace[j] = dynamics.adaptationDecay * trace[j] + spikes[j]
          threshold[j] = thresholds[j] + dynamics.adaptation * trace[j]
        }
      }
    }
  }

  /// What the layer's own spikes of the step before do.
  func addRecurrent() {
    guard let recurrent = layer.recurrent else { return }
    for h in 0..<spikes.count where spikes[h] != 0 {
      for j in 0..<current.count where j != h { current[j] += recurrent[h][j] * spikes[h] }
    }
  }

  func charge() {
    let gain = dynamics.kernel.gain
    for j in 0..<v.count { v[j] += gain * current[j] }
  }

  /// Makes the spikes of step `t`.
  ///
  /// - Returns: whether each neuron could spike.
  func spike(_ surrogate: LearnerConfiguration.Surrogate, at t: Int) -> [Bool] {
    var isReady = [Bool](repeating: true, count: v.count)
    if isSoft {
      for j in 0..<v.count { spikes[j] = surrogate.integral(v[j] - threshold[j]) }
      return isReady
    }
    if dynamics.singleSpike || dynamics.refractorySteps > 0 {
      for j in 0..<v.count {
        guard let last = lastSpike[j] else { continue }
        isReady[j] = !dynamics.singleSpike && t - last > dynamics.refractorySteps
      }
    }
    isReady.withUnsafeBufferPointer { isReady in
      for j in 0..<v.count {
        spikes[j] = isReady[j] && v[j] >= threshold[j] ? 1 : 0
        if spikes[j] == 1 { lastSpike[j] = t }
      }
    }
    return isReady
  }

  /// theta + beta A.
  var allThresholds: [Double] {
    dynamics.adaptation == 0 ? layer.thresholds : Array(threshold)
  }
}
