/// A set of row numbers with constant-time insertion, that is emptied by walking its members only.
///
/// Its memory is its own and fixed, for arrays in the variables of a class are checked at every access while the
/// program runs.
final class RowSet {
  private let isMember: UnsafeMutablePointer<Bool>
  private let list: UnsafeMutablePointer<Int32>
  private let counter: UnsafeMutablePointer<Int>

  init(rows: Int) {
    isMember = .allocate(capacity: rows)
    isMember.initialize(repeating: false, count: rows)
    list = .allocate(capacity: rows)
    counter = .allocate(capacity: 1)
    counter.initialize(to: 0)
  }

  deinit {
    isMember.deallocate()
    list.deallocate()
    counter.deallocate()
  }

  /// Members in the order of their insertion; to be used before the next change.
  @inline(__always)
  var members: Indices {
    Indices(start: list, count: counter.pointee)
  }

  @inline(__always)
  var isEmpty: Bool { counter.pointee == 0 }

  @inline(__always)
  func contains(_ row: Int32) -> Bool { isMember[Int(row)] }

  @inline(__always)
  func insert(_ row: Int32) {
    guard !isMember[Int(row)] else { return }
    isMember[Int(row)] = true
    list[counter.pointee] = row
    counter.pointee += 1
  }

  /// Keeps the members for which `condition` holds, in their order.
  @inline(__always)
  func filter(_ condition: (Int32) -> Bool) {
    var kept = 0
    for position in 0..<counter.pointee {
      let row = list[position]
      guard condition(row) else {
        isMember[Int(row)] = false
        continue
      }
      list[kept] = row
      kept += 1
    }
    counter.pointee = kept
  }

  func removeAll() {
    for row in members { isMember[Int(row)] = false }
    counter.pointee = 0
  }
}
