/// The gradient of one connection, summed over the steps of a trial, and the rows that hold any of it.
public final class GradientSums<Scalar: LearningScalar> {
  /// dL/dw, presynaptic x postsynaptic neurons; zero in rows that were not touched.
  public let sums: RowMatrix<Scalar>
  private let touched: RowSet

  /// A gradient of zeros, presynaptic x postsynaptic neurons.
  public init(rows: Int, columns: Int) {
    sums = RowMatrix(rows: rows, columns: columns)
    touched = RowSet(rows: rows)
  }

  /// The sums of a row that is about to receive a gradient.
  @discardableResult
  @inline(__always)
  func touch(_ row: Int32) -> UnsafeMutablePointer<SIMD8<Scalar>> {
    touched.insert(row)
    return sums.row(Int(row))
  }

  /// Notes rows that are about to receive a gradient.
  public func touch(_ rows: some Sequence<Int32>) {
    for row in rows { touched.insert(row) }
  }

  /// Rows that may hold a gradient, ascending.
  public var rows: [Int32] { touched.members.sorted() }

  /// Notes that exactly these rows hold a gradient, which is there already.
  func retouch(_ rows: [Int32]) {
    touched.removeAll()
    touch(rows)
  }

  /// Sets all rows to zero.
  public func clear() {
    for row in touched.members { sums.clear(row: Int(row)) }
    touched.removeAll()
  }
}
