extension EventBatch {
  /// Calls `body` with the parts of the columns that hold the events of `range`.
  @inline(__always)
  func withColumns(
    _ range: Range<Int>,
    _ body: (
      UnsafeBufferPointer<Int64>, UnsafeBufferPointer<UInt16>, UnsafeBufferPointer<UInt16>,
      UnsafeBufferPointer<Bool>
    ) -> Void
  ) {
    t[range].withUnsafeBufferPointer { t in
      x[range].withUnsafeBufferPointer { x in
        y[range].withUnsafeBufferPointer { y in
          on[range].withUnsafeBufferPointer { body(t, x, y, $0) }
        }
      }
    }
  }
}

extension EventBatch {
  /// A batch of at most `capacity` events, which `body` writes into its columns; it returns how many they are.
  @inline(__always)
  init(
    upTo capacity: Int,
    _ body: (
      UnsafeMutableBufferPointer<Int64>, UnsafeMutableBufferPointer<UInt16>,
      UnsafeMutableBufferPointer<UInt16>, UnsafeMutableBufferPointer<Bool>
    ) -> Int
  ) {
    var (x, y, on): ([UInt16], [UInt16], [Bool]) = ([], [], [])
    let t = [Int64](unsafeUninitializedCapacity: capacity) { t, count in
      x = [UInt16](unsafeUninitializedCapacity: capacity) { x, countX in
        y = [UInt16](unsafeUninitializedCapacity: capacity) { y, countY in
          on = [Bool](unsafeUninitializedCapacity: capacity) { on, countOn in
            count = body(t, x, y, on)
            (countX, countY, countOn) = (count, count, count)
          }
        }
      }
    }
    self.init(t: t, x: x, y: y, on: on)
  }
}
