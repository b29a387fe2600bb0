import Foundation
import Learning

extension OutputErrors {
  /// Losses that are a sum over steps of a function of Y: their value and dL/dY.
  static func filtered(
    _ configuration: LearnerConfiguration, _ y: [[Double]], _ target: ReferenceTarget
  ) -> (loss: Double, errors: [[Double]]) {
    let wantedTrain =
      configuration.loss.kind == .spikeTrain
      ? wantedOutputs(configuration, y, target) : nil
    var loss = 0.0
    var errors: [[Double]] = []
    for t in y.indices {
      var (value, error) = (0.0, y[t].map { _ in 0.0 })
      if let wantedTrain {
        if target.isLearned(t) {
          error = zip(y[t], wantedTrain[t]).map(-)
          value = halfSquare(error)
        }
      } else if let label = target.label(t) {
        (value, error) = step(configuration, y[t], label, t)
      }
      loss += value
      errors.append(error)
    }
    return (loss, errors)
  }

  private static func halfSquare(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 / 2 } }

  private static func step(
    _ configuration: LearnerConfiguration, _ y: [Double], _ label: Int, _ t: Int
  ) -> (Double, [Double]) {
    let horizon = configuration.trialSteps
    // Steps are counted from 1 where targets grow.
    let grown = min(1, Double(t + 1) / horizon)
    var error = y
    switch configuration.loss.kind {
    case .softmaxCrossEntropy:
      let top = y.max() ?? 0
      let normaliser = top + log(y.reduce(0) { $0 + exp($1 - top) })
      for k in y.indices { error[k] = exp(y[k] - normaliser) - (k == label ? 1 : 0) }
      return (normaliser - y[label], error)
    case .spikeCountOnline:
      for k in y.indices { error[k] = y[k] - configuration.wanted(k, label) * grown }
      return (halfSquare(error) / horizon, error.map { $0 / horizon })
    case .enhancedCountOnline:
      for k in y.indices {
        error[k] = configuration.enhanced(
          k, label, count: y[k], target: configuration.wanted(k, label) * grown)
      }
      return (halfSquare(error) / horizon, error.map { $0 / horizon })
    default:
      for k in y.indices { error[k] = y[k] - configuration.wanted(k, label) }
      return (halfSquare(error), error)
    }
  }

  /// Y*: the target spikes through the kernel of the loss, convolved as it is written.
  private static func wantedOutputs(
    _ configuration: LearnerConfiguration, _ y: [[Double]], _ target: ReferenceTarget
  ) -> [[Double]] {
    let outputs = y.first?.count ?? 0
    var kernel: [Double] = []
    let shape = configuration.lossKernel
    var (current, membrane) = (1.0, 0.0)
    for _ in y.indices {
      membrane = shape.membrane * membrane + shape.gain * current
      current *= shape.current
      kernel.append(membrane)
    }
    var wanted = [[Double]](repeating: [Double](repeating: 0, count: outputs), count: y.count)
    for k in 0..<outputs {
      for u in wantedSteps(configuration, k, target, steps: y.count) {
        for t in u..<y.count { wanted[t][k] += kernel[t - u] }
      }
    }
    return wanted
  }

  /// The steps of the target spikes of output `k`.
  private static func wantedSteps(
    _ configuration: LearnerConfiguration, _ k: Int, _ target: ReferenceTarget, steps: Int
  ) -> [Int] {
    if case .trains(let trains) = target { return trains.indices.filter { trains[$0][k] } }
    // One train belongs to one label.
    guard let label = (0..<steps).lazy.compactMap({ target.label($0) }).first else { return [] }
    let number = Int(configuration.wanted(k, label).rounded())
    return (0..<number)
      .map { Int(((Double($0) + 0.5) * configuration.trialSteps / Double(number)).rounded(.down)) }
      .filter { $0 < steps }
  }
}
