// x = k ln 2 + r; adding 1.5 times 2 to the number of fraction bits leaves k in the lowest bits, from where it is
// shifted into the exponent.

extension Float {
  /// exp(x) for x <= 0, to about the last digit, in a form of which the compiler makes vectors.
  @inline(__always)
  static func decaying(_ x: Float) -> Float {
    let x = x < -87 ? -87 : x
    let shifted = x * 1.442695041 + 0x1.8p23
    let k = shifted - 0x1.8p23
    let r = (x - k * 0.693359375) - k * -2.12194440e-4
    var sum: Float = 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    sum = sum * r + 1
    sum = sum * r + 1
    return Float(bitPattern: sum.bitPattern &+ (shifted.bitPattern &<< 23))
  }
}

/// Rows of numbers in one piece of memory, each padded with zeros to a whole number of cache lines.
final class Rows {
  typealias Row = UnsafeMutablePointer<Float>

  private(set) var count: Int
  let width: Int
  /// Numbers a row, padding included.
  let stride: Int
  private(set) var start: Row

  /// Zeros.
  init(count: Int, width: Int) {
    (self.count, self.width) = (count, width)
    stride = (width + 15) / 16 * 16
    start = Self.allocate(count * stride)
  }

  private static func allocate(_ capacity: Int) -> Row {
    let bytes = max(capacity, 1) * MemoryLayout<Float>.stride
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    let start = block.bindMemory(to: Float.self, capacity: capacity)
    start.initialize(repeating: 0, count: capacity)
    return start
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }

  /// Makes room for `count` rows; what they held is lost if there was less.
  func reserve(_ count: Int) {
    guard count > self.count else { return }
    UnsafeMutableRawPointer(start).deallocate()
    self.count = count
    start = Self.allocate(count * stride)
  }

  @inline(__always)
  func row(_ index: Int) -> Row { start + index * stride }

  func clear() { start.update(repeating: 0, count: count * stride) }

  var numbers: [[Double]] {
    get { (0..<count).map { index in (0..<width).map { Double(row(index)[$0]) } } }
    set {
      precondition(newValue.count == count)
      for (index, numbers) in newValue.enumerated() {
        precondition(numbers.count == width)
        for (j, number) in numbers.enumerated() { row(index)[j] = Float(number) }
      }
    }
  }
}
