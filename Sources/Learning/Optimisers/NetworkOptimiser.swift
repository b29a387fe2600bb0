final class NetworkOptimiser<Scalar: LearningScalar> {
  let configuration: LearnerConfiguration
  let connections: [Connection<Scalar>]
  let adams: [Adam<Scalar>]
  var updates = 0
  init(_ configuration: LearnerConfiguration, layers: [Layer<Scalar>], output: Layer<Scalar>) {
    self.configuration = configuration
    let o = configuration.optimiser
    connections = (layers + [output]).flatMap(\.connections)
    adams = connections.map {
      Adam(
        rows: $0.weights.rows, columns: $0.weights.columns, beta1: Scalar(o.beta1),
        beta2: Scalar(o.beta2), epsilon: Scalar(o.epsilon))
    }
  }
  var tensors: [(name: String, matrix: RowMatrix<Scalar>)] {
    guard configuration.optimiser.method != .sgd else { return [] }
    return zip(connections, adams).flatMap {
      [("adam.first.\($0.name)", $1.first), ("adam.second.\($0.name)", $1.second)]
    }
  }
  func stepRate(learnedTrials: Int) -> Scalar { Scalar(configuration.optimiser.learningRate) }
  func apply(_ gradients: [GradientSums<Scalar>], learnedTrials: Int) {
    updates += 1
    let rate = Scalar(configuration.optimiser.learningRate)
    for (index, gradient) in gradients.enumerated() {
      if configuration.optimiser.method == .sgd {
        SGD.apply(gradient, to: connections[index], rate: rate)
      } else {
        adams[index].apply(gradient, to: connections[index], rate: rate, count: updates)
      }
    }
  }
}
