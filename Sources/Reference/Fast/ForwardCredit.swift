import Learning

/// What a layer keeps for the forward-in-time rule's gradient (`Terms.asForward`), step by step.
final class ForwardCredit {
  /// What the layer passes down: what it does within the step.
  let deltas: Rows
  /// What it is told, which stands at the other end of the kernel of the layer above.
  let signals: Rows
  /// dL/dS and dL/dt of that.
  let spikes: Rows
  let times: Rows

  init(width: Int) {
    func rows() -> Rows { Rows(count: 0, width: width) }
    (deltas, signals, spikes, times) = (rows(), rows(), rows(), rows())
  }

  func reserve(_ steps: Int) {
    for rows in [deltas, signals, spikes, times] { rows.reserve(steps) }
  }
}

extension FastLayer {
  /// What the layer above passes down, through its kernel, which nothing cuts; see ``ReferenceNetwork/through(_:_:)``.
  func credit(from above: FastLayer) -> FastErrors {
    guard let credit, let deltas = above.credit?.deltas else {
      preconditionFailure("a layer without credit")
    }
    let kernel = above.dynamics.kernel
    let (a, d, gain) = (Float(kernel.membrane), Float(kernel.current), Float(kernel.gain))
    // The trial is over, and its last state of no more use.
    let (sum, state) = (membrane.start, current.start)
    membrane.clear()
    current.clear()
    for t in stride(from: end - 1, through: 0, by: -1) {
      let (signal, row) = (credit.signals.row(t), credit.spikes.row(t))
      signal.update(repeating: 0, count: width)
      if t < above.end { _ = addProducts(with: deltas.row(t), of: above, factor: 1, to: signal) }
      for j in 0..<width {
        sum[j] = a * sum[j] + signal[j]
        state[j] = d * state[j] + gain * sum[j]
        row[j] = state[j]
      }
    }
    for t in 0..<end {
      let times = credit.times.row(t)
      // One step before the trial the kernel still goes on.
      for j in 0..<width {
        let before = t > 0 ? credit.spikes.row(t - 1)[j] : d * state[j] + gain * a * sum[j]
        let after = t + 1 < end ? credit.spikes.row(t + 1)[j] : 0
        times[j] = (after - before) / 2
      }
    }
    return .filtered(credit, kernel)
  }

  /// delta[t]: what the layer is told times what its spikes do within the step, or else its error itself.
  func keepDelta(_ configuration: LearnerConfiguration, _ errors: FastErrors, _ t: Int) {
    guard let credit, case .filtered(_, let kernel) = errors else { return }
    let (c, delta, signal) = (self.errors.start, credit.deltas.row(t), credit.signals.row(t))
    let activation = Float(configuration.gradient.activation * kernel.first)
    for j in 0..<width { c[j] = activation * signal[j] }
    throughSurrogate(configuration.surrogate, t)
    let timing = Float(configuration.gradient.timing * kernel.second / 2)
    for index in spikes.range(t) {
      let j = Int(spikes.neuron[index])
      c[j] -= timing * spikes.slope[index] * signal[j]
    }
    delta.update(from: c, count: width)
  }
}
