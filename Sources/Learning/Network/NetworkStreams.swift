/// The streams that learn into a network's weights.
extension Network {
  /// The state of a stream that has not begun.
  public func makeState() -> NetworkState<Scalar> {
    let readoutKernel = output.model.kernel
    let states = layers.indices.map { index in
      return LayerState(
        layers[index], filter: Self.filter(configuration, index), configuration: configuration,
        carriesErrors: index > 0 && Self.carriesErrors(configuration),
        localKernel: configuration.credit == .local ? readoutKernel : nil)
    }
    let observes = output.model.isSpiking && configuration.loss.kind.isOfFilteredOutputs
    let state = NetworkState(
      layers: states,
      output: LayerState(
        output, filter: observes ? configuration.lossKernel() : nil, configuration: configuration,
        carriesErrors: Self.carriesErrors(configuration), localKernel: nil),
      filter: observes ? OutputFilter(configuration) : nil,
      loss: LossState(configuration), classes: configuration.classes)
    self.states.removeAll { $0.state == nil }
    state.order = (self.states.compactMap { $0.state?.order }.max() ?? -1) + 1
    self.states.append(WeakState(state: state))
    return state
  }

  /// Stores what is pending of all that any stream has learned.
  func carryOver() {
    for entry in states { entry.state?.carryOver() }
  }

  /// Clears what all streams have left, and stores what is pending of it.
  func resetStates() {
    for entry in states { entry.state?.reset() }
  }
}
