extension Network {
  /// One step of a stream. A step without a target clears the traces: what comes before it is not learned from later.
  ///
  /// - Parameters:
  ///   - active: addresses that spiked in this step, each once, ascending.
  ///   - target: the class to learn, or nothing for inference only. Losses that are known at a trial's end cannot be
  ///     learned so; see ``learnTrial(label:in:steps:)``.
  /// - Returns: the loss of the step, 0 without a target.
  @discardableResult
  public func step(
    _ active: [Int32], target: Int?, in state: NetworkState<Scalar>
  ) -> Scalar {
    guard let target else {
      infer(active, in: state)
      return 0
    }
    return step(active, teaching: .label(target), in: state)
  }

  /// One step without learning.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func infer(_ active: [Int32], in state: NetworkState<Scalar>) {
    forward(active, in: state)
    state.clearTraces()
  }

  /// One step that is learned from.
  ///
  /// - Returns: the loss of the step.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  @discardableResult
  public func step(
    _ active: [Int32], teaching target: Target, in state: NetworkState<Scalar>
  ) -> Scalar {
    precondition(!configuration.loss.kind.isKnownAtEnd, "a loss that is known at a trial's end")
    forward(active, in: state)
    begin(state)
    let loss: Scalar
    if configuration.loss.kind.isOfFilteredOutputs {
      loss = state.loss.evaluate(filtered: state.observed, target: target, error: state.error)
      if let filter = state.filter {
        state.output.take(learningSignal: state.error)
        state.output.passOn(kernel: filter.kernel)
      } else {
        state.output.passOn(error: state.error)
      }
    } else {
      guard case .label(let label) = target else { preconditionFailure("a train for \(target)") }
      loss = state.loss.evaluate(
        spikes: state.readout.spikes, label: label, spikeAdjoint: state.spikeAdjoint,
        timeAdjoint: state.timeAdjoint)
      state.output.passOn(spikeAdjoint: state.spikeAdjoint, timeAdjoint: state.timeAdjoint)
    }
    learn(active, target, in: state)
    return loss
  }

  func forward(_ active: [Int32], in state: NetworkState<Scalar>) {
    var spikes = active
    for (layer, layerState) in zip(layers, state.layers) {
      let neurons = layerState.neurons
      if let recurrent = layer.recurrent {
        recurrent.deliver(neurons.spikes, to: neurons.input)
      }
      layer.input.deliver(spikes, to: neurons.input)
      neurons.step(threshold: layer.threshold.stored, bias: layer.bias?.stored)
      spikes = neurons.spikes
      if let local = layerState.localReadout, let feedback = layer.feedback {
        Kernels.addRows(spikes, of: feedback, to: local.input)
        local.step(threshold: layer.threshold.stored, bias: nil)
      }
    }
    let readout = state.readout
    output.input.deliver(spikes, to: readout.input)
    readout.step(threshold: output.threshold.stored, bias: output.bias?.stored)
    state.filter?.step(readout.spikes)
  }

  func begin(_ state: NetworkState<Scalar>) {
    state.hasTraces = true
    for layer in state.allLayers { layer.evaluate(surrogate, configuration.gradient) }
  }

  /// From the readout's delta on: the learning signals, and what they change.
  func learn(_ active: [Int32], _ target: Target, in state: NetworkState<Scalar>) {
    for index in layers.indices.reversed() {
      let (layer, layerState) = (layers[index], state.layers[index])
      let isLast = index == layers.count - 1
      let above = isLast ? state.output : state.layers[index + 1]
      let aboveLayer = isLast ? output : layers[index + 1]
      let signal = layerState.learningSignal
      switch configuration.credit {
      case .symmetric, .instantaneous:
        aboveLayer.input.multiply(by: above.delta, into: signal)
      case .random:
        layer.feedBack(state.output.delta, into: signal)
      case .local:
        guard let local = layerState.localReadout, let error = layerState.localError
        else { break }
        guard case .label(let label) = target else { break }
        _ = state.loss.evaluate(apart: local.membrane, label: label, error: error)
        layer.feedBack(error, into: signal)
      }
      regularisers[index].apply(spikes: layerState.neurons.spikes, to: signal)
      layerState.passOn(kernel: aboveLayer.model.kernel)
      above.learn(layerState.neurons.spikes, aboveLayer, rate: stepRate)
    }
    state.layers[0].learn(active, layers[0], rate: stepRate)
    state.pendingSteps += 1
    let optimiser = configuration.optimiser
    if optimiser.update == .steps, state.pendingSteps == optimiser.everySteps { update(state) }
  }
}
