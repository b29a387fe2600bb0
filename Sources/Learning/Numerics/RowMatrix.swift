import Foundation

/// Numbers in rows that kernels walk in lanes of eight: rows are padded with zeros to whole lanes and begin at 64-byte
/// boundaries.
///
/// Weights are stored so with one row for each *presynaptic* neuron: what an event touches is contiguous.
/// Kernels keep the padding zero or never let it reach a number that is read.
public final class RowMatrix<Scalar: LearningScalar> {
  /// Eight neighbouring numbers of a row.
  public typealias Lane = SIMD8<Scalar>

  public let rows: Int
  public let columns: Int
  /// Lanes a row, padding included.
  public let lanes: Int
  private let block: UnsafeMutableRawPointer
  private let storage: UnsafeMutablePointer<Lane>

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    precondition(rows > 0 && columns > 0, "a matrix of \(rows)x\(columns)")
    self.rows = rows
    self.columns = columns
    let scalarsPerBlock = max(8, 64 / MemoryLayout<Scalar>.stride)
    lanes = (columns + scalarsPerBlock - 1) / scalarsPerBlock * (scalarsPerBlock / 8)
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

  /// The lanes of a row.
  @inline(__always)
  func row(_ index: Int) -> UnsafeMutablePointer<Lane> {
    assert(index >= 0 && index < rows)
    return storage + index * lanes
  }

  /// The numbers of a row, padding included.
  @inline(__always)
  func scalars(ofRow index: Int) -> UnsafeMutablePointer<Scalar> {
    UnsafeMutableRawPointer(row(index)).assumingMemoryBound(to: Scalar.self)
  }

  public subscript(row: Int, column: Int) -> Scalar {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      return scalars(ofRow: row)[column]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns)
      scalars(ofRow: row)[column] = newValue
    }
  }

  /// Sets a row to zero.
  func clear(row index: Int) {
    row(index).update(repeating: .zero, count: lanes)
  }

  /// Sets all rows to zero.
  func clear() {
    storage.update(repeating: .zero, count: rows * lanes)
  }

  /// The numbers of row `index` without padding.
  public func copyOfRow(_ index: Int) -> [Scalar] {
    precondition(index >= 0 && index < rows)
    return Array(UnsafeBufferPointer(start: scalars(ofRow: index), count: columns))
  }

  /// All numbers row by row, without padding.
  public var contents: [Scalar] {
    get {
      var values: [Scalar] = []
      values.reserveCapacity(rows * columns)
      for index in 0..<rows {
        values.append(
          contentsOf: UnsafeBufferPointer(start: scalars(ofRow: index), count: columns))
      }
      return values
    }
    set {
      precondition(newValue.count == rows * columns)
      for index in 0..<rows {
        for column in 0..<columns {
          scalars(ofRow: index)[column] = newValue[index * columns + column]
        }
      }
    }
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
