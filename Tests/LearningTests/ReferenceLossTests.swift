import Foundation
import Learning
import Reference
import Testing

/// Outputs that spike when, and only when, their own input does: V is 1.5 or 0, psi is 1 and T is -2/3
/// at a spike. The gradient of an output's own weight is then a sum over its input's spikes of the errors.
@Suite struct ReferenceLossTests {
  /// Input and output spikes of three outputs in ten steps.
  static let steps: [[Int32]] = [[], [], [0], [1], [0, 1], [], [1], [0], [], []]

  func evaluate(
    _ kind: LossKind, label: Int = 0, steps: [[Int32]] = steps,
    weights: [Double] = [1.5, 1.5, 1.5],
    ratio: Double = 1, _ change: (inout LearnerConfiguration) -> Void = { _ in }
  ) -> (loss: Double, spikes: [Double], times: [Double], ratio: Double) {
    func run(_ activation: Double, _ timing: Double) -> (Double, [Double], Double) {
      var configuration = smallConfiguration {
        $0.readout.kind = .spiking
        $0.readout.reset = .zero
        $0.readout.tau = 0
        $0.surrogate.function = .boxcar
        $0.surrogate.height = 1
        $0.loss.kind = kind
        $0.loss.tau = 5
        $0.loss.trial = 10
        ($0.loss.target, $0.loss.other) = (4, 1)
        change(&$0)
      }
      (configuration.gradient.activation, configuration.gradient.timing) = (activation, timing)
      var network = ReferenceNetwork(
        configuration: configuration, layers: [],
        readout: .init(
          weights: (0..<3).map { i in (0..<3).map { $0 == i ? weights[i] : 0 } },
          thresholds: [1, 1, 1]))
      network.countRatio = ratio
      let (loss, gradient) = network.gradient(of: network.run(steps), target: .label(label))
      return (
        loss, (0..<3).map { gradient.readout.weights[$0][$0] }, gradient.countRatio
      )
    }
    let (act, tim) = (run(1, 0), run(0, 1))
    return (act.0, act.1, tim.1.map { $0 * -1.5 }, act.2)
  }

