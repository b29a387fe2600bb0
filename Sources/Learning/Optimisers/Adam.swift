/// Adam (Kingma and Ba 2015, algorithm 1), applied to the rows that a trial touched.
///
/// A row that was not touched keeps its moments and its weights, as in the sparse variants of the common frameworks; the
/// bias correction counts the updates of the whole model.
final class Adam<Scalar: LearningScalar> {
  private let beta1: Scalar
  private let beta2: Scalar
  private let epsilon: Scalar
  let first: RowMatrix<Scalar>
  let second: RowMatrix<Scalar>

  init(rows: Int, columns: Int, beta1: Scalar, beta2: Scalar, epsilon: Scalar) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    first = RowMatrix(rows: rows, columns: columns)
    second = RowMatrix(rows: rows, columns: columns)
  }

  /// Update number `count` (from 1) of `connection` along `gradient`.
  func apply(
    _ gradient: GradientSums<Scalar>, to connection: Connection<Scalar>,
    rate: Scalar, count: Int
  ) {
    let correction1 = 1 - power(beta1, count)
    let correction2 = 1 - power(beta2, count)
    let step = rate / correction1
    let scale = 1 / correction2
    for row in gradient.rows {
      connection.markChanged(row)
      let index = Int(row)
      let g = gradient.sums.row(index)
      let m = first.row(index)
      let v = second.row(index)
      let w = connection.stored.row(index)
      for lane in 0..<gradient.sums.lanes {
        let slope = g[lane]
        m[lane] = Scalar.withoutVanishing(m[lane] * beta1 + slope * (1 - beta1))
        v[lane] = v[lane] * beta2 + (slope * slope) * (1 - beta2)
        w[lane] -= (m[lane] * step) / ((v[lane] * scale).squareRoot() + epsilon)
      }
    }
  }

  /// By repeated squaring.
  private func power(_ base: Scalar, _ exponent: Int) -> Scalar {
    var (result, square, rest) = (1 as Scalar, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
