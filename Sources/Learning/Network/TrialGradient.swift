/// The gradient of one connection over a trial, computed elsewhere.
public struct ConnectionGradient<Scalar: LearningScalar>: Equatable, Sendable {
  /// Name of the connection.
  public var name: String
  /// The rows that take part in the update: those whose presynaptic neuron spiked.
  public var rows: [Int32]
  /// dL/dw of all rows, row by row; zero in those that are not among `rows`.
  public var values: [Scalar]

  /// See the properties.
  public init(name: String, rows: [Int32], values: [Scalar]) {
    self.name = name
    self.rows = rows
    self.values = values
  }
}

extension Network {
  /// The running ratio R of the enhanced count loss.
  public var countRatio: Scalar { spikeRatio[0] }

  /// Ends a trial whose gradient was computed elsewhere: the optimiser moves the weights along it, as it would along a
  /// gradient that a state has summed. Nothing is added to it for silent neurons.
  ///
  /// - Parameters:
  ///   - gradients: of any of the connections that ``gradients(in:)`` names.
  ///   - firingRates: ``firingRates`` after the trial.
  ///   - countRatio: ``countRatio`` after the trial.
  ///   - state: what the gradient is laid down in; cleared before and after.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  public func endTrial(
    gradients: [ConnectionGradient<Scalar>], firingRates: [Scalar], countRatio: Scalar,
    in state: NetworkState<Scalar>
  ) {
    precondition(firingRates.count == self.firingRates.count, "rates of another network")
    state.reset()
    for (layer, layerState) in zip(layers + [output], state.layers + [state.output]) {
      for (connection, eligibility) in zip(layer.connections, layerState.eligibilities) {
        for gradient in gradients where gradient.name == connection.name {
          lay(gradient, into: eligibility.gradient)
        }
      }
    }
    update(state)
    var rates = firingRates[...]
    for regulariser in regularisers {
      regulariser.rate.contents = Array(rates.prefix(regulariser.rate.count))
      rates = rates.dropFirst(regulariser.rate.count)
    }
    spikeRatio[0] = countRatio
    resume(learnedTrials: learnedTrials + 1)
  }

  private func lay(_ gradient: ConnectionGradient<Scalar>, into sums: GradientSums<Scalar>) {
    let columns = sums.sums.columns
    precondition(
      gradient.values.count == sums.sums.rows * columns, "a gradient of another \(gradient.name)")
    sums.touch(gradient.rows)
    for row in gradient.rows.map(Int.init) {
      let target = sums.sums.scalars(ofRow: row)
      for column in 0..<columns { target[column] = gradient.values[row * columns + column] }
    }
  }
}
