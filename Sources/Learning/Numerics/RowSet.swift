/// A set of row numbers with constant-time insertion, that is emptied by walking its members only.
struct RowSet {
  private var isMember: [Bool]
  /// Members in the order of their insertion.
  private(set) var members: [Int32] = []

  init(rows: Int) {
    isMember = [Bool](repeating: false, count: rows)
  }

  @inline(__always)
  func contains(_ row: Int32) -> Bool { isMember[Int(row)] }

  @inline(__always)
  mutating func insert(_ row: Int32) {
    guard !isMember[Int(row)] else { return }
    isMember[Int(row)] = true
    members.append(row)
  }

  /// Keeps the members for which `condition` holds, in their order.
  @inline(__always)
  mutating func filter(_ condition: (Int32) -> Bool) {
    var kept = 0
    for position in members.indices {
      let row = members[position]
      guard condition(row) else {
        isMember[Int(row)] = false
        continue
      }
      members[kept] = row
      kept += 1
    }
    members.removeSubrange(kept...)
  }

  mutating func removeAll() {
    for row in members { isMember[Int(row)] = false }
    members.removeAll(keepingCapacity: true)
  }
}
