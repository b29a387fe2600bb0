/// Numbers in rows of one width, in one piece of memory: one row for each step, or for each presynaptic neuron.
final class Series {
  typealias Row = UnsafeMutableBufferPointer<Double>

  let count: Int
  let width: Int
  private let values: Row

  /// Zeros.
  init(count: Int, width: Int) {
    (self.count, self.width) = (count, width)
    values = .allocate(capacity: count * width)
    values.initialize(repeating: 0)
  }

  convenience init(_ rows: [[Double]]) {
    self.init(count: rows.count, width: rows.first?.count ?? 0)
    for (index, numbers) in rows.enumerated() {
      precondition(numbers.count == width)
      _ = self[index].update(fromContentsOf: numbers)
    }
  }

  deinit {
    values.deallocate()
  }

  /// A row, to be used as long as the series is kept.
  @inline(__always)
  subscript(row: Int) -> Row {
    precondition(row >= 0 && row < count)
    return Row(rebasing: values[row * width..<(row + 1) * width])
  }

  var rows: [[Double]] { (0..<count).map { Array(self[$0]) } }
}

/// y += a x.
func add(_ a: Double, _ x: [Double], to y: inout [Double]) {
  y.withUnsafeMutableBufferPointer { add(a, x, to: $0) }
}

func add(_ a: Double, _ x: [Double], to y: Series.Row) {
  precondition(x.count == y.count)
  x.withUnsafeBufferPointer { x in
    for j in 0..<y.count { y[j] += a * x[j] }
  }
}

func add(_ a: Double, _ x: Series.Row, to y: inout [Double]) {
  precondition(x.count == y.count)
  y.withUnsafeMutableBufferPointer { y in
    for j in 0..<y.count { y[j] += a * x[j] }
  }
}

/// Of each row of `weights`, its product with `x`.
func product(_ weights: [[Double]], _ x: [Double]) -> [Double] {
  weights.map { row in
    precondition(row.count == x.count)
    return row.withUnsafeBufferPointer { row in x.withUnsafeBufferPointer { product(row, $0) } }
  }
}

/// Adds to each number of `y` the product of a row of `weights` with `x`.
func addProducts(_ weights: Series, _ x: Series.Row, to y: Series.Row) {
  precondition(weights.count == y.count && weights.width == x.count)
  let x = UnsafeBufferPointer(x)
  for i in 0..<y.count { y[i] += product(UnsafeBufferPointer(weights[i]), x) }
}

func product(_ row: UnsafeBufferPointer<Double>, _ x: UnsafeBufferPointer<Double>) -> Double {
  // Four sums, for one would wait for each addition.
  var sums = SIMD4<Double>.zero
  let whole = x.count / 4 * 4
  let (rows, xs) = (UnsafeRawBufferPointer(row), UnsafeRawBufferPointer(x))
  for j in stride(from: 0, to: whole, by: 4) {
    let offset = j * MemoryLayout<Double>.stride
    sums +=
      rows.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
      * xs.loadUnaligned(fromByteOffset: offset, as: SIMD4<Double>.self)
  }
  for j in whole..<x.count { sums[0] += row[j] * x[j] }
  return sums[0] + sums[1] + sums[2] + sums[3]
}
