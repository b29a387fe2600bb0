/// Gathers the trials of one recording from the rows of a table, in any order.
struct TrialRows {
  private var trials: [(stretch: LabelledStretch, row: LabelTable.Row)] = []

  /// - Throws: ``RecordingError/file(path:reason:)`` for a trial that ends before it has begun.
  mutating func add(
    _ stretch: LabelledStretch, _ row: LabelTable.Row, of table: LabelTable
  ) throws(RecordingError) {
    if let begin = stretch.begin, let end = stretch.end, end <= begin {
      throw table.refusal(row, "the trial ends at \(end) us, not after its begin at \(begin) us")
    }
    trials.append((stretch, row))
  }

  /// The trials by time.
  ///
  /// - Throws: ``RecordingError/file(path:reason:)`` where two overlap.
  func stretches(of table: LabelTable) throws(RecordingError) -> [LabelledStretch] {
    let sorted = trials.sorted {
      ($0.stretch.begin ?? .min, $0.row.line) < ($1.stretch.begin ?? .min, $1.row.line)
    }
    for (one, next) in zip(sorted, sorted.dropFirst()) where one.stretch.overlaps(next.stretch) {
      let (first, second) =
        one.row.line < next.row.line ? (one.row, next.row) : (next.row, one.row)
      throw table.refusal(second, "the trial overlaps that of line \(first.line)")
    }
    return sorted.map(\.stretch)
  }
}
