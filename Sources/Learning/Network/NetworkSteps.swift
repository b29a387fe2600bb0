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
    active.withUnsafeBufferPointer { forward($0, in: state) }
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
    return active.withUnsafeBufferPointer { learn($0, teaching: target, in: state) }
  }

  private func learn(
    _ active: Indices, teaching target: Target, in state: NetworkState<Scalar>
  ) -> Scalar {
    forward(active, in: state)
    begin(state)
    let loss: Scalar
    if configuration.loss.kind.isOfFilteredOutputs {
      loss = state.loss.evaluate(filtered: state.observed, target: target, error: state.error)
      if let filter = state.filter {
        state.output.take(learningSignal: state.error)
        state.output.passOn(kernel: filter.kernel, lanes: 0..<state.output.lanes)
      } else {
        state.output.passOn(error: state.error)
      }
    } else {
      guard case .label(let label) = target else { preconditionFailure("a train for \(target)") }
      loss = state.loss.evaluate(
        spikes: state.readout.fired.members, label: label, spikeAdjoint: state.spikeAdjoint,
        timeAdjoint: state.timeAdjoint)
      state.output.passOn(spikeAdjoint: state.spikeAdjoint, timeAdjoint: state.timeAdjoint)
    }
    learn(active, target, in: state)
    return loss
  }

  /// Calls `body` for all lanes of `layer`, by several threads where these share it.
  @inline(__always)
  func split(_ layer: Layer<Scalar>, _ body: (Range<Int>) -> Void) {
    let matrix = layer.threshold.stored
    if let team, layer.isSplit {
      team.split(matrix.lanes, body)
    } else {
      body(0..<matrix.usedLanes)
    }
  }

  func forward(_ active: Indices, in state: NetworkState<Scalar>) {
    var spikes = active
    for index in layers.indices {
      let (layer, layerState) = (layers[index], state.layers[index])
      let below = spikes
      layerState.open(below, layer)
      split(layer) { layerState.integrate(below, layer, lanes: $0) }
      layerState.close(below, layer)
      spikes = layerState.neurons.fired.members
      if let local = layerState.localReadout, let feedback = layer.feedback {
        Kernels.addRows(
          spikes, of: feedback, to: local.input, lanes: 0..<local.input.laneCount)
        local.step(threshold: layer.threshold.stored, bias: nil)
      }
    }
    state.output.open(spikes, output)
    state.output.integrate(spikes, output, lanes: 0..<state.output.lanes)
    state.output.close(spikes, output)
    state.filter?.step(state.readout.fired.members)
  }

  /// Begins what a step is learned with.
  func begin(_ state: NetworkState<Scalar>) {
    state.hasTraces = true
    for layer in state.allLayers { layer.evaluateTiming() }
    state.output.evaluate(surrogate, lanes: 0..<state.output.lanes)
  }

  /// From the readout's delta on: the learning signals, and what they change.
  func learn(_ active: Indices, _ target: Target, in state: NetworkState<Scalar>) {
    let rate = stepRate
    for index in layers.indices.reversed() {
      let (layer, layerState) = (layers[index], state.layers[index])
      let isLast = index == layers.count - 1
      let above = isLast ? state.output : state.layers[index + 1]
      let aboveLayer = isLast ? output : layers[index + 1]
      let regulariser = regularisers[index]
      regulariser.advance(spikes: layerState.neurons.fired.members)
      evaluateLocalError(layerState, target, state)
      let spikes = layerState.neurons.fired.members
      // The lowest layer takes its signals in at once; weights of other layers must not move before they are read.
      if index == 0 { layerState.inject(active, rate: rate) }
      split(layer) { lanes in
        layerState.evaluate(surrogate, lanes: lanes)
        signal(layer, layerState, aboveLayer, above, state, lanes: lanes)
        regulariser.apply(to: layerState.learningSignal, lanes: lanes)
        if index > 0 || configuration.credit == .instantaneous {
          layerState.passOn(kernel: aboveLayer.model.kernel, lanes: lanes)
        }
        if index == 0 { layerState.accumulate(rate: rate, lanes: lanes) }
      }
      aboveLayer.input.noteMultiplied()
      layer.noteFedBack()
      above.inject(spikes, rate: rate)
      split(aboveLayer) { above.accumulate(rate: rate, lanes: $0) }
      above.learn(spikes, aboveLayer, rate: rate, split: split)
    }
    state.layers[0].learn(active, layers[0], rate: rate, split: split)
    state.pendingSteps += 1
    let optimiser = configuration.optimiser
    if optimiser.update == .steps, state.pendingSteps == optimiser.everySteps { update(state) }
  }

  /// Of local credit, the error of the layer's own readout.
  @inline(__always)
  private func evaluateLocalError(
    _ layerState: LayerState<Scalar>, _ target: Target, _ state: NetworkState<Scalar>
  ) {
    guard let local = layerState.localReadout, let error = layerState.localError,
      case .label(let label) = target
    else { return }
    _ = state.loss.evaluate(apart: local.membrane, label: label, error: error)
  }

  /// The learning signal that comes from above, in `lanes`.
  @inline(__always)
  private func signal(
    _ layer: Layer<Scalar>, _ layerState: LayerState<Scalar>, _ aboveLayer: Layer<Scalar>,
    _ above: LayerState<Scalar>, _ state: NetworkState<Scalar>, lanes: Range<Int>
  ) {
    let signal = layerState.learningSignal
    switch configuration.credit {
    case .symmetric, .instantaneous:
      aboveLayer.input.multiply(by: above.delta, into: signal, lanes: lanes)
    case .random:
      layer.feedBack(state.output.delta, into: signal, lanes: lanes)
    case .local:
      guard let error = layerState.localError else { break }
      layer.feedBack(error, into: signal, lanes: lanes)
    }
  }
}
