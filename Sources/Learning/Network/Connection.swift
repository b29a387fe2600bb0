/// The weights between two layers, one row for each presynaptic neuron, and a note of which rows have changed.
public final class Connection<Scalar: LearningScalar> {
  /// Name of the weights in snapshots and checkpoints.
  public let name: String
  /// Weights, presynaptic neurons x postsynaptic neurons.
  public let weights: RowMatrix<Scalar>
  private var changed: RowSet

  /// Weights of zero.
  ///
  /// - Parameters:
  ///   - name: in snapshots and checkpoints.
  ///   - inputs: presynaptic neurons, the rows.
  ///   - outputs: postsynaptic neurons.
  public init(name: String, inputs: Int, outputs: Int) {
    self.name = name
    weights = RowMatrix(rows: inputs, columns: outputs)
    changed = RowSet(rows: inputs)
  }

  /// Notes that `row` is about to change.
  @inline(__always)
  func markChanged(_ row: Int32) {
    changed.insert(row)
  }

  /// Notes that all of `rows` are about to change.
  func markChanged(_ rows: [Int32]) {
    for row in rows { changed.insert(row) }
  }

  /// Whether rows changed since ``takeChangedRows()`` was last called.
  var hasChanges: Bool { !changed.members.isEmpty }

  /// Rows that changed since this was last called, ascending.
  func takeChangedRows() -> [Int32] {
    defer { changed.removeAll() }
    return changed.members.sorted()
  }
}
