import Foundation

/// Numbers in rows that kernels walk in lanes of eight: rows are padded with zeros to whole lanes and begin at 64-byte
/// boundaries.
///
/// Weights are stored so with one row for each *presynaptic* neuron: what an event touches is contiguous.
/// Kernels keep the padding zero or never let it reach a number that is read.
///
/// A matrix whose lanes several threads share is stored in parts, one after the other, each with its lanes of all rows: what a
/// processor reads ahead of one thread's lanes is then not what another one is writing.
public final class RowMatrix<Scalar: LearningScalar> {
  /// Eight neighbouring numbers of a row.
  public typealias Lane = SIMD8<Scalar>

  public let rows: Int
  public let columns: Int
  /// Lanes a row, padding included.
  public let lanes: Int
  /// Lanes a row that hold any number.
  let usedLanes: Int
  private let block: UnsafeMutableRawPointer
  private let storage: UnsafeMutablePointer<Lane>
  /// The lanes of each part.
  let parts: [Range<Int>]
  private let isSplit: Bool

  /// A matrix of zeros.
  public convenience init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, parts: 1)
  }

  /// - Parameter parts: see above.
  init(rows: Int, columns: Int, parts: Int) {
    precondition(rows > 0 && columns > 0, "a matrix of \(rows)x\(columns)")
    self.rows = rows
    self.columns = columns
    let scalarsPerBlock = max(8, 64 / MemoryLayout<Scalar>.stride)
    lanes = (columns + scalarsPerBlock - 1) / scalarsPerBlock * (scalarsPerBlock / 8)
    usedLanes = (columns + 7) / 8
    self.parts = LaneTeam.parts(of: lanes, parts)
    isSplit = parts > 1
    let bytes = rows * lanes * MemoryLayout<Lane>.stride
    // Zeros from the system take no memory until something else is written.
    guard let block = calloc(bytes + 64, 1) else {
      fatalError("no memory for a matrix of \(rows)x\(columns)")
    }
    self.block = block
    storage = block.alignedUp(toMultipleOf: 64).bindMemory(to: Lane.self, capacity: rows * lanes)
  }

  deinit {
    free(block)
  }

  /// The lanes of a row of a matrix of one part.
  @inline(__always)
  func row(_ index: Int) -> UnsafeMutablePointer<Lane> {
    assert(index >= 0 && index < rows && !isSplit)
    return storage + index * lanes
  }

  /// The lanes of a row, of which only those of the part that has `lane` may be touched.
  @inline(__always)
  func row(_ index: Int, at lane: Int) -> UnsafeMutablePointer<Lane> {
    isSplit ? rowOfPart(index, lane) : row(index)
  }

  private func rowOfPart(_ index: Int, _ lane: Int) -> UnsafeMutablePointer<Lane> {
    var part = 0
    while lane >= parts[part].upperBound { part += 1 }
    let range = parts[part]
    return storage + range.lowerBound * rows + index * range.count - range.lowerBound
  }

  /// Copies a row to contiguous lanes.
  func copyRow(_ index: Int, to target: UnsafeMutablePointer<Lane>) {
    for part in parts {
      (target + part.lowerBound)
        .update(from: row(index, at: part.lowerBound) + part.lowerBound, count: part.count)
    }
  }

  /// The numbers of a row of a matrix of one part, padding included.
  @inline(__always)
  func scalars(ofRow index: Int) -> UnsafeMutablePointer<Scalar> {
    UnsafeMutableRawPointer(row(index)).assumingMemoryBound(to: Scalar.self)
  }

  public subscript(row: Int, column: Int) -> Scalar {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      return self.row(row, at: column / 8)[column / 8][column % 8]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      self.row(row, at: column / 8)[column / 8][column % 8] = newValue
    }
  }

  /// Sets a row to zero.
  func clear(row index: Int) {
    for part in parts {
      (row(index, at: part.lowerBound) + part.lowerBound)
        .update(repeating: .zero, count: part.count)
    }
  }

  /// Sets all rows to zero.
  func clear() {
    storage.update(repeating: .zero, count: rows * lanes)
  }

  /// The numbers of row `index` without padding.
  public func copyOfRow(_ index: Int) -> [Scalar] {
    precondition(index >= 0 && index < rows)
    var values: [Scalar] = []
    append(row: index, to: &values)
    return values
  }

  /// All numbers row by row, without padding.
  public var contents: [Scalar] {
    get {
      var values: [Scalar] = []
      values.reserveCapacity(rows * columns)
      for index in 0..<rows { append(row: index, to: &values) }
      return values
    }
    set {
      precondition(newValue.count == rows * columns)
      for index in 0..<rows {
        for part in parts {
          let target = numbers(index, part)
          for column in columns(of: part) { target[column] = newValue[index * columns + column] }
        }
      }
    }
  }

  private func append(row index: Int, to values: inout [Scalar]) {
    for part in parts {
      let columns = columns(of: part)
      values.append(
        contentsOf: UnsafeBufferPointer(
          start: numbers(index, part) + columns.lowerBound, count: columns.count))
    }
  }

  private func columns(of part: Range<Int>) -> Range<Int> {
    (part.lowerBound * 8..<part.upperBound * 8).clamped(to: 0..<columns)
  }

  private func numbers(_ index: Int, _ part: Range<Int>) -> UnsafeMutablePointer<Scalar> {
    UnsafeMutableRawPointer(row(index, at: part.lowerBound)).assumingMemoryBound(to: Scalar.self)
  }
}

/// One padded row of numbers, such as the membranes of a layer.
public final class LaneVector<Scalar: LearningScalar> {
  /// The vector as a matrix of one row.
  let matrix: RowMatrix<Scalar>

  /// A vector of zeros.
  public init(count: Int) {
    matrix = RowMatrix(rows: 1, columns: count)
  }

  public var count: Int { matrix.columns }
  var laneCount: Int { matrix.lanes }
  @inline(__always) var lanes: UnsafeMutablePointer<SIMD8<Scalar>> { matrix.row(0) }
  @inline(__always) var scalars: UnsafeMutablePointer<Scalar> { matrix.scalars(ofRow: 0) }

  public subscript(index: Int) -> Scalar {
    get { matrix[0, index] }
    set { matrix[0, index] = newValue }
  }

  func clear() { matrix.clear() }

  /// The numbers without padding.
  public var contents: [Scalar] {
    get { matrix.contents }
    set { matrix.contents = newValue }
  }
}
