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
  /// Below this a trace is zero, as in the dense form.
  static var negligible: Scalar { DenseEligibility<Scalar>.negligible }

  let gradient: GradientSums<Scalar>
  let sums: PrefixSums<Scalar>
  private let connection: Connection<Scalar>
  private let excludesSelf: Bool
  /// Whether what is gathered goes to the weights; otherwise to the gradient.
  let descends: Bool
  /// c_m of rows, where synapses share them.
  private let shared: [LaneVector<Scalar>]
  /// c_m of synapses, where they do not.
  private let own: [RowMatrix<Scalar>]
  /// X_n.
  private let fed: [RowMatrix<Scalar>]
  /// The entry of the history that each row is valid as of.
  private let settled: UnsafeMutablePointer<Int32>
  private(set) var live: RowSet
  /// Whether weights may have moved since this was last asked.
  private var hasMoved = false
  /// A row's X and c while somebody only looks.
  private lazy var scratch = RowMatrix<Scalar>(
    rows: 5, columns: connection.stored.columns)

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
    let count = sums.modes.count
    let owned = sums.gating == .nothing ? 0 : sums.gating == .everything ? count : 1
    shared = (0..<count).map { _ in LaneVector(count: rows) }
    own = (0..<owned).map { _ in RowMatrix(rows: rows, columns: columns) }
    fed = (0..<sums.channels).map { _ in RowMatrix(rows: rows, columns: columns) }
    settled = .allocate(capacity: rows)
    settled.initialize(repeating: 0, count: rows)
    live = RowSet(rows: rows)
  }

  deinit {
    settled.deallocate()
  }

  private var target: RowMatrix<Scalar> { descends ? connection.stored : gradient.sums }

  // MARK: - Steps

  /// Brings the rows of `active` to the latest learned step; their weights may be read then.
  @inline(__always)
  func settle(_ active: [Int32]) {
    guard sums.position > 0 else { return }
    for row in active where live.contains(row) { settle(Int(row)) }
  }

  @inline(__always)
  private func settle(_ row: Int) {
    let from = Int(settled[row])
    guard from < sums.position else { return }
    let target = target.row(row)
    gather(
      row, from: from, into: target, c0: coefficients(0, row), c1: coefficients(1, row),
      x0: channel(0, row), x1: channel(1, row))
    if excludesSelf { self.target.scalars(ofRow: row)[row] = 0 }
    settled[row] = Int32(sums.position)
    if !descends {
      gradient.touch(Int32(row))
    } else if hasMoved {
      connection.markChanged(Int32(row))
    }
  }

  @inline(__always)
  private func coefficients(_ mode: Int, _ row: Int) -> UnsafeMutablePointer<SIMD8<Scalar>>? {
    mode < own.count ? own[mode].row(row) : nil
  }

  @inline(__always)
  private func channel(_ index: Int, _ row: Int) -> UnsafeMutablePointer<SIMD8<Scalar>>? {
    index < fed.count ? fed[index].row(row) : nil
  }

  /// Takes the input spikes of a step in, before ``PrefixSums/advance(_:spikes:factor:)`` takes in the step itself.
  func inject(_ active: [Int32]) {
    guard !active.isEmpty else { return }
    let step = sums.position + 1
    if live.members.isEmpty && descends { connection.add(lagging: .events(self)) }
    if descends { connection.markChanged(active) } else { gradient.touch(active) }
    for row in active where !live.contains(row) {
      live.insert(row)
      settled[Int(row)] = Int32(sums.position)
    }
    let modes = sums.modes
    switch sums.gating {
    case .nothing:
      for mode in 0..<modes.count {
        let amount = modes.impulse[mode][step]
        let c = shared[mode].scalars
        for row in active { c[Int(row)] += amount }
      }
    case .everything:
      for mode in 0..<modes.count {
        let amount = SIMD8(repeating: modes.impulse[mode][step])
        for row in active {
          let c = own[mode].row(Int(row))
          for lane in 0..<sums.lanes { c[lane] += amount }
        }
      }
    case .membrane:
      guard let regrown = sums.regrowth?.lanes else { break }
      let amount = 1 / modes.currentPower[step]
      let less = amount * modes.direct[0][step - 1]
      for row in active {
        shared[1].scalars[Int(row)] += amount
        let c = own[0].row(Int(row))
        for lane in 0..<sums.lanes { c[lane] -= regrown[lane] * less }
      }
    }
  }

  /// Notes that a step has been learned from.
  func noteStep() {
    hasMoved = true
  }

  // MARK: - Ends

  /// Brings all rows to the latest learned step and to a new base, which begins there; lets go of rows of which nothing
  /// is left. The sums are to be restarted next.
  func carryOver() {
    let position = sums.position
    guard position > 0 else { return }
    let kept = sums.modes.carried(position)
    let keptFed = sums.filter?.carried(position) ?? (0, 0, 0)
    let currentPower = sums.modes.currentPower[position]
    live.filter { member in
      let row = Int(member)
      settle(row)
      settled[row] = 0
      switch sums.gating {
      case .nothing:
        carry(kept, shared[0].scalars + row, shared.count > 1 ? shared[1].scalars + row : nil)
      case .everything:
        carry(kept, own[0].row(row), own.count > 1 ? own[1].row(row) : nil)
      case .membrane:
        guard let regrown = sums.regrowth?.lanes else { break }
        let (c, q) = (own[0].row(row), shared[1].scalars[row])
        for lane in 0..<sums.lanes {
          c[lane] = Kernels.withoutVanishing(c[lane] * kept.first + regrown[lane] * q)
        }
        shared[1].scalars[row] = q * currentPower
      }
      if let first = channel(0, row) { carry(keptFed, first, channel(1, row)) }
      let lives = matters(row)
      if !lives { forget(row) }
      return lives
    }
    if live.members.isEmpty { connection.remove(lagging: .events(self)) }
  }

  /// Rows of coefficients, or one, to a new base.
  @inline(__always)
  private func carry(
    _ kept: (first: Scalar, second: Scalar, mixed: Scalar),
    _ first: UnsafeMutablePointer<SIMD8<Scalar>>, _ second: UnsafeMutablePointer<SIMD8<Scalar>>?
  ) {
    if let second {
      for lane in 0..<sums.lanes {
        let other = second[lane]
        first[lane] = Kernels.withoutVanishing(first[lane] * kept.first + other * kept.mixed)
        second[lane] = Kernels.withoutVanishing(other * kept.second)
      }
    } else {
      for lane in 0..<sums.lanes {
        first[lane] = Kernels.withoutVanishing(first[lane] * kept.first)
      }
    }
  }

  @inline(__always)
  private func carry(
    _ kept: (first: Scalar, second: Scalar, mixed: Scalar),
    _ first: UnsafeMutablePointer<Scalar>, _ second: UnsafeMutablePointer<Scalar>?
  ) {
    let other = second?.pointee ?? 0
    first.pointee = first.pointee * kept.first + other * kept.mixed
    second?.pointee = other * kept.second
  }

  /// Whether anything is left in a row; shared coefficients, which tell at once, are looked at first.
  private func matters(_ row: Int) -> Bool {
    for vector in shared where abs(vector.scalars[row]) > Self.negligible { return true }
    let limit = SIMD8(repeating: Self.negligible)
    for matrix in own + fed {
      let lanes = matrix.row(row)
      for lane in 0..<sums.lanes where any((lanes[lane] .> limit) .| (lanes[lane] .< -limit)) {
        return true
      }
    }
    return false
  }

  private func forget(_ row: Int) {
    for vector in shared { vector.scalars[row] = 0 }
    for matrix in own + fed { matrix.clear(row: row) }
  }

  /// Forgets the past of every synapse, of which all that is due has been gathered by ``carryOver()``.
  func clearTraces() {
    for row in live.members { forget(Int(row)) }
    live.removeAll()
    connection.remove(lagging: .events(self))
  }

  // MARK: - Who looks in between

  /// Whether weights may have moved since ``takeMovedRows()`` was last called.
  var isMoving: Bool { hasMoved && !live.members.isEmpty }

  /// Rows that may have moved since this was last called.
  func takeMovedRows() -> [Int32] {
    defer { hasMoved = false }
    return hasMoved ? live.members : []
  }

  /// Brings `target`, a copy of what is stored of a row, to the latest learned step, as ``settle(_:)`` would.
  func addPending(_ row: Int32, to target: UnsafeMutablePointer<SIMD8<Scalar>>) {
    let index = Int(row)
    guard live.contains(row), Int(settled[index]) < sums.position else { return }
    func copy(_ source: UnsafeMutablePointer<SIMD8<Scalar>>?, to place: Int)
      -> UnsafeMutablePointer<SIMD8<Scalar>>?
    {
      guard let source else { return nil }
      scratch.row(place).update(from: source, count: sums.lanes)
      return scratch.row(place)
    }
    gather(
      index, from: Int(settled[index]), into: target, c0: copy(coefficients(0, index), to: 0),
      c1: copy(coefficients(1, index), to: 1), x0: copy(channel(0, index), to: 2),
      x1: copy(channel(1, index), to: 3))
    guard excludesSelf else { return }
    UnsafeMutableRawPointer(target).assumingMemoryBound(to: Scalar.self)[index] = 0
  }

  // MARK: - The kernel

  @inline(__always)
  private func gather(
    _ row: Int, from: Int, into target: UnsafeMutablePointer<SIMD8<Scalar>>,
    c0: UnsafeMutablePointer<SIMD8<Scalar>>?, c1: UnsafeMutablePointer<SIMD8<Scalar>>?,
    x0: UnsafeMutablePointer<SIMD8<Scalar>>?, x1: UnsafeMutablePointer<SIMD8<Scalar>>?
  ) {
    if sums.gating == .nothing, sums.channels == 1, sums.modes.count == 1, let x0 {
      return gather(row, from: from, into: target, x0)
    }
    gatherAny(row, from: from, into: target, c0: c0, c1: c1, x0: x0, x1: x1)
  }

  /// The commonest form.
  @inline(__always)
  private func gather(
    _ row: Int, from: Int, into target: UnsafeMutablePointer<SIMD8<Scalar>>,
    _ x: UnsafeMutablePointer<SIMD8<Scalar>>
  ) {
    guard let past = sums.history?.row(from * 3) else { return }
    let lanes = sums.lanes
    let now = sums.now.row(0)
    let c = SIMD8(repeating: shared[0].scalars[row])
    for lane in 0..<lanes {
      let sumC = now[lanes + lane]
      let entered = now[lane] - past[lane]
      let due = sumC * entered + (now[2 * lanes + lane] - past[2 * lanes + lane])
      let before = x[lane]
      target[lane] += before * (sumC - past[lanes + lane]) + c * due
      x[lane] = before + c * entered
    }
  }

  private func gatherAny(
    _ row: Int, from: Int, into target: UnsafeMutablePointer<SIMD8<Scalar>>,
    c0: UnsafeMutablePointer<SIMD8<Scalar>>?, c1: UnsafeMutablePointer<SIMD8<Scalar>>?,
    x0: UnsafeMutablePointer<SIMD8<Scalar>>?, x1: UnsafeMutablePointer<SIMD8<Scalar>>?
  ) {
    guard let history = sums.history else { return }
    let past = history.row(from * sums.stride)
    let now = sums.now.row(0)
    let (lanes, channels, count) = (sums.lanes, sums.channels, sums.modes.count)
    let offsetOfF = (channels * count + channels) * lanes
    let open = sums.gating == .nothing ? nil : past + offsetOfF + count * lanes
    for lane in 0..<lanes {
      let isOpen = open.map { $0[lane] } ?? SIMD8(repeating: 1)
      var sum = target[lane]
      let before0 = x0.map { $0[lane] } ?? .zero
      let before1 = x1.map { $0[lane] } ?? .zero
      var after0 = before0
      var after1 = before1
      for mode in 0..<count {
        let place = mode == 0 ? c0 : c1
        let c = place.map { $0[lane] } ?? SIMD8(repeating: shared[mode].scalars[row])
        // What a spike ends counts up to the spike.
        let part = place == nil ? SIMD8(repeating: 1) : isOpen
        let f = offsetOfF + mode * lanes + lane
        var due = now[f] * part - past[f]
        for channel in 0..<channels {
          let b = (channel * count + mode) * lanes + lane
          let entered = now[b] * part - past[b]
          due += now[(channels * count + channel) * lanes + lane] * entered
          if channel == 0 { after0 += c * entered } else { after1 += c * entered }
        }
        sum += c * due
        if let place { place[lane] = c * isOpen }
      }
      if let x0 {
        let sumC = channels * count * lanes + lane
        sum += before0 * (now[sumC] - past[sumC])
        x0[lane] = after0
      }
      if let x1 {
        let sumC = (channels * count + 1) * lanes + lane
        sum += before1 * (now[sumC] - past[sumC])
        x1[lane] = after1
      }
      target[lane] = sum
    }
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
    if !rows.isEmpty { connection.add(lagging: .events(self)) }
    hasMoved = true
  }
}
