/// The eligibility of every synapse of one connection, brought forward only when something asks for it: when the synapse's
/// input spikes, when a chunk of steps ends, and when all weights are to be as the present step leaves them.
///
/// It computes what ``DenseEligibility`` defines, at a cost that follows input spikes, from the sums that ``PrefixSums`` keeps
/// for the postsynaptic neurons; the equations are there. A row i is valid as of the entry `settled[i]` of the history.
///
/// Where weights descend at every step, those of a row are behind until it is settled. As a weight acts only when its input
/// spikes, and is settled then, the neurons never see an old one. ``Connection`` adds what is pending for readers who look
/// in between, without changing anything.
///
/// - Complexity: for each input spike, and each live row at the end of a chunk, about 13 operations for each postsynaptic LIF
///   neuron that feeds one exponential; none between.
final class EventDrivenEligibility<Scalar: LearningScalar> {
  typealias Lanes = UnsafeMutablePointer<SIMD8<Scalar>>

  /// Below this a trace is zero, as in the dense form.
  static var negligible: Scalar { DenseEligibility<Scalar>.negligible }

  let gradient: GradientSums<Scalar>
  let sums: PrefixSums<Scalar>
  private let connection: Connection<Scalar>
  private let excludesSelf: Bool
  /// Whether what is gathered goes to the weights; otherwise to the gradient.
  let descends: Bool
  private let target: RowMatrix<Scalar>
  private let gather: Gather<Scalar>
  /// c_m of rows, where synapses share them.
  private let shared: [LaneVector<Scalar>]
  /// c_m of synapses, where they do not.
  private let own: [RowMatrix<Scalar>]
  /// X_n.
  private let fed: [RowMatrix<Scalar>]
  /// ``own`` and ``fed``.
  private let ofSynapses: [RowMatrix<Scalar>]
  /// The entry of the history that each row is valid as of.
  private let settled: UnsafeMutablePointer<Int32>
  let live: RowSet
  /// Whether weights may have moved since this was last asked.
  private var hasMoved = false
  /// Place of the stream among those that learn into the same weights; see ``Connection/lagging``.
  var order = 0
  /// A row's numbers while somebody only looks.
  private lazy var scratch = RowMatrix<Scalar>(rows: 4, columns: connection.stored.columns)

  init(
    _ form: EligibilityForm<Scalar>, sums: PrefixSums<Scalar>, connection: Connection<Scalar>,
    descends: Bool
  ) {
    let (rows, columns) = (connection.stored.rows, connection.stored.columns)
    self.sums = sums
    self.connection = connection
    self.descends = descends
    excludesSelf = form.excludesSelf
    gradient = GradientSums(rows: rows, columns: columns)
    target = descends ? connection.stored : gradient.sums
    let count = sums.modes.count
    let owned = sums.gating == .nothing ? 0 : sums.gating == .everything ? count : 1
    shared = (0..<count).map { _ in LaneVector(count: rows) }
    let parts = target.parts.count
    own = (0..<owned).map { _ in RowMatrix(rows: rows, columns: columns, parts: parts) }
    fed = (0..<sums.channels).map { _ in RowMatrix(rows: rows, columns: columns, parts: parts) }
    ofSynapses = own + fed
    gather = Gather(sums, shared: shared)
    settled = .allocate(capacity: rows)
    settled.initialize(repeating: 0, count: rows)
    live = RowSet(rows: rows)
  }

  deinit {
    settled.deallocate()
  }

  /// The lanes that have to be worked on apart.
  var parts: [Range<Int>] { target.parts }

  // MARK: - Steps

  /// Whether `row` has something to gather.
  @inline(__always)
  private func isBehind(_ row: Int32, _ position: Int) -> Bool {
    live.contains(row) && Int(settled[Int(row)]) < position
  }

  /// Brings the rows of `active` to the latest learned step, in `lanes` of the postsynaptic neurons.
  ///
  /// - Parameter input: takes the weights of the rows, one after the other.
  @inline(__always)
  func deliver(_ active: Indices, to input: Lanes, lanes: Range<Int>) {
    let position = sums.position
    for row in active {
      let index = Int(row)
      if isBehind(row, position) {
        if !excludesSelf {
          collect(index, lanes, input: input)
          continue
        }
        collect(index, lanes)
        if lanes.contains(index / 8) { target[index, index] = 0 }
      }
      let weights = target.row(index, at: lanes.lowerBound)
      for lane in lanes { input[lane] += weights[lane] }
    }
  }

  /// Brings the rows of `active` to the latest learned step.
  @inline(__always)
  func settle(_ active: Indices) {
    let position = sums.position
    for row in active where isBehind(row, position) {
      for lanes in target.parts { collect(Int(row), lanes) }
    }
    noteSettled(active)
  }

  /// Notes that the rows of `active` have been brought to the latest learned step in all lanes.
  @inline(__always)
  func noteSettled(_ active: Indices) {
    let position = sums.position
    for row in active where isBehind(row, position) { noteSettled(row, position) }
  }

