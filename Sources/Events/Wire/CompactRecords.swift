/// The records of ``WireEncoding/t32x16y15on1``, a column at a time. What cannot be coded is found, not named: that is left
/// to the way by single events.
enum CompactRecords {
  /// - Precondition: `payload` has whole records.
  /// - Returns: nothing if an event lies outside the sensor, or a time might lie outside its limits.
  static func decode(
    _ payload: UnsafeRawBufferPointer, _ tBase: Int64, _ geometry: SensorGeometry
  ) -> EventBatch? {
    guard WireEncoding.headerTimes.contains(tBase) else { return nil }
    let count = payload.count / 8
    let t = column(count) { index in
      tBase &+ Int64(UInt32(littleEndian: load(payload, index * 8)))
    }
    var (right, bottom): (UInt16, UInt16) = (0, 0)
    let x = column(count) { index in
      let x = UInt16(littleEndian: load(payload, index * 8 + 4))
      right = max(right, x)
      return x
    }
    let y = column(count) { index in
      let y = UInt16(littleEndian: load(payload, index * 8 + 6)) >> 1
      bottom = max(bottom, y)
      return y
    }
    guard geometry.contains(x: right, y: bottom) else { return nil }
    return EventBatch(t: t, x: x, y: y, on: column(count) { payload[$0 * 8 + 6] & 1 == 1 })
  }

  /// - Returns: whether every event can be written; nothing is, otherwise.
  static func encode(
    _ batch: EventBatch, _ range: Range<Int>, _ tBase: Int64, into bytes: inout [UInt8]
  ) -> Bool {
    let latest = tBase.addingReportingOverflow(Int64(UInt32.max))
    guard !latest.overflow else { return false }
    var isWhole = true
    let records = [UInt64](unsafeUninitializedCapacity: range.count) { records, count in
      batch.withColumns(range) { t, x, y, on in
        for index in 0..<range.count {
          isWhole = isWhole && t[index] >= tBase && t[index] <= latest.partialValue
          isWhole = isWhole && y[index] < 1 << 15
          let pixel = UInt64(x[index]) | UInt64(y[index] << 1 | (on[index] ? 1 : 0)) << 16
          let time = UInt64(UInt32(truncatingIfNeeded: t[index] &- tBase))
          records.initializeElement(at: index, to: (time | pixel << 32).littleEndian)
        }
      }
      count = range.count
    }
    guard isWhole else { return false }
    records.withUnsafeBytes { bytes.append(contentsOf: $0) }
    return true
  }

  @inline(__always)
  private static func load<T: FixedWidthInteger>(
    _ payload: UnsafeRawBufferPointer, _ offset: Int
  ) -> T {
    payload.loadUnaligned(fromByteOffset: offset, as: T.self)
  }

  @inline(__always)
  private static func column<T>(_ count: Int, _ element: (Int) -> T) -> [T] {
    [T](unsafeUninitializedCapacity: count) { column, initialized in
      for index in 0..<count { column.initializeElement(at: index, to: element(index)) }
      initialized = count
    }
  }
}

extension EventBatch {
  /// Calls `body` with the parts of the columns that hold the events of `range`.
  @inline(__always)
  fileprivate func withColumns(
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
