import Foundation
import Learning
import Reference

/// The gradient of `OneStep`, forward in time and as literally as it can be written: every kernel is a list, every sum a
/// loop over the past. Only for `mean_square` and a trial with a class for each step. A moved spike has the sign of
/// ANTLR's code: tim_ij[t] = - sum_u eps*[t-u] T_j[u] eV_ij[u].
struct ForwardTraces {
  let network: ReferenceNetwork
  let trial: ReferenceTrial
  let labels: [Int]

  private var configuration: LearnerConfiguration { network.configuration }
  private var act: Double { configuration.gradient.activation }
  private var tim: Double { configuration.gradient.timing }
  private var steps: Int { trial.steps }

  private struct Layer {
    var weights: ReferenceNetwork.Layer
    var trial: ReferenceTrial.Layer
    var tau: Double
    var tauSynapse: Double
    /// The largest value of the layer's own kernel is 1.
    var bV: Double
    var reset: LearnerConfiguration.Reset
    var adaptation = 0.0
    var rho = 0.0
    var spiking = true
  }

  private func decay(_ tau: Double) -> Double { tau == 0 ? 0 : exp(-1 / tau) }

  private func kernel(_ tau: Double, _ tauSynapse: Double) -> [Double] {
    let (aV, aI) = (decay(tau), decay(tauSynapse))
    let raw = (0..<max(steps + 2, 300)).map { n in
      (0...n).reduce(0.0) { $0 + pow(aI, Double($1)) * pow(aV, Double(n - $1)) }
    }
    return raw.map { $0 / (raw.max() ?? 1) }
  }

  private func psi(_ layer: Layer, _ t: Int, _ j: Int) -> Double {
    guard layer.trial.isReady[t][j] else { return 0 }
    let distance = layer.trial.membranes[t][j] - layer.trial.thresholds[t][j]
    let surrogate = configuration.surrogate
    return surrogate.height * exp(-abs(distance) / surrogate.width)
  }

  private func slope(_ layer: Layer, _ t: Int, _ j: Int) -> Double {
    let v = layer.trial.membranes
    let (before, s) = t > 0 ? (v[t - 1][j], layer.trial.spikes[t - 1][j]) : (0, 0)
    let rest =
      layer.reset == .subtract ? before - layer.weights.thresholds[j] * s : before * (1 - s)
    return -layer.trial.spikes[t][j] / max(v[t][j] - rest, configuration.gradient.slopeFloor)
  }

  /// eV and x of one synapse, or of a bias for nil.
  private func eligibility(
    _ layer: Layer, _ pre: ((Int) -> Double)?, _ j: Int
  ) -> (eV: [Double], x: [Double]) {
    let (aV, aI) = (decay(layer.tau), decay(layer.tauSynapse))
    var (eI, eV, eA) = (0.0, 0.0, 0.0)
    var result: (eV: [Double], x: [Double]) = ([], [])
    for t in 0..<steps {
      let s = layer.spiking && t > 0 ? layer.trial.spikes[t - 1][j] : 0
      let r = layer.reset == .zeroBoth ? 1 - s : 1
      let q = layer.reset == .subtract ? 1 : 1 - s
      if let pre {
        eI = aI * r * eI + pre(t)
        eV = aV * q * eV + layer.bV * eI
      } else {
        eV = aV * q * eV + 1
      }
      let x = eV - layer.adaptation * eA
      if layer.spiking { eA = layer.rho * eA + psi(layer, t, j) * x }
      result.eV.append(eV)
      result.x.append(x)
    }
    return result
  }

  /// g of one synapse whose layer feeds the kernel `eps` with signal `l`; without a kernel `l` is delta.
  private func gradient(
    _ layer: Layer, _ j: Int, eps: [Double]?, l: [[Double]],
    _ trace: (eV: [Double], x: [Double])
  ) -> Double {
    guard let eps else {
      return (0..<steps).reduce(0) { $0 + l[$1][j] * trace.x[$1] }
    }
    var g = 0.0
    let spread = (0..<steps).map { psi(layer, $0, j) * trace.x[$0] }
    let moved = (0..<steps).map { -slope(layer, $0, j) * trace.eV[$0] }
    for t in 0..<steps {
      var sum = 0.0
      for u in 0...t {
        let n = t - u
        let derivative = (eps[n + 1] - (n > 0 ? eps[n - 1] : 0)) / 2
        sum += act * eps[n] * spread[u] + tim * derivative * moved[u]
      }
      g += l[t][j] * sum
      if t > 0 { g += tim * l[t - 1][j] * moved[t] * eps[0] / 2 }
    }
    return g
  }