  @inline(__always)
  private func noteSettled(_ row: Int32, _ position: Int) {
    settled[Int(row)] = Int32(position)
    if excludesSelf { target[Int(row), Int(row)] = 0 }
    if !descends {
      gradient.touch(row)
    } else if hasMoved || connection.isShared {
      connection.markChanged(row)
    }
  }

  @inline(__always)
  private func collect(_ row: Int, _ lanes: Range<Int>, input: Lanes? = nil) {
    gather.collect(
      row, from: Int(settled[row]), lanes, into: target.row(row, at: lanes.lowerBound),
      numbers(row, at: lanes.lowerBound), input: input)
  }

  @inline(__always)
  private func numbers(_ row: Int, at lane: Int) -> RowNumbers<Scalar> {
    RowNumbers(
      c0: own.isEmpty ? nil : own[0].row(row, at: lane),
      c1: own.count < 2 ? nil : own[1].row(row, at: lane),
      x0: fed.isEmpty ? nil : fed[0].row(row, at: lane),
      x1: fed.count < 2 ? nil : fed[1].row(row, at: lane))
  }

  /// Takes the input spikes of a step in, before ``PrefixSums/begin()``.
  func inject(_ active: Indices) {
    hasMoved = true
    guard !active.isEmpty else { return }
    let position = sums.position
    if live.isEmpty && descends { connection.add(lagging: .events(self)) }
    if descends { connection.markChanged(active) } else { gradient.touch(active) }
    for row in active where !live.contains(row) {
      live.insert(row)
      settled[Int(row)] = Int32(position)
    }
    let modes = sums.modes
    switch sums.gating {
    case .nothing:
      for mode in 0..<modes.count {
        let amount = modes.impulse[mode][position + 1]
        let c = shared[mode].scalars
        for row in active { c[Int(row)] += amount }
      }
    case .everything:
      for mode in 0..<modes.count {
        let amount = SIMD8(repeating: modes.impulse[mode][position + 1])
        for row in active {
          for lanes in own[mode].parts {
            let c = own[mode].row(Int(row), at: lanes.lowerBound)
            for lane in lanes { c[lane] += amount }
          }
        }
      }
    case .membrane:
      guard let regrown = sums.regrowth?.lanes else { break }
      let amount = 1 / modes.currentPower[position + 1]
      let less = amount * modes.direct[0][position]
      for row in active {
        shared[1].scalars[Int(row)] += amount
        for lanes in own[0].parts {
          let c = own[0].row(Int(row), at: lanes.lowerBound)
          for lane in lanes { c[lane] -= regrown[lane] * less }
        }
      }
    }
  }

  // MARK: - Ends

  /// Brings all rows, in `lanes`, to the latest learned step and to a new base, which begins there.
  ///
  /// ``noteCarriedOver()`` is to follow when all lanes have been brought there, and then a restart of the sums.
  @inline(__always)
  func carryOver(lanes: Range<Int>) {
    let position = sums.position
    let kept = sums.modes.carried(position)
    let keptFed = sums.filter?.carried(position) ?? (first: 0, second: 0, mixed: 0)
    for row in live.members.lazy.map(Int.init) {
      if gather.isCommon, Int(settled[row]) < position {
        gather.collectCommon(
          row, from: Int(settled[row]), lanes, into: target.row(row, at: lanes.lowerBound),
          fed[0].row(row, at: lanes.lowerBound), carrying: keptFed.first)
        continue
      }
      if Int(settled[row]) < position { collect(row, lanes) }
      let numbers = numbers(row, at: lanes.lowerBound)
      switch sums.gating {
      case .nothing: break
      case .everything:
        guard let c = numbers.c0 else { break }
        carry(kept, c, numbers.c1, lanes)
      case .membrane:
        guard let regrown = sums.regrowth?.lanes, let c = numbers.c0 else { break }
        let q = shared[1].scalars[row]
        for lane in lanes {
          c[lane] = Scalar.withoutVanishing(c[lane] * kept.first + regrown[lane] * q)
        }
      }
      if let x = numbers.x0 { carry(keptFed, x, numbers.x1, lanes) }
    }
  }

  /// Notes what ``carryOver(lanes:)`` has done; lets go of rows of which nothing is left.
  func noteCarriedOver() {
    let position = sums.position
    let kept = sums.modes.carried(position)
    let currentPower = sums.modes.currentPower[position]
    live.filter { member in
      let row = Int(member)
      if Int(settled[row]) < position { noteSettled(member, position) }
      settled[row] = 0
      switch sums.gating {
      case .nothing:
        let other = shared.count > 1 ? shared[1].scalars[row] : 0
        shared[0].scalars[row] = shared[0].scalars[row] * kept.first + other * kept.mixed
        if shared.count > 1 { shared[1].scalars[row] = other * kept.second }
      case .everything: break
      case .membrane: shared[1].scalars[row] *= currentPower
      }
      let lives = matters(row)
      if !lives { forget(row) }
      return lives
    }
    if live.isEmpty { connection.remove(lagging: .events(self)) }
  }

