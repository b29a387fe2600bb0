extension NPYCodec {
  /// Writes packed records `t <i8`, `x <u2`, `y <u2`, `p |u1` behind a header of version 1.0.
  ///
  /// Refused are times beyond 2^62 us.
  public struct Encoder: RecordingEncoder {
    private static let recordSize = 13
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) {}

    public mutating func begin(into bytes: inout [UInt8]) {
      bytes += Self.header(records: 0)
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      for position in range {
        try EventField.checkTime(batch.t[position], index: index)
        index += 1
      }
      bytes.append(upTo: range.count * Self.recordSize) { room in
        var place = UnsafeMutableRawPointer(room)
        for position in range {
          place.storeBytes(of: batch.t[position].littleEndian, as: Int64.self)
          place.storeBytes(of: batch.x[position].littleEndian, toByteOffset: 8, as: UInt16.self)
          place.storeBytes(of: batch.y[position].littleEndian, toByteOffset: 10, as: UInt16.self)
          place.storeBytes(of: batch.on[position] ? 1 : 0, toByteOffset: 12, as: UInt8.self)
          place += Self.recordSize
        }
        return range.count * Self.recordSize
      }
    }

    /// The number of records is known only now.
    public mutating func finish(into bytes: inout [UInt8]) -> RecordingPatch? {
      RecordingPatch(offset: 0, bytes: Self.header(records: index))
    }

    /// 128 bytes for any number, so that records begin at a multiple of 64.
    private static func header(records: Int) -> [UInt8] {
      let size = 128
      let descr = "[('t', '<i8'), ('x', '<u2'), ('y', '<u2'), ('p', '|u1')]"
      let text = "{'descr': \(descr), 'fortran_order': False, 'shape': (\(records),), }"
      let start = signature + [1, 0, UInt8(size - 10), 0]
      let blanks = [UInt8](repeating: 0x20, count: size - start.count - text.utf8.count - 1)
      return start + Array(text.utf8) + blanks + [0x0A]
    }
  }
}
