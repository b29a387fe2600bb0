/// Numbers in rows of one width, in one piece of memory: one row for each step, or for each presynaptic neuron.
struct Series: Sendable {
  let count: Int
  let width: Int
  private var values: [Double]

  /// Zeros.
  init(count: Int, width: Int) {
    (self.count, self.width) = (count, width)
    values = [Double](repeating: 0, count: count * width)
  }

  init(_ rows: [[Double]]) {
    (count, width) = (rows.count, rows.first?.count ?? 0)
    values = []
    values.reserveCapacity(count * width)
    for row in rows {
      precondition(row.count == width)
      values += row
    }
  }

  @inline(__always)
  subscript(row: Int, column: Int) -> Double {
    get { values[row * width + column] }
    set { values[row * width + column] = newValue }
  }

  subscript(row: Int) -> ArraySlice<Double> { values[row * width..<(row + 1) * width] }

  var rows: [[Double]] { (0..<count).map { Array(self[$0]) } }

  mutating func set(_ row: Int, to numbers: [Double]) {
    precondition(numbers.count == width)
    let start = row * width
    for j in 0..<width { values[start + j] = numbers[j] }
  }

  /// y += a x, with row `row` as x.
  func add(_ a: Double, row: Int, to y: inout [Double]) {
    precondition(y.count == width && row < count)
    values.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        let start = row * width
        for j in 0..<width { y[j] += a * x[start + j] }
      }
    }
  }

  /// Adds to row `row` the products of the rows of `weights` with row `other` of `x`.
  mutating func add(productsOf weights: Series, with x: Series, row other: Int, to row: Int) {
    precondition(weights.width == x.width && weights.count == width)
    precondition(row < count && other < x.count)
    let (start, length) = (row * width, x.width)
    values.withUnsafeMutableBufferPointer { y in
      weights.values.withUnsafeBufferPointer { weights in
        x.values.withUnsafeBufferPointer { x in
          let x = UnsafeBufferPointer(rebasing: x[other * length..<(other + 1) * length])
          for i in 0..<weights.count / max(length, 1) {
            let row = UnsafeBufferPointer(rebasing: weights[i * length..<(i + 1) * length])
            y[start + i] += Reference.product(row, x)
          }
        }
      }
    }
  }

  /// The product of row `row` with `x`.
  func product(row: Int, with x: [Double]) -> Double {
    precondition(x.count == width && row < count)
    return values.withUnsafeBufferPointer { values in
      x.withUnsafeBufferPointer { x in
        Reference.product(
          UnsafeBufferPointer(rebasing: values[row * width..<(row + 1) * width]), x)
      }
    }
  }
}
