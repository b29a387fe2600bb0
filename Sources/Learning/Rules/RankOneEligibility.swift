/// The eligibility of a connection whose gradient is a product at every step: delta of the postsynaptic neuron times a trace
/// that the synapses of a presynaptic neuron share, as in front of leaky readouts.
///
/// With the trace sum_m c_m value_m[t] of ``ExponentialModes`` and D_m = sum_t delta[t] value_m[t] of ``PrefixSums``, what is
/// stored of a weight (or of a gradient) lags behind by the same product for all synapses:
///
///     w_ij = stored_ij + sum_m c_im D_jm
///
/// So a weight can be read at every step for a few operations, and the whole matrix times a vector for one more product of
/// two vectors; a neuron that does not spike costs nothing. When it does, c_i grows, and stored_i shrinks by what the new
/// part would claim of the past.
final class RankOneEligibility<Scalar: LearningScalar> {
  let gradient: GradientSums<Scalar>
  let sums: PrefixSums<Scalar>
  private let connection: Connection<Scalar>
  let descends: Bool
  /// c_m of every row; zero in rows that do not live.
  private let coefficients: [LaneVector<Scalar>]
  let live: RowSet
  private var hasMoved = false
  /// Place of the stream among those that learn into the same weights; see ``Connection/lagging``.
  var order = 0

  init(sums: PrefixSums<Scalar>, connection: Connection<Scalar>, descends: Bool) {
    let (rows, columns) = (connection.stored.rows, connection.stored.columns)
    precondition(sums.channels == 0 && sums.gating == .nothing, "no product of two vectors")
    self.sums = sums
    self.connection = connection
    self.descends = descends
    gradient = GradientSums(rows: rows, columns: columns)
    coefficients = (0..<sums.modes.count).map { _ in LaneVector(count: rows) }
    live = RowSet(rows: rows)
  }

  private var target: RowMatrix<Scalar> { descends ? connection.stored : gradient.sums }

  /// Takes the input spikes of a step in, before ``PrefixSums/begin()``.
  func inject(_ active: Indices) {
    hasMoved = true
    guard !active.isEmpty else { return }
    if live.isEmpty && descends { connection.add(lagging: .rankOne(self)) }
    if descends { connection.markChanged(active) } else { gradient.touch(active) }
    for row in active { live.insert(row) }
    for mode in coefficients.indices {
      let amount = sums.modes.impulse[mode][sums.position + 1]
      let c = coefficients[mode].scalars
      let (past, width) = (sums.now.row(0) + mode, sums.width)
      for row in active {
        c[Int(row)] += amount
        let stored = target.row(Int(row))
        for lane in 0..<sums.lanes { stored[lane] -= past[lane * width] * amount }
      }
    }
  }

  /// Stores what is pending and carries the traces over to a new base; lets go of rows of which nothing is left. The sums
  /// are to be restarted next.
  func carryOver() {
    let position = sums.position
    guard position > 0 else { return }
    notePending()
    let kept = sums.modes.carried(position)
    let first = coefficients[0].scalars
    let second = coefficients.count > 1 ? coefficients[1].scalars : nil
    live.filter { member in
      let row = Int(member)
      addPending(member, to: target.row(row), lanes: 0..<sums.lanes)
      let other = second?[row] ?? 0
      first[row] = first[row] * kept.first + other * kept.mixed
      second?[row] = other * kept.second
      let limit = DenseEligibility<Scalar>.negligible
      let lives = abs(first[row]) > limit || abs(other * kept.second) > limit
      if !lives { forget(row) }
      return lives
    }
    if live.isEmpty { connection.remove(lagging: .rankOne(self)) }
  }

  private func forget(_ row: Int) {
    for vector in coefficients { vector.scalars[row] = 0 }
  }

  /// Stores what is pending and forgets the past of every synapse. A restart of the sums is to follow.
  func finish() {
    if sums.position > 0 {
      notePending()
      for row in live.members { addPending(row, to: target.row(Int(row)), lanes: 0..<sums.lanes) }
    }
    for row in live.members { forget(Int(row)) }
    live.removeAll()
    connection.remove(lagging: .rankOne(self))
  }

  /// Notes that what is pending is about to be stored.
  private func notePending() {
    if !descends {
      gradient.touch(live.members)
    } else {
      if hasMoved || connection.isShared { connection.markChanged(live.members) }
      connection.noteStored(live.members)
    }
  }

  // MARK: - Who looks in between

  /// Whether weights may have moved since ``takeMovedRows()`` was last called.
  var isMoving: Bool { hasMoved && !live.isEmpty }

  /// Rows that may have moved since this was last called.
  func takeMovedRows() -> [Int32] {
    defer { hasMoved = false }
    return hasMoved ? Array(live.members) : []
  }

  /// target += sum_m c_m D_m of `row`.
  @inline(__always)
  func addPending(
    _ row: Int32, to target: UnsafeMutablePointer<SIMD8<Scalar>>, lanes: Range<Int>
  ) {
    for mode in coefficients.indices {
      let c = coefficients[mode].scalars[Int(row)]
      let (due, width) = (sums.now.row(0) + mode, sums.width)
      for lane in lanes { target[lane] += due[lane * width] * c }
    }
  }

  /// result_i += what is pending of row i times `vector`, for every row in `lanes`.
  @inline(__always)
  func addPending(
    times vector: LaneVector<Scalar>, to result: LaneVector<Scalar>, lanes: Range<Int>
  ) {
    for mode in coefficients.indices {
      var sum = SIMD8<Scalar>.zero
      let (due, width) = (sums.now.row(0) + mode, sums.width)
      for lane in 0..<sums.lanes { sum += due[lane * width] * vector.lanes[lane] }
      let factor = Kernels.total(sum)
      let c = coefficients[mode].lanes
      for lane in lanes { result.lanes[lane] += c[lane] * factor }
    }
  }

  // MARK: - Checkpoints

  /// Everything that is a number of each row; of weights that are behind, also what is stored of them.
  var matrices: [(name: String, matrix: RowMatrix<Scalar>)] {
    coefficients.enumerated().map { ("shared\($0)", $1.matrix) }
      + (descends ? [("stored", connection.stored)] : [])
  }

  /// Goes on with live rows as they were, with ``matrices`` and the sums filled.
  func restore(live rows: [Int32]) {
    live.removeAll()
    connection.remove(lagging: .rankOne(self))
    for row in rows { live.insert(row) }
    guard descends else { return }
    connection.noteStoredAnew()
    connection.markChanged(0..<Int32(connection.stored.rows))
    if !rows.isEmpty { connection.add(lagging: .rankOne(self)) }
    hasMoved = true
  }
}