  private func all(
    _ layer: Layer, _ index: Int, eps: [Double]?, l: [[Double]]
  ) -> [Double] {
    func input(_ i: Int) -> (Int) -> Double {
      { t in
        index == 0
          ? (trial.input[t].contains(Int32(i)) ? 1 : 0) : trial.layers[index - 1].spikes[t][i]
      }
    }
    let neurons = layer.weights.neurons
    var numbers: [Double] = []
    func add(_ j: Int, _ pre: ((Int) -> Double)?) {
      numbers.append(gradient(layer, j, eps: eps, l: l, eligibility(layer, pre, j)))
    }
    for i in layer.weights.weights.indices {
      for j in 0..<neurons { add(j, input(i)) }
    }
    for h in (layer.weights.recurrent ?? []).indices {
      for j in 0..<neurons {
        if h == j {
          numbers.append(0)
        } else {
          add(j) { t in t > 0 ? layer.trial.spikes[t - 1][h] : 0 }
        }
      }
    }
    for j in 0..<neurons { add(j, nil) }
    return numbers
  }

  private func meanSquare(_ y: [[Double]]) -> [[Double]] {
    y.enumerated().map { t, y in
      y.enumerated().map { k, y in
        y - (k == labels[t] ? configuration.loss.target : configuration.loss.other)
      }
    }
  }

  private func times(_ weights: [[Double]], _ delta: [[Double]]) -> [[Double]] {
    delta.map { d in weights.map { zip($0, d).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  private func delta(_ layer: Layer, _ l: [[Double]], _ eps: [Double]) -> [[Double]] {
    l.indices.map { t in
      l[t].indices.map { j in
        l[t][j]
          * (act * psi(layer, t, j) * eps[0] - tim * slope(layer, t, j) * eps[1] / 2)
      }
    }
  }

  /// In the order of `ReferenceGradients.numbers`.
  var numbers: [Double] {
    let (hidden, out) = (configuration.hidden, configuration.readout)
    let outputKernel = kernel(out.tau, out.tauSynapse)
    let hiddenKernel = kernel(hidden.tauMembrane, hidden.tauSynapse)
    let readout = Layer(
      weights: network.readout, trial: trial.readout, tau: out.tau, tauSynapse: out.tauSynapse,
      bV: outputKernel[0],
      reset: out.kind == .spiking ? out.reset : .subtract, spiking: out.kind == .spiking)
    let e = meanSquare(trial.outputs)
    let lossKernel = kernel(configuration.loss.tau, configuration.loss.tauSynapse)
    let outputDelta = readout.spiking ? delta(readout, e, lossKernel) : e
    let count = network.layers.count
    var parts = [
      all(readout, count, eps: readout.spiking ? lossKernel : nil, l: e)
    ]
    var below = outputDelta
    for index in (0..<count).reversed() {
      let layer = Layer(
        weights: network.layers[index], trial: trial.layers[index], tau: hidden.tauMembrane,
        tauSynapse: hidden.tauSynapse, bV: hiddenKernel[0], reset: hidden.reset,
        adaptation: hidden.adaptation.strength, rho: decay(hidden.adaptation.tau))
      let isTop = index + 1 == count
      let weights = isTop ? network.readout.weights : network.layers[index + 1].weights
      var eps = isTop ? outputKernel : hiddenKernel
      let l: [[Double]]
      switch configuration.credit {
      case .symmetric, .instantaneous: l = times(weights, below)
      case .random: (l, eps) = (times(network.feedback[index], outputDelta), outputKernel)
      case .local:
        let b = network.feedback[index]
        let spikes = layer.trial.spikes
        let outputs = (0..<steps).map { t in
          b[0].indices.map { k in
            (0...t).reduce(0.0) { sum, u in
              sum + outputKernel[t - u] * b.indices.reduce(0.0) { $0 + b[$1][k] * spikes[u][$1] }
            }
          }
        }
        (l, eps) = (times(b, meanSquare(outputs)), outputKernel)
      }
      below = delta(layer, l, eps)
      let isNow = configuration.credit == .instantaneous
      parts.insert(all(layer, index, eps: isNow ? nil : eps, l: isNow ? below : l), at: 0)
    }
    return parts.flatMap { $0 }
  }
}
