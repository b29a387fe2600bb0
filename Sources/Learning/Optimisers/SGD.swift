/// Stochastic gradient descent on the rows that a trial touched: w -= rate g.
enum SGD {
  static func apply<Scalar: LearningScalar>(
    _ gradient: GradientSums<Scalar>, to connection: Connection<Scalar>, rate: Scalar
  ) {
    for row in gradient.rows {
      connection.markChanged(row)
      let g = gradient.sums.row(Int(row))
      let w = connection.stored.row(Int(row))
      for lane in 0..<gradient.sums.lanes { w[lane] -= g[lane] * rate }
    }
  }
}
