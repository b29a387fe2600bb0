/// The gradient of one connection, summed over the steps of a trial, and the rows that hold any of it.
final class GradientSums<Scalar: LearningScalar> {
  let sums: RowMatrix<Scalar>
  private var touched: RowSet

  init(rows: Int, columns: Int) {
    sums = RowMatrix(rows: rows, columns: columns)
    touched = RowSet(rows: rows)
  }

  /// The sums of a row that is about to receive a gradient.
  @inline(__always)
  func touch(_ row: Int32) -> UnsafeMutablePointer<SIMD8<Scalar>> {
    touched.insert(row)
    return sums.row(Int(row))
  }

  /// Notes rows that are about to receive a gradient.
  func touch(_ rows: [Int32]) {
    for row in rows { touched.insert(row) }
  }

  /// Rows that may hold a gradient, ascending.
  var rows: [Int32] { touched.members.sorted() }

  func clear() {
    for row in touched.members { sums.clear(row: Int(row)) }
    touched.removeAll()
  }
}
