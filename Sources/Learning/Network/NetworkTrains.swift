/// Trials whose output spikes are given, and weights that somebody else moves: for experiments.
extension Network {
  /// The gradient of a trial whose output spikes are given, for `spike_train`; the trial runs from a cleared state.
  ///
  /// - Parameters:
  ///   - steps: the active addresses of each step, ascending.
  ///   - trains: the outputs that should spike in each step.
  ///   - state: where the gradient is left.
  /// - Returns: the loss of the trial.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func sumGradient(
    _ steps: [[Int32]], trains: [[Int32]], in state: NetworkState<Scalar>
  ) -> Scalar {
    precondition(steps.count == trains.count)
    state.reset()
    var loss: Scalar = 0
    for (active, train) in zip(steps, trains) {
      loss += step(active, teaching: .train(train), in: state)
    }
    return loss
  }

  /// Lets the caller move the weights of each connection along the gradient that `state` has summed, row by row.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func moveWeights(
    in state: NetworkState<Scalar>,
    by move: (_ name: String, _ weights: inout [Scalar], _ gradient: [Scalar]) -> Void
  ) {
    state.carryOver()
    for (layer, layerState) in zip(allLayers, state.allLayers) {
      for (connection, eligibility) in zip(layer.connections, layerState.eligibilities) {
        var weights = connection.stored.contents
        move(connection.name, &weights, eligibility.gradient.sums.contents)
        connection.stored.contents = weights
        connection.markChanged(Array(0..<Int32(connection.stored.rows)))
      }
    }
  }
}