  func expect(_ found: [Double], _ expected: [Double]) {
    for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12, "\(found) \(expected)") }
  }

  @Test("spike_count")
  func spikeCount() {
    let result = evaluate(.spikeCount)
    // Three spikes each of 4 and of 1, none of 1.
    #expect(result.loss == 0.5 + 2 + 0.5)
    expect(result.spikes, [-3, 6, 0])
    expect(result.times, [0, 0, 0])
  }

  @Test("enhanced_count")
  func enhancedCount() {
    let result = evaluate(.enhancedCount, ratio: 50)
    // The class counts 50 / 10 times; d = -1, 2, 0 of 10 steps.
    #expect(abs(result.loss - (5 * 1 + 4) / 20.0) < 1e-12)
    expect(result.spikes, [-1.5, 0.6, 0])
    expect(result.times, [3 * 5.0 / 30, 3 * -2.0 / 30, 0])
    #expect(abs(result.ratio - (0.99 * 50 + 0.01)) < 1e-12)
  }

  @Test("spike_count_online and enhanced_count_online")
  func online() {
    let n: [[Double]] = [[0, 0, 1, 1, 2, 2, 2, 3, 3, 3], [0, 0, 0, 1, 2, 2, 3, 3, 3, 3]]
    let wanted: [Double] = [4, 1]
    for kind in [LossKind.spikeCountOnline, .enhancedCountOnline] {
      let result = evaluate(kind)
      for k in 0..<2 {
        let errors = (0..<10).map { t in
          let error = n[k][t] - wanted[k] * Double(t + 1) / 10
          if kind == .spikeCountOnline { return error / 10 }
          return (k == 0 ? min(error, 0) : max(error, 0)) / 10
        }
        let own = Self.steps.indices.filter { Self.steps[$0].contains(Int32(k)) }
        let spikes = own.reduce(0.0) { $0 + errors[$1...].reduce(0, +) }
        // One step later takes half of this step's count away, and of the next before.
        let times = own.reduce(0.0) { $0 - (errors[$1] + errors[$1 - 1]) / 2 }
        #expect(abs(result.spikes[k] - spikes) < 1e-12)
        #expect(abs(result.times[k] - times) < 1e-12)
      }
    }
  }

  @Test("latency")
  func latency() {
    // First spikes at 2 and 3 of 10 steps, one output silent.
    let p = [exp(8 / 5.0), exp(7 / 5.0), 1]
    let sum = p.reduce(0, +)
    let result = evaluate(.latency)
    #expect(abs(result.loss + log(p[0] / sum)) < 1e-12)
    expect(result.times, [-(p[0] / sum - 1) / 5, -p[1] / sum / 5, 0])
    expect(result.spikes, [0, 0, 0])
  }

  @Test("latency_online: a spike is judged by what came before it")
  func latencyOnline() {
    let result = evaluate(.latencyOnline) { $0.loss.trial = 20 }
    let first = exp(18 / 5.0)
    let second = exp(17 / 5.0)
    expect(
      result.times,
      [-(first / (first + 2) - 1) / 5, -(second / (first + second + 1)) / 5, 0])
  }

  @Test("spike_time", arguments: [LossKind.spikeTime, .spikeTimeOnline])
  func spikeTime(_ kind: LossKind) {
    let result = evaluate(kind) { ($0.loss.target, $0.loss.other) = (4, 9) }
    #expect(abs(result.loss - (4 + 36 + 1) / 50.0) < 1e-12)
    expect(result.times, [-2 / 25.0, -6 / 25.0, 0])
  }

  @Test("no_spike_target draws a silent class, online until it spikes")
  func noSpikeTarget() {
    // Weight 0.9 keeps output 2 silent, psi 1 at its inputs.
    let steps: [[Int32]] = [[2], [0], [], [2]]
    for kind in [LossKind.latency, .spikeTime, .latencyOnline, .spikeTimeOnline] {
      let silent = evaluate(kind, label: 2, steps: steps, weights: [1.5, 1.5, 0.9]) {
        $0.gradient.noSpikeTarget = 0.5
      }
      expect(silent.spikes, [0, 0, -1])
      let spiked = evaluate(kind, label: 0, steps: [[0]] + steps, weights: [1.5, 1.5, 0.9]) {
        $0.gradient.noSpikeTarget = 0.5
      }
      expect(spiked.spikes, [0, 0, 0])
    }
  }

  @Test("spike_train: a label's spikes are evenly spread")
  func spikeTrain() {
    // 4 of 10 steps: 1, 3, 6, 8; 1 of 10: 5.
    let steps: [[Int32]] = [[], [0], [], [0], [], [1, 2], [0], [], [0], []]
    #expect(evaluate(.spikeTrain, steps: steps).loss < 1e-24)
    var moved = steps
    (moved[8], moved[9]) = ([], [0])
    let a = exp(-1 / 5.0)
    // One step late: 1 at once, then a - 1 for one step.
    #expect(abs(evaluate(.spikeTrain, steps: moved).loss - (1 + (1 - a) * (1 - a)) / 2) < 1e-12)
  }

  @Test("no_spike_weight draws silent neurons to inputs that spiked")
  func noSpikeWeight() {
    let configuration = referenceConfiguration {
      $0.hidden.neurons = 2
      $0.gradient.noSpikeWeight = 0.3
    }
    let network = ReferenceNetwork(
      configuration: configuration,
      layers: [.init(weights: [[2, 0], [2, 0], [2, 0]], thresholds: [1, 1])],
      readout: .init(weights: [[0, 0, 0], [0, 0, 0]], thresholds: [1, 1, 1]))
    let trial = network.run([[0], [], [2], [], []])
    let (_, gradient) = network.gradient(of: trial, target: .label(0))
    #expect(trial.spikeCounts[0] > 0)
    expect(gradient.layers[0].weights.flatMap { $0 }, [0, -0.1, 0, 0, 0, -0.1])
    expect(gradient.layers[0].bias, [0, 0])
  }
}
