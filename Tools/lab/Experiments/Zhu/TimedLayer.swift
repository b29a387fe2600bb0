/// Neurons that learn by the times of their spikes alone, after Zhu et al. 2023.
///
///     m = (m + I)(1 - 1/tau_m)    s = (s + I)(1 - 1/tau_s)    u = k (m - s)    all cleared by a spike
///
/// A spike at t whose time has the derivative dL/dt is moved by each input since the spike before it:
///
///     dL/dw_ij += dL/dt_j[t] min(max(-1 / du_j[t], -4), 0) eps[t-r]             for an input i in step r <= t
///     dL/dt_i[r] += w_ij dL/dt_j[t] / dg_j[t] (1 - 1/tau_g)^(t-r+1)             dg > 0
///
/// du is the rise of u in the step of the spike, dg the sum of the weights of the inputs since the spike before, each
/// times its power, so that what a spike passes down to all its inputs adds up to its own dL/dt.
final class TimedLayer {
  let settings: TimedSettings
  let neurons: Int
  var weights: StandardisedWeights
  var thresholds: [Double]
  /// By step and neuron.
  private(set) var rise: [Double]
  private(set) var timeRise: [Double]
  private(set) var spikes: [[Int32]]
  private var input: [[Int32]] = []
  private let kernel: [Double]
  private let timeKernel: [Double]

  init(_ settings: TimedSettings, raw: [Double], inputs: Int, neurons: Int) {
    (self.settings, self.neurons) = (settings, neurons)
    weights = StandardisedWeights(raw: raw, inputs: inputs, neurons: neurons)
    thresholds = .init(repeating: 1, count: neurons)
    rise = .init(repeating: 0, count: settings.steps * neurons)
    timeRise = rise
    spikes = .init(repeating: [], count: settings.steps)
    (kernel, timeKernel) = (settings.kernel, settings.timeKernel)
  }

  /// Runs a trial from a cleared state.
  func run(_ input: [[Int32]]) {
    self.input = input
    let (count, gain) = (neurons, settings.gain)
    let (a, b, c) = (
      1 - 1 / settings.tauMembrane, 1 - 1 / settings.tauSynapse, 1 - 1 / settings.tauGradient
    )
    var current = [Double](repeating: 0, count: count)
    var (m, s, g, last) = (current, current, current, current)
    for t in input.indices {
      for j in 0..<count { current[j] = 0 }
      weights.weights.withUnsafeBufferPointer { w in
        for i in input[t] {
          let row = Int(i) * count
          for j in 0..<count { current[j] += w[row + j] }
        }
      }
      spikes[t].removeAll(keepingCapacity: true)
      let row = t * count
      for j in 0..<count {
        m[j] = (m[j] + current[j]) * a
        s[j] = (s[j] + current[j]) * b
        g[j] = (g[j] + current[j]) * c
        let u = (m[j] - s[j]) * gain
        rise[row + j] = u - last[j]
        timeRise[row + j] = g[j]
        last[j] = u
        guard u >= thresholds[j] else { continue }
        spikes[t].append(Int32(j))
        (m[j], s[j], g[j], last[j]) = (0, 0, 0, 0)
      }
    }
  }

  /// Adds a spike to those that are learned from; nothing else changes.
  func insertSpike(_ neuron: Int, at step: Int) {
    let spike = Int32(neuron)
    guard !spikes[step].contains(spike) else { return }
    spikes[step].append(spike)
    spikes[step].sort()
  }

  /// Adds the derivatives by the weights of the trial that was run.
  ///
  /// - Parameters:
  ///   - times: dL/dt by step and neuron; looked at where there are spikes.
  ///   - gradient: by w.
  /// - Returns: dL/dt of the input, for each step and each input of it.
  func goBack(_ times: [Double], gradient: inout [Double], passesDown: Bool) -> [[Double]] {
    let count = neurons
    var (byWeight, byTime) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    var distance = [Int](repeating: 0, count: count)
    var (here, down) = (byWeight, byTime)
    var result = [[Double]](repeating: [], count: passesDown ? input.count : 0)
    for t in input.indices.reversed() {
      for j in 0..<count { distance[j] += 1 }
      for spike in spikes[t] {
        let j = Int(spike)
        let (slope, timeSlope) = (rise[t * count + j], timeRise[t * count + j])
        let inverse = slope > 0 ? min(1 / slope, settings.largestInverseSlope) : 0
        byWeight[j] = -times[t * count + j] * inverse
        byTime[j] = timeSlope > 0 ? times[t * count + j] / timeSlope : 0
        distance[j] = 0
      }
      for j in 0..<count {
        // Without a later spike both are 0.
        let n = min(distance[j], kernel.count - 1)
        here[j] = byWeight[j] * kernel[n]
        down[j] = byTime[j] * timeKernel[n]
      }
      gradient.withUnsafeMutableBufferPointer { gradient in
        for i in input[t] {
          let row = Int(i) * count
          for j in 0..<count { gradient[row + j] += here[j] }
        }
      }
      guard passesDown else { continue }
      weights.weights.withUnsafeBufferPointer { w in
        result[t] = input[t].map { i in
          var sum = 0.0
          for j in 0..<count { sum += w[Int(i) * count + j] * down[j] }
          return sum
        }
      }
    }
    return result
  }
}
