/// How the weights of one connection move, with what the method remembers of them.
///
/// An enumeration and not an existential: calls through a witness table reach generic code that is not specialised for its
/// scalar, over 100 times slower.
enum Descent<Scalar: LearningScalar> {
  case sgd
  case momentum(Momentum<Scalar>)
  case adam(Adam<Scalar>)

  init(_ settings: LearnerConfiguration.Optimiser, rows: Int, columns: Int) {
    switch settings.method {
    case .sgd: self = .sgd
    case .momentum:
      self = .momentum(Momentum(rows: rows, columns: columns, memory: Scalar(settings.momentum)))
    case .adam, .adamw:
      self = .adam(
        Adam(
          rows: rows, columns: columns, beta1: Scalar(settings.beta1),
          beta2: Scalar(settings.beta2), epsilon: Scalar(settings.epsilon)))
    }
  }

  /// Update number `count` (from 1) of `connection` along `gradient`.
  func apply(
    _ gradient: GradientSums<Scalar>, to connection: Connection<Scalar>, rate: Scalar, count: Int
  ) {
    switch self {
    case .sgd: SGD.apply(gradient, to: connection, rate: rate)
    case .momentum(let momentum): momentum.apply(gradient, to: connection, rate: rate)
    case .adam(let adam): adam.apply(gradient, to: connection, rate: rate, count: count)
    }
  }

  /// What the method remembers.
  var memory: [(name: String, matrix: RowMatrix<Scalar>)] {
    switch self {
    case .sgd: []
    case .momentum(let momentum): [("momentum", momentum.velocity)]
    case .adam(let adam): [("adam.first", adam.first), ("adam.second", adam.second)]
    }
  }
}
