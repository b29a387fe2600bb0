import Learning

extension ReferenceNetwork {
  /// The hidden layers' adjoints with the terms that the forward rule keeps: what a layer passes down is what it does
  /// within the step, and its memory is the kernel of the layer above, which nothing cuts.
  func forwardAdjoints(
    _ trial: ReferenceTrial, _ top: Adjoint, _ errors: OutputErrors, _ target: ReferenceTarget,
    _ rateErrors: [[[Double]]]
  ) -> [Adjoint] {
    let gradient = configuration.gradient
    let outputDelta = readoutDelta(top, errors)
    var delta = outputDelta
    var adjoints: [Adjoint] = []
    for index in layers.indices.reversed() {
      var above = dynamics(above: index)
      var signals: [[Double]]
      switch configuration.credit {
      case .symmetric, .instantaneous:
        let weights = index + 1 < layers.count ? layers[index + 1].weights : readout.weights
        signals = delta.map { product(weights, $0) }
      case .random:
        above = Dynamics(readout: configuration)
        signals = outputDelta.map { product(feedback[index], $0) }
      case .local:
        above = Dynamics(readout: configuration)
        signals = localErrors(index, trial, target).map { product(feedback[index], $0) }
      }
      for t in signals.indices { add(1, rateErrors[index][t], to: &signals[t]) }
      let adjoint = Adjoint(
        configuration, Dynamics(hidden: configuration), trial.layers[index], isSoft: trial.isSoft)
      delta = passedDown(adjoint, signals, above.kernel)
      if configuration.credit == .instantaneous {
        // g += delta x: what delta holds besides psi, as an error of the spike.
        let spikes = Series(signals.map { $0.map { $0 * above.kernel.first } })
        adjoint.run(
          gradient, spikeErrors: spikes,
          timeErrors: Series(count: spikes.count, width: spikes.width))
      } else {
        let (spikes, times) = through(above.kernel, signals)
        adjoint.run(gradient, spikeErrors: spikes, timeErrors: times)
      }
      adjoints.insert(adjoint, at: 0)
    }
    return adjoints
  }

  /// delta of the readout.
  private func readoutDelta(_ top: Adjoint, _ errors: OutputErrors) -> [[Double]] {
    guard hasSpikingReadout, !errors.outputs.isEmpty else { return top.direct.rows }
    return passedDown(top, errors.outputs, configuration.lossKernel)
  }

  /// l (lambda_act psi eps[0] - lambda_tim T eps[1] / 2): what spikes do within their step.
  private func passedDown(
    _ layer: Adjoint, _ signals: [[Double]], _ kernel: Kernel
  ) -> [[Double]] {
    let (activation, timing) = (configuration.gradient.activation, configuration.gradient.timing)
    return signals.indices.map { t in
      signals[t].indices.map { j in
        signals[t][j]
          * (activation * layer.surrogate[t][j] * kernel.first
            - timing * layer.slope[t][j] * kernel.second / 2)
      }
    }
  }

  /// dL/dy' of a hidden layer's own readouts: leaky, without bias, with the fixed weights.
  private func localErrors(
    _ index: Int, _ trial: ReferenceTrial, _ target: ReferenceTarget
  ) -> [[Double]] {
    let classes = readout.neurons
    let inputs = trial.layers[index].spikes.map { spikes in
      var sum = [Double](repeating: 0, count: classes)
      for (j, s) in spikes.enumerated() where s != 0 { add(s, feedback[index][j], to: &sum) }
      return sum
    }
    let outputs = filter(inputs, Dynamics(readout: configuration).kernel)
    return OutputErrors.filtered(configuration, outputs, target).errors
  }
}
