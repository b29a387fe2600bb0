/// Stochastic gradient descent with momentum (Polyak 1964, in the form of Sutskever et al. 2013 without look-ahead),
/// applied to the rows that an update touched:
///
///     v <- mu v + g        w <- w - rate v
///
/// A row that was not touched keeps its velocity and its weights.
final class Momentum<Scalar: LearningScalar> {
  private let memory: Scalar
  let velocity: RowMatrix<Scalar>

  /// - Parameter memory: mu.
  init(rows: Int, columns: Int, memory: Scalar) {
    self.memory = memory
    velocity = RowMatrix(rows: rows, columns: columns)
  }

  func apply(
    _ gradient: GradientSums<Scalar>, to connection: Connection<Scalar>, rate: Scalar
  ) {
    for row in gradient.rows {
      connection.markChanged(row)
      let index = Int(row)
      let g = gradient.sums.row(index)
      let v = velocity.row(index)
      let w = connection.stored.row(index)
      for lane in 0..<gradient.sums.lanes {
        v[lane] = Scalar.withoutVanishing(v[lane] * memory + g[lane])
        w[lane] -= v[lane] * rate
      }
    }
  }
}
