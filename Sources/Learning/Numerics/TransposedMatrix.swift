/// A matrix held once more with rows and columns exchanged, which makes its product with a vector one of contiguous rows: for
/// matrices of many rows and few columns, such as the weights of a readout.
final class TransposedMatrix<Scalar: LearningScalar> {
  private let source: RowMatrix<Scalar>
  private let copy: RowMatrix<Scalar>
  private let stale: RowSet
  private var isAllStale = true

  /// Follows `source`.
  init(_ source: RowMatrix<Scalar>) {
    self.source = source
    copy = RowMatrix(rows: source.columns, columns: source.rows)
    stale = RowSet(rows: source.rows)
  }

  /// Notes that `row` of the source changes before the next product.
  @inline(__always)
  func noteChange(of row: Int32) {
    if !isAllStale { stale.insert(row) }
  }

  /// Anything may change before the next product.
  func distrust() {
    isAllStale = true
  }

  /// result_i = sum over j of source_ij vector_j, for every row i of the source; j ascending.
  ///
  /// - Parameter lanes: of the result; ``refresh(lanes:)`` comes first.
  @inline(__always)
  func multiply(
    by vector: LaneVector<Scalar>, into result: LaneVector<Scalar>, lanes: Range<Int>
  ) {
    let (width, columns) = (copy.lanes, source.columns)
    let (factors, target) = (vector.scalars, result.lanes)
    let first = copy.row(0)
    for lane in lanes {
      var sum = SIMD8<Scalar>.zero
      var place = first + lane
      for column in 0..<columns {
        sum += place.pointee * factors[column]
        place += width
      }
      target[lane] = sum
    }
  }

  /// Takes over what has changed, in `lanes` of the rows; ``noteRefreshed()`` is to follow when all lanes are done.
  @inline(__always)
  func refresh(lanes: Range<Int>) {
    if isAllStale {
      let rows = (lanes.lowerBound * 8..<lanes.upperBound * 8).clamped(to: 0..<source.rows)
      for row in rows { exchange(row) }
    } else {
      for row in stale.members where lanes.contains(Int(row) / 8) { exchange(Int(row)) }
    }
  }

  @inline(__always)
  func noteRefreshed() {
    isAllStale = false
    if !stale.isEmpty { stale.removeAll() }
  }

  private func exchange(_ row: Int) {
    let numbers = source.scalars(ofRow: row)
    var place = copy.scalars(ofRow: 0) + row
    for column in 0..<source.columns {
      place.pointee = numbers[column]
      place += copy.lanes * 8
    }
  }
}
