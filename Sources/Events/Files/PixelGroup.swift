/// Eight neighbouring pixels of a row, of which a mask tells which have an event.
struct PixelGroup: Sendable {
  /// Places of the pixels with an event, from the left; what is behind them does not count.
  private var places = SIMD8<UInt16>()
  /// Pixels with an event.
  private(set) var count = 0

  /// A group for each mask.
  static let all: [PixelGroup] = (0..<256).map { mask in
    var group = PixelGroup()
    for place in 0..<8 where mask >> place & 1 == 1 {
      group.places[group.count] = UInt16(place)
      group.count += 1
    }
    return group
  }

  /// Columns beyond the 11 bits of an address start again at 0.
  private static let columnMask: UInt16 = 0x7FF

  /// Writes the events, and what does not count behind them: eight in all.
  @inline(__always)
  func write(
    to columns: borrowing EventColumns, at index: Int, t: Int64, x: UInt16, y: UInt16, on: Bool
  ) {
    let x = (places &+ SIMD8(repeating: x)) & SIMD8(repeating: Self.columnMask)
    store(SIMD8(repeating: t), columns.t + index)
    store(x, columns.x + index)
    store(SIMD8(repeating: y), columns.y + index)
    store(UInt64(on ? 0x0101_0101_0101_0101 : 0), columns.on + index)
  }

  @inline(__always)
  private func store<Value: BitwiseCopyable, Element>(
    _ value: Value, _ place: UnsafeMutablePointer<Element>
  ) {
    UnsafeMutableRawPointer(place).storeBytes(of: value, as: Value.self)
  }
}
