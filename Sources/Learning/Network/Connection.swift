/// The weights between two layers, one row for each presynaptic neuron, and a note of which rows have changed.
///
/// Where weights descend at every step, what is stored of them may be behind: the rows of inputs that have not spiked
/// lately have their part of the gradient still to come; see ``EventDrivenEligibility``. Whoever reads through ``weights``
/// sees them as they are.
public final class Connection<Scalar: LearningScalar> {
  /// Name of the weights in snapshots and checkpoints.
  public let name: String
  /// What is stored of the weights.
  let stored: RowMatrix<Scalar>
  private let changed: RowSet
  /// The streams whose learning is behind, by their ``NetworkState/order``: what is pending is added in this order.
  private(set) var lagging: [Eligibility<Scalar>] = []
  /// The only one of them, if its rows are settled when they are read.
  private var onlyEvents: EventDrivenEligibility<Scalar>?
  /// What is stored, postsynaptic x presynaptic neurons, for connections that carry errors back.
  private let transposed: TransposedMatrix<Scalar>?

  /// Weights of zero.
  ///
  /// - Parameters:
  ///   - name: in snapshots and checkpoints.
  ///   - inputs: presynaptic neurons, the rows.
  ///   - outputs: postsynaptic neurons.
  public convenience init(name: String, inputs: Int, outputs: Int) {
    self.init(name: name, inputs: inputs, outputs: outputs, carriesErrors: false, parts: 1)
  }

  /// - Parameters:
  ///   - carriesErrors: whether ``multiply(by:into:lanes:)`` is called often, and rows change seldom.
  ///   - parts: in which the weights are stored.
  init(name: String, inputs: Int, outputs: Int, carriesErrors: Bool, parts: Int) {
    self.name = name
    stored = RowMatrix(rows: inputs, columns: outputs, parts: parts)
    changed = RowSet(rows: inputs)
    transposed = carriesErrors ? TransposedMatrix(stored) : nil
  }

  /// Weights as they are now, presynaptic neurons x postsynaptic neurons. While a stream's learning is behind they are a
  /// copy; writing to that changes nothing. Otherwise what is written before the next step acts; do not keep them for later.
  public var weights: RowMatrix<Scalar> {
    guard !lagging.isEmpty else {
      // Whoever gets hold of them may write.
      transposed?.distrust()
      return stored
    }
    return copy()
  }

  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  private func copy() -> RowMatrix<Scalar> {
    let copy = RowMatrix<Scalar>(rows: stored.rows, columns: stored.columns)
    for row in 0..<stored.rows { read(Int32(row), into: copy.row(row)) }
    return copy
  }

  /// Row `row` of the weights as they are now.
  func copyOfRow(_ row: Int32) -> [Scalar] {
    let copy = RowMatrix<Scalar>(rows: 1, columns: stored.columns)
    read(row, into: copy.row(0))
    return copy.contents
  }

  /// Writes row `row` of the weights as they are now to contiguous lanes.
  func read(_ row: Int32, into target: UnsafeMutablePointer<SIMD8<Scalar>>) {
    stored.copyRow(Int(row), to: target)
    for eligibility in lagging { eligibility.addPending(row, to: target) }
  }

  // MARK: - Changes

  /// Notes that `row` is about to change.
  @inline(__always)
  func markChanged(_ row: Int32) {
    changed.insert(row)
    transposed?.noteChange(of: row)
  }

  /// Notes that all of `rows` are about to change.
  @inline(__always)
  func markChanged(_ rows: some Sequence<Int32>) {
    for row in rows { markChanged(row) }
  }

  /// Notes that what is stored of `rows` changes, though the weights do not.
  @inline(__always)
  func noteStored(_ rows: some Sequence<Int32>) {
    guard let transposed else { return }
    for row in rows { transposed.noteChange(of: row) }
  }

  /// Notes that all that is stored has been replaced.
  func noteStoredAnew() {
    transposed?.distrust()
  }

  /// Whether rows changed since ``takeChangedRows()`` was last called.
  var hasChanges: Bool { !changed.isEmpty || lagging.contains { $0.isMoving } }

  /// Rows that changed since this was last called, ascending.
  func takeChangedRows() -> [Int32] {
    for eligibility in lagging { for row in eligibility.takeMovedRows() { changed.insert(row) } }
    defer { changed.removeAll() }
    return changed.members.sorted()
  }

  // MARK: - Streams that are behind

  func add(lagging eligibility: Eligibility<Scalar>) {
    let place = lagging.firstIndex { $0.order > eligibility.order } ?? lagging.count
    lagging.insert(eligibility, at: place)
    noteLagging()
  }

  func remove(lagging eligibility: Eligibility<Scalar>) {
    lagging.removeAll { $0.isSame(as: eligibility) }
    noteLagging()
  }

  /// Whether several streams are behind. When one of them stores its part, others' parts are added after it and no longer
  /// before, which may change the last bit of a weight that nobody moved.
  var isShared: Bool { lagging.count > 1 }

  private func noteLagging() {
    if lagging.count == 1, case .events(let events) = lagging[0] {
      onlyEvents = events
    } else {
      onlyEvents = nil
    }
  }

  // MARK: - What flows through

  /// input += the rows of `active`, in the order given, in `lanes` of the postsynaptic neurons. ``prepare(_:)`` comes first,
  /// ``noteDelivered(_:)`` when all lanes are done.
  @inline(__always)
  func deliver(_ active: Indices, to input: LaneVector<Scalar>, lanes: Range<Int>) {
    if let events = onlyEvents {
      return events.deliver(active, to: input.lanes, lanes: lanes)
    }
    Kernels.addRows(active, of: stored, to: input, lanes: lanes)
    for eligibility in lagging { eligibility.deliverPending(active, to: input, lanes: lanes) }
  }

  /// Brings rows up to date that several streams are behind with.
  @inline(__always)
  func prepare(_ active: Indices) {
    guard onlyEvents == nil else { return }
    for eligibility in lagging { eligibility.settle(active) }
  }

  @inline(__always)
  func noteDelivered(_ active: Indices) {
    onlyEvents?.noteSettled(active)
  }

  /// result_i = sum over j of w_ij vector_j, for every row i in `lanes`. ``noteMultiplied()`` is to follow when
  /// all lanes are done.
  @inline(__always)
  func multiply(
    by vector: LaneVector<Scalar>, into result: LaneVector<Scalar>, lanes: Range<Int>
  ) {
    if let transposed {
      transposed.refresh(lanes: lanes)
      transposed.multiply(by: vector, into: result, lanes: lanes)
    } else {
      Kernels.multiply(stored, by: vector, into: result, lanes: lanes)
    }
    for eligibility in lagging {
      eligibility.addPending(times: vector, to: result, lanes: lanes)
    }
  }

  @inline(__always)
  func noteMultiplied() {
    transposed?.noteRefreshed()
  }
}
