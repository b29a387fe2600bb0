extension Network {
  /// Ends a trial that was learned from: the weights move along the gradient that the state has summed.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func endTrial(in state: NetworkState<Scalar>) {
    if configuration.optimiser.update != .step, state.pendingSteps > 0 {
      state.carryOver()
      if configuration.gradient.noSpikeWeight > 0 { strengthenSilentNeurons(in: state) }
      update(state)
    }
    state.pendingSteps = 0
    if configuration.optimiser.update == .step { lookAfterUpdate() }
    resume(learnedTrials: learnedTrials + 1)
  }

  /// Learns from a whole trial, which is run from a cleared state: once, or twice where the loss is known at its end only
  /// (first without learning, to see what the outputs do). The state is that of the trial's end afterwards; the weights
  /// move with ``endTrial(in:)``, which is called.
  ///
  /// - Parameters:
  ///   - label: the class.
  ///   - steps: calls its argument with the active addresses of each step, ascending; the same at each call. Nothing
  ///     stands for a silence after which membranes and traces begin anew.
  /// - Returns: the loss of the trial; nothing, and nothing learned, if it has more steps than
  ///   ``OutputRecord/largest`` allows.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  @discardableResult
  public func learnTrial(
    label: Int, in state: NetworkState<Scalar>, steps: (([Int32]?) -> Void) -> Void
  ) -> Scalar? {
    guard let loss = sumGradient(label: label, in: state, steps: steps) else { return nil }
    if configuration.loss.kind == .enhancedCount {
      spikeRatio[0] = EnhancedCount.updated(ratio: spikeRatio[0], record: record, label: label)
    }
    endTrial(in: state)
    return loss
  }

  /// What ``learnTrial(label:in:steps:)`` does before the weights move: leaves the gradient in the state.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sumGradient(
    label: Int, in state: NetworkState<Scalar>, observe: (() -> Void)? = nil,
    steps: (([Int32]?) -> Void) -> Void
  ) -> Scalar? {
    precondition(label >= 0 && label < configuration.classes, "a label of \(label)")
    state.reset()
    guard let trialLoss else {
      var sum: Scalar = 0
      steps { active in
        guard let active else { return state.clearDynamics() }
        sum += step(active, target: label, in: state)
        observe?()
      }
      return sum
    }
    record.reset()
    steps { active in
      guard let active else { return state.clearDynamics() }
      infer(active, in: state)
      record.append(spikes: state.readout.fired.members)
    }
    guard record.isComplete else { return nil }
    let loss = trialLoss.evaluate(record, label: label, ratio: spikeRatio[0])
    state.reset()
    var index = 0
    steps { active in
      guard let active else { return state.clearDynamics() }
      active.withUnsafeBufferPointer { active in
        forward(active, in: state)
        begin(state)
        trialLoss.adjoints(
          at: index, spikeAdjoint: state.spikeAdjoint, timeAdjoint: state.timeAdjoint)
        state.output.passOn(spikeAdjoint: state.spikeAdjoint, timeAdjoint: state.timeAdjoint)
        learn(active, .label(label), in: state)
      }
      index += 1
      observe?()
    }
    return loss
  }

  func update(_ state: NetworkState<Scalar>) {
    state.carryOver()
    let gradients = state.allLayers.flatMap { $0.eligibilities.map(\.gradient) }
    let isAdmitted = admits(gradients)
    if isAdmitted {
      optimiser.apply(gradients, learnedTrials: learnedTrials, factor: guardFactor)
    }
    state.clearGradient()
    for layer in state.allLayers { layer.eligibilities.forEach { $0.endPeriod() } }
    if isAdmitted { lookAfterUpdate() }
  }

  /// The penalty of Yamamoto et al. 2022 and of ANTLR's timing rule on neurons that stay silent for a whole trial.
  private func strengthenSilentNeurons(in state: NetworkState<Scalar>) {
    for (layer, layerState) in zip(allLayers, state.allLayers) where layer.model.isSpiking {
      let silent = (0..<layerState.neurons.spikeCounts.count).filter {
        layerState.neurons.spikeCounts.numbers[$0] == 0
      }
      guard !silent.isEmpty else { continue }
      let withoutBias = [layerState.input, layerState.recurrent].compactMap { $0 }
      for gradient in withoutBias.map(\.gradient) {
        let amount = Scalar(configuration.gradient.noSpikeWeight) / Scalar(gradient.sums.rows)
        for row in gradient.rows {
          for index in silent { gradient.sums.scalars(ofRow: Int(row))[index] -= amount }
        }
      }
    }
  }

  /// The gradient that `state` has summed since its reset, row by row, by the name of the connection.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func gradients(in state: NetworkState<Scalar>) -> [(name: String, values: [Scalar])] {
    zip(allLayers, state.allLayers).flatMap { layer, layerState in
      zip(layer.connections, layerState.eligibilities).map { connection, eligibility in
        (connection.name, eligibility.gradientContents)
      }
    }
  }
}
