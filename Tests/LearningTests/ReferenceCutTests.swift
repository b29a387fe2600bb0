import Foundation
import Learning
import Reference
import Testing

/// The hybrid gradient of a network of current-based neurons that clear both states, with the recursions of ANTLR's code
/// (Kim, Kim and Kim 2020, `tprop_dLdV_to_dLdT` and `prop_dLdV_to_dLdI`) and the step before a spike, which the code
/// leaves out and algorithm 3 of the paper has.
@Suite struct ReferenceCutTests {
  /// What the layer above passes down, and its own states.
  struct Above {
    var direct: [[Double]]
    var current: [[Double]]
    var shift: [[Double]]
  }

  let aV = 0.9
  let aI = 0.8

  var bV: Double {
    1 / ((1..<100).map { (pow(aV, Double($0)) - pow(aI, Double($0))) / (aV - aI) }.max() ?? 1)
  }

  var configuration: LearnerConfiguration {
    referenceConfiguration {
      $0.hidden.neurons = [7, 6]
      $0.hidden.reset = .zeroBoth
      ($0.hidden.tauMembrane, $0.hidden.tauSynapse) = (-1 / log(aV), -1 / log(aI))
      $0.readout.kind = .spiking
      $0.readout.reset = .zeroBoth
      ($0.readout.tau, $0.readout.tauSynapse) = (-1 / log(aV), -1 / log(aI))
      $0.initialisation.hiddenGain = 4
      $0.initialisation.readoutGain = 5
      $0.gradient.activation = 1
      $0.gradient.timing = 1
      $0.loss.kind = .spikeTrain
      ($0.loss.target, $0.loss.other) = (4, 2)
    }
  }

  func states(
    _ layer: ReferenceTrial.Layer, thresholds: [Double], dS: [[Double]], dT: [[Double]]
  ) -> Above {
    let steps = layer.spikes.count
    let zeros = [Double](repeating: 0, count: thresholds.count)
    var above = Above(
      direct: [[Double]](repeating: zeros, count: steps),
      current: [[Double]](repeating: zeros, count: steps),
      shift: [[Double]](repeating: zeros, count: steps))
    for j in thresholds.indices {
      var (membrane, current, first, second, next) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for t in (0..<steps).reversed() {
        let (v, s) = (layer.membranes[t][j], layer.spikes[t][j])
        let left = t > 0 ? layer.membranes[t - 1][j] * (1 - layer.spikes[t - 1][j]) : 0
        let psi = exp(-abs(v - thresholds[j]) / 0.4)
        let dV = psi * dS[t][j] - s * dT[t][j] / max(v - left, 0.01)
        membrane = dV + aV * (1 - s) * membrane
        current = bV * membrane + aI * (1 - s) * current
        first = (1 - s) * (next / 2 + aV * first) - aV * dV / 2
        second = aI * (1 - s) * second - bV * aI * dV / 2 + bV * first
        next = dV
        above.direct[t][j] = dV
        above.current[t][j] = current
        above.shift[t][j] = second
      }
    }
    return above
  }

  @Test("Moved spikes act on layers above until these reset")
  func cut() {
    let run = ReferenceRun(configuration)
    let trial = run.network.run(run.input)
    let (_, gradient) = run.network.gradient(of: trial, target: .label(1), terms: .full)
    for spikes in trial.spikeCounts { #expect(spikes > 15) }
    #expect(trial.readout.spikes.joined().reduce(0, +) > 5)

    // From the outputs down, with an error of the outputs of its own, so that only the layers below are compared.
    let (dS, dT) = outputErrors(trial)
    var above = states(
      trial.readout, thresholds: run.network.readout.thresholds, dS: dS, dT: dT)
    for index in [1, 0] {
      let weights = index == 1 ? run.network.readout.weights : run.network.layers[1].weights
      func down(_ x: [[Double]]) -> [[Double]] {
        x.map { x in weights.map { zip($0, x).reduce(0) { $0 + $1.0 * $1.1 } } }
      }
      var moved = down(above.shift)
      let before = down(above.direct)
      for t in moved.indices.dropFirst() {
        for j in moved[t].indices { moved[t][j] -= before[t - 1][j] * bV / 2 }
      }
      let layer = trial.layers[index]
      let own = run.network.layers[index]
      above = states(layer, thresholds: own.thresholds, dS: down(above.current), dT: moved)
      var expected = own.weights.map { $0.map { _ in 0.0 } }
      for t in run.input.indices {
        for i in expected.indices {
          let s =
            index == 0
            ? (run.input[t].contains(Int32(i)) ? 1 : 0) : trial.layers[0].spikes[t][i]
          for j in expected[i].indices { expected[i][j] += s * above.current[t][j] }
        }
      }
      let found = gradient.layers[index].weights.flatMap { $0 }
      #expect(relativeError(found, expected.flatMap { $0 }) < 1e-12)
    }
  }

  /// Of Y - Y*, through a loss kernel of one decay.
  private func outputErrors(_ trial: ReferenceTrial) -> (dS: [[Double]], dT: [[Double]]) {
    let steps = trial.outputs.count
    let decay = exp(-1 / configuration.loss.tau)
    func eps(_ n: Int) -> Double { n < 0 ? 0 : pow(decay, Double(n)) }
    let errors = (0..<steps).map { t in
      (0..<3).map { k in
        let spikes = k == 1 ? 4 : 2
        let wanted = (0..<spikes).reduce(0.0) { sum, m in
          let step = Int((Double(m) + 0.5) * 60 / Double(spikes))
          return sum + eps(t - step)
        }
        return trial.outputs[t][k] - wanted
      }
    }
    func sum(_ kernel: (Int) -> Double) -> [[Double]] {
      (0..<steps).map { u in
        (0..<3).map { k in (0..<steps).reduce(0.0) { $0 + kernel($1 - u) * errors[$1][k] } }
      }
    }
    return (sum(eps), sum { -(eps($0 + 1) - eps($0 - 1)) / 2 })
  }
}
