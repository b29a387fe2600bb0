/// The loops over synapses. Each walks contiguous postsynaptic lanes in one direction and reduces in a fixed order, so
/// that results have the same bits in every build.
enum Kernels {
  /// current += the rows of `matrix` in `active`, in the order given.
  @inline(__always)
  static func addRows<Scalar: LearningScalar>(
    _ active: [Int32], of matrix: RowMatrix<Scalar>, to current: LaneVector<Scalar>
  ) {
    let sum = current.lanes
    for index in active {
      let row = matrix.row(Int(index))
      for lane in 0..<matrix.lanes { sum[lane] += row[lane] }
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

  /// result_j = sum over k of matrix_jk vector_k, for every row j.
  @inline(__always)
  static func multiply<Scalar: LearningScalar>(
    _ matrix: RowMatrix<Scalar>, by vector: LaneVector<Scalar>, into result: LaneVector<Scalar>
  ) {
    let factors = vector.lanes
    for index in 0..<matrix.rows {
      let row = matrix.row(index)
      var sum = SIMD8<Scalar>.zero
      for lane in 0..<matrix.lanes { sum += row[lane] * factors[lane] }
      result.scalars[index] = total(sum)
    }
  }

  /// The numbers of `lane`, those nearer to zero than half a unit in the last place of ``anchor()`` as zero, which is
  /// 6e-25 for `Float` and 1e-33 for `Double`.
  ///
  /// What only ever decays would otherwise end below the normal range, where rounding keeps it from reaching zero
  /// and many processors take a hundred times longer. Two additions, for a comparison of lanes is not compiled to one.
  @inline(__always)
  static func withoutVanishing<Scalar: LearningScalar>(_ lane: SIMD8<Scalar>) -> SIMD8<Scalar> {
    let anchor = SIMD8<Scalar>(repeating: anchor())
    return (lane + anchor) - anchor
  }

  /// So small that what is added to anything that matters is rounded away.
  @inline(__always)
  static func anchor<Scalar: LearningScalar>() -> Scalar { 1e-17 }

  /// The sum of eight lanes, pairwise.
  @inline(__always)
  static func total<Scalar: LearningScalar>(_ lane: SIMD8<Scalar>) -> Scalar {
    let four = lane.lowHalf + lane.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
