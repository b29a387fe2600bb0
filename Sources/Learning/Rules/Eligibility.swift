/// How the eligibility of a connection's synapses is computed.
///
/// An enumeration and not a protocol: calls through a witness table reach generic code that is not specialised for its
/// scalar, over 100 times slower.
enum Eligibility<Scalar: LearningScalar> {
  /// Every live synapse in every step: what is meant.
  case dense(DenseEligibility<Scalar>)
  /// When an input spikes or a chunk ends.
  case events(EventDrivenEligibility<Scalar>)
  /// As a product of two vectors.
  case rankOne(RankOneEligibility<Scalar>)

  /// The lanes that have to be worked on apart.
  var parts: [Range<Int>] {
    if case .events(let events) = self { events.parts } else { [0..<gradient.sums.lanes] }
  }

  var gradient: GradientSums<Scalar> {
    switch self {
    case .dense(let dense): dense.gradient
    case .events(let events): events.gradient
    case .rankOne(let product): product.gradient
    }
  }

  /// Whether weights descend as they learn, later than they learn.
  var descends: Bool {
    switch self {
    case .dense: false
    case .events(let events): events.descends
    case .rankOne(let product): product.descends
    }
  }

  private var isLazy: Bool {
    if case .dense = self { false } else { true }
  }

  /// Place of the stream among those that learn into the same weights.
  var order: Int {
    get {
      switch self {
      case .dense: 0
      case .events(let events): events.order
      case .rankOne(let product): product.order
      }
    }
    nonmutating set {
      switch self {
      case .dense: break
      case .events(let events): events.order = newValue
      case .rankOne(let product): product.order = newValue
      }
    }
  }

  var kind: EligibilityKind {
    switch self {
    case .dense: .dense
    case .events: .events
    case .rankOne: .rankOne
    }
  }

  func isSame(as other: Eligibility) -> Bool { gradient === other.gradient }

  // MARK: - Steps

  /// Brings rows up to date whose weights are about to act.
  @inline(__always)
  func settle(_ active: Indices) {
    if case .events(let events) = self { events.settle(active) }
  }

  /// input += what is pending of the rows of `active`, where reading does not settle them.
  @inline(__always)
  func deliverPending(_ active: Indices, to input: LaneVector<Scalar>, lanes: Range<Int>) {
    guard case .rankOne(let product) = self else { return }
    for row in active where product.live.contains(row) {
      product.addPending(row, to: input.lanes, lanes: lanes)
    }
  }

  /// Takes the input spikes of a learned step in, where what is learned is stored later; its signals follow.
  ///
  /// - Parameter rate: with a learning rate the weights descend; without, the gradient is summed.
  @inline(__always)
  func inject(_ active: Indices, rate: Scalar?) {
    switch self {
    case .dense: break
    case .events(let events):
      // Without descent nothing has asked for these rows yet.
      if rate == nil { events.settle(active) }
      events.inject(active)
    case .rankOne(let product): product.inject(active)
    }
  }

  /// Takes the input spikes and the signals of a learned step in, where what is learned is stored at once.
  @inline(__always)
  func learn(
    _ active: Indices, _ post: PostsynapticSignals<Scalar>, _ connection: Connection<Scalar>,
    rate: Scalar?
  ) {
    if case .dense(let dense) = self { dense.learn(active, post, weights: connection, rate: rate) }
  }

  // MARK: - Ends

  /// Stores what is pending, in `lanes`; ``noteCarriedOver()`` is to follow, and then a restart of the sums it refers to.
  @inline(__always)
  func carryOver(lanes: Range<Int>) {
    if case .events(let events) = self { events.carryOver(lanes: lanes) }
  }

  func noteCarriedOver() {
    switch self {
    case .dense: break
    case .events(let events): events.noteCarriedOver()
    case .rankOne(let product): product.carryOver()
    }
  }

  /// Stores what is pending and forgets the past of every synapse; the summed gradient stays. The sums are to begin anew.
  func finish() {
    switch self {
    case .dense(let dense): dense.clearTraces()
    case .events(let events): events.finish()
    case .rankOne(let product): product.finish()
    }
  }

  /// Ends a period of updates: rows end here, whatever the form, for a row that lives takes part in the next update.
  func endPeriod() {
    if case .dense(let dense) = self { dense.sweep() }
  }

  // MARK: - Who looks in between

  var isMoving: Bool {
    switch self {
    case .dense: false
    case .events(let events): events.isMoving
    case .rankOne(let product): product.isMoving
    }
  }

  func takeMovedRows() -> [Int32] {
    switch self {
    case .dense: []
    case .events(let events): events.takeMovedRows()
    case .rankOne(let product): product.takeMovedRows()
    }
  }

  /// target += what is pending of `row`.
  func addPending(_ row: Int32, to target: UnsafeMutablePointer<SIMD8<Scalar>>) {
    switch self {
    case .dense: break
    case .events(let events): events.addPending(row, to: target)
    case .rankOne(let product):
      if product.live.contains(row) {
        product.addPending(row, to: target, lanes: 0..<product.sums.lanes)
      }
    }
  }

  /// result_i += what is pending of row i times `vector`, for every row i in `lanes`.
  @inline(__always)
  func addPending(
    times vector: LaneVector<Scalar>, to result: LaneVector<Scalar>, lanes: Range<Int>
  ) {
    guard case .rankOne(let product) = self else { return }
    product.addPending(times: vector, to: result, lanes: lanes)
  }

  // MARK: - Checkpoints

  /// Everything that is a number of each synapse or row; of weights that are behind, also what is stored of them.
  var matrices: [(name: String, matrix: RowMatrix<Scalar>)] {
    switch self {
    case .dense(let dense): dense.matrices
    case .events(let events): events.matrices
    case .rankOne(let product): product.matrices
    }
  }

  /// What decides what its numbers mean.
  var code: Int32 {
    switch self {
    case .dense: 0
    case .events(let events): events.descends ? 2 : 1
    case .rankOne(let product): product.descends ? 4 : 3
    }
  }

  /// Rows with traces, in their order.
  var live: [Int32] {
    switch self {
    case .dense(let dense): Array(dense.live.members)
    case .events(let events): Array(events.live.members)
    case .rankOne(let product): Array(product.live.members)
    }
  }

  /// When the traces are from: of the dense form the steps since it last looked for what has vanished.
  var asOf: [Int32] {
    switch self {
    case .dense(let dense): [Int32(dense.stepsSinceSweep)]
    case .events(let events): events.entries
    case .rankOne: []
    }
  }

  /// Goes on with ``live`` and ``asOf`` as they were, with ``matrices`` filled.
  func restore(live: [Int32], asOf: [Int32]) {
    switch self {
    case .dense(let dense): dense.restore(live: live, stepsSinceSweep: Int(asOf.first ?? 0))
    case .events(let events): events.restore(live: live, entries: asOf)
    case .rankOne(let product): product.restore(live: live)
    }
  }

  /// The gradient that has been summed, pending parts included, row by row.
  var gradientContents: [Scalar] {
    guard isLazy, !descends else { return gradient.sums.contents }
    let (rows, columns) = (gradient.sums.rows, gradient.sums.columns)
    let copy = RowMatrix<Scalar>(rows: rows, columns: columns)
    for row in 0..<rows {
      copy.row(row).update(from: gradient.sums.row(row), count: copy.lanes)
      addPending(Int32(row), to: copy.row(row))
    }
    return copy.contents
  }
}
