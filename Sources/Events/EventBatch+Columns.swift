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
