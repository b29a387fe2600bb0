/// Weight decay decoupled from the gradient (Loshchilov and Hutter 2019), on the rows that an update touches:
///
///     w <- w - rate decay w
///
/// It comes before the step along the gradient, which therefore does not enter into it. Rows that no spike reached do
/// not decay: what is not in use is not forgotten.
enum WeightDecay {
  static func apply<Scalar: LearningScalar>(
    decay: Scalar, rate: Scalar, rowsOf gradient: GradientSums<Scalar>,
    to connection: Connection<Scalar>
  ) {
    let part = rate * decay
    for row in gradient.rows {
      connection.markChanged(row)
      let w = connection.stored.row(Int(row))
      for lane in 0..<connection.stored.lanes { w[lane] -= w[lane] * part }
    }
  }
}
