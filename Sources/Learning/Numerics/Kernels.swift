/// The loops over synapses. Each walks contiguous postsynaptic lanes in one direction and reduces in a fixed order, so
/// that results have the same bits in every build.
enum Kernels {
  /// current += the rows of `matrix` in `active`, in the order given.
  @inline(__always)
  static func addRows<Scalar: LearningScalar>(
    _ active: Indices, of matrix: RowMatrix<Scalar>, to current: LaneVector<Scalar>,
    lanes: Range<Int>
  ) {
    let sum = current.lanes
    for index in active {
      let row = matrix.row(Int(index), at: lanes.lowerBound)
      for lane in lanes { sum[lane] += row[lane] }
    }
  }

  /// row += factor * vector.
  @inline(__always)
  static func add<Scalar: LearningScalar>(
    _ vector: LaneVector<Scalar>, times factor: Scalar, to row: UnsafeMutablePointer<SIMD8<Scalar>>
  ) {
    let source = vector.lanes
    for lane in 0..<vector.laneCount { row[lane] += source[lane] * factor }
  }

  /// result_j = sum over k of matrix_jk vector_k, for every row j in `lanes` of the result.
  @inline(__always)
  static func multiply<Scalar: LearningScalar>(
    _ matrix: RowMatrix<Scalar>, by vector: LaneVector<Scalar>, into result: LaneVector<Scalar>,
    lanes: Range<Int>
  ) {
    let factors = vector.lanes
    for index in (lanes.lowerBound * 8..<lanes.upperBound * 8).clamped(to: 0..<matrix.rows) {
      let row = matrix.row(index)
      var sum = SIMD8<Scalar>.zero
      for lane in 0..<matrix.lanes { sum += row[lane] * factors[lane] }
      result.scalars[index] = total(sum)
    }
  }

  /// The sum of eight lanes, pairwise.
  @inline(__always)
  static func total<Scalar: LearningScalar>(_ lane: SIMD8<Scalar>) -> Scalar {
    let four = lane.lowHalf + lane.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