  /// Rows of coefficients, or one, to a new base.
  @inline(__always)
  private func carry(
    _ kept: (first: Scalar, second: Scalar, mixed: Scalar), _ first: Lanes, _ second: Lanes?,
    _ lanes: Range<Int>
  ) {
    if let second {
      for lane in lanes {
        let other = second[lane]
        first[lane] = Scalar.withoutVanishing(first[lane] * kept.first + other * kept.mixed)
        second[lane] = Scalar.withoutVanishing(other * kept.second)
      }
    } else {
      for lane in lanes { first[lane] = Scalar.withoutVanishing(first[lane] * kept.first) }
    }
  }

  /// Whether anything is left in a row; shared coefficients, which tell at once, are looked at first.
  private func matters(_ row: Int) -> Bool {
    for vector in shared where abs(vector.scalars[row]) > Self.negligible { return true }
    for matrix in ofSynapses {
      for part in matrix.parts {
        let lanes = matrix.row(row, at: part.lowerBound)
        for lane in part where Scalar.isAny(of: lanes[lane], beyond: Self.negligible) {
          return true
        }
      }
    }
    return false
  }

  private func forget(_ row: Int) {
    for vector in shared { vector.scalars[row] = 0 }
    for matrix in ofSynapses { matrix.clear(row: row) }
  }

  /// Gathers all that is due and forgets the past of every synapse. A restart of the sums is to follow.
  func finish() {
    let position = sums.position
    for row in live.members {
      if isBehind(row, position) {
        for lanes in target.parts { collect(Int(row), lanes) }
        noteSettled(row, position)
      }
      forget(Int(row))
    }
    live.removeAll()
    connection.remove(lagging: .events(self))
  }

  // MARK: - Who looks in between

  /// Whether weights may have moved since ``takeMovedRows()`` was last called.
  var isMoving: Bool { hasMoved && !live.isEmpty }

  /// Rows that may have moved since this was last called.
  func takeMovedRows() -> [Int32] {
    defer { hasMoved = false }
    return hasMoved ? Array(live.members) : []
  }

  /// Brings `target`, a copy of what is stored of a row, to the latest learned step, as ``settle(_:)`` would.
  func addPending(_ row: Int32, to target: Lanes) {
    guard isBehind(row, sums.position) else { return }
    for (place, matrix) in ofSynapses.enumerated() {
      matrix.copyRow(Int(row), to: scratch.row(place))
    }
    func copy(_ place: Int, isThere: Bool) -> Lanes? { isThere ? scratch.row(place) : nil }
    let numbers = RowNumbers<Scalar>(
      c0: copy(0, isThere: !own.isEmpty), c1: copy(1, isThere: own.count > 1),
      x0: copy(own.count, isThere: !fed.isEmpty), x1: copy(own.count + 1, isThere: fed.count > 1))
    gather.collect(
      Int(row), from: Int(settled[Int(row)]), 0..<sums.lanes, into: target, numbers, input: nil)
    guard excludesSelf else { return }
    UnsafeMutableRawPointer(target).assumingMemoryBound(to: Scalar.self)[Int(row)] = 0
  }

  // MARK: - Checkpoints

  /// Everything that is a number of each synapse or row; of weights that are behind, also what is stored of them.
  var matrices: [(name: String, matrix: RowMatrix<Scalar>)] {
    shared.enumerated().map { ("shared\($0)", $1.matrix) }
      + own.enumerated().map { ("own\($0)", $1) } + fed.enumerated().map { ("fed\($0)", $1) }
      + (descends ? [("stored", connection.stored)] : [])
  }

  /// The entry that each row is valid as of; 0 of rows that do not live.
  var entries: [Int32] {
    (0..<Int32(connection.stored.rows)).map { live.contains($0) ? settled[Int($0)] : 0 }
  }

  /// Goes on with live rows as they were, with ``matrices`` and the sums filled.
  func restore(live rows: [Int32], entries: [Int32]) {
    live.removeAll()
    connection.remove(lagging: .events(self))
    for (row, entry) in entries.enumerated() {
      settled[row] = min(entry, Int32(sums.position))
    }
    for row in rows { live.insert(row) }
    guard descends else { return }
    connection.noteStoredAnew()
    connection.markChanged(0..<Int32(connection.stored.rows))
    if !rows.isEmpty { connection.add(lagging: .events(self)) }
    hasMoved = true
  }
}

/// The numbers of one row's synapses: c_0 and c_1 where they are not shared, X_0 and X_1 where there are any.
struct RowNumbers<Scalar: LearningScalar> {
  var c0: UnsafeMutablePointer<SIMD8<Scalar>>?
  var c1: UnsafeMutablePointer<SIMD8<Scalar>>?
  var x0: UnsafeMutablePointer<SIMD8<Scalar>>?
  var x1: UnsafeMutablePointer<SIMD8<Scalar>>?
}
