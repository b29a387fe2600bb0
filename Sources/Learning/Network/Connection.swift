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
  /// The streams whose learning is behind.
  private(set) var lagging: [Eligibility<Scalar>] = []
  /// What is stored, postsynaptic x presynaptic neurons, for connections that carry errors back.
  private let transposed: TransposedMatrix<Scalar>?

  /// Weights of zero.
  ///
  /// - Parameters:
  ///   - name: in snapshots and checkpoints.
  ///   - inputs: presynaptic neurons, the rows.
  ///   - outputs: postsynaptic neurons.
  public convenience init(name: String, inputs: Int, outputs: Int) {
    self.init(name: name, inputs: inputs, outputs: outputs, carriesErrors: false)
  }

  /// - Parameter carriesErrors: whether ``multiply(by:into:)`` is called often, and rows change seldom.
  init(name: String, inputs: Int, outputs: Int, carriesErrors: Bool) {
    self.name = name
    stored = RowMatrix(rows: inputs, columns: outputs)
    changed = RowSet(rows: inputs)
    transposed = carriesErrors ? TransposedMatrix(stored) : nil
  }

  /// Weights as they are now, presynaptic neurons x postsynaptic neurons. While a stream's learning is behind they are a
  /// copy; writing to that changes nothing.
  public var weights: RowMatrix<Scalar> {
    guard !lagging.isEmpty else {
      // Whoever gets hold of them may write.
      transposed?.distrust()
      return stored
    }
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

  private func read(_ row: Int32, into target: UnsafeMutablePointer<SIMD8<Scalar>>) {
    target.update(from: stored.row(Int(row)), count: stored.lanes)
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
    lagging.append(eligibility)
  }

  func remove(lagging eligibility: Eligibility<Scalar>) {
    lagging.removeAll { $0.isSame(as: eligibility) }
  }

  // MARK: - What flows through

  /// input += the rows of `active`, in the order given.
  @inline(__always)
  func deliver(_ active: [Int32], to input: LaneVector<Scalar>) {
    if lagging.count == 1, case .events(let events) = lagging[0] {
      events.deliver(active, to: input.lanes, lanes: 0..<stored.lanes)
      events.noteSettled(active)
      return
    }
    for eligibility in lagging { eligibility.settle(active) }
    Kernels.addRows(active, of: stored, to: input)
    for eligibility in lagging { eligibility.deliverPending(active, to: input) }
  }

  /// result_i = sum over j of w_ij vector_j, for every row i.
  func multiply(by vector: LaneVector<Scalar>, into result: LaneVector<Scalar>) {
    if let transposed {
      transposed.multiply(by: vector, into: result)
    } else {
      Kernels.multiply(stored, by: vector, into: result)
    }
    for eligibility in lagging { eligibility.addPending(times: vector, to: result) }
  }
}
