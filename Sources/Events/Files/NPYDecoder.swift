extension NPYCodec {
  /// Reads records, a column at a time.
  public struct Decoder: RecordingDecoder {
    private var layout: NPYRecordLayout?
    private var begin = 0
    private var records = 0
    /// Records that are still to come.
    private var remaining = 0

    public init() {}

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      guard let header = try Header(bytes) else { return nil }
      (layout, begin) = (header.layout, header.size)
      (records, remaining) = (header.records, header.records)
      return begin
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      guard let layout else { return 0 }
      guard remaining > 0 else {
        guard bytes.isEmpty else {
          throw .malformed(
            path: nil, offset: offset, reason: "bytes behind the \(records) records of the header")
        }
        return 0
      }
      let count = min(bytes.count / layout.size, remaining)
      guard count > 0 else {
        guard !isLast else { throw .truncated(path: nil, offset: offset, bytes: bytes.count) }
        return 0
      }
      var bad = NPYColumnError(record: count)
      batch.append(upTo: count) { columns in
        let fields = layout.fields
        let source = NPYColumn(bytes: bytes, stride: layout.size, count: count)
        source.copy(fields[0], "time", to: columns.t, &bad)
        source.copy(fields[1], "x", to: columns.x, &bad)
        source.copy(fields[2], "y", to: columns.y, &bad)
        source.copy(fields[3], "polarity", to: columns.on, &bad)
        columns.count = bad.record
      }
      remaining -= bad.record
      guard bad.record == count else {
        throw .malformed(
          path: nil, offset: offset + bad.record * layout.size,
          reason: "record \(records - remaining) has a \(bad.field) of \(bad.value)")
      }
      return count * layout.size
    }

    /// Records have one size: those of a time are found by halving, where times never go back.
    public mutating func seek(
      to time: Int64, in file: RecordingFile
    ) throws(RecordingError) -> Int? {
      guard let layout else { return nil }
      var (low, high) = (0, records)
      while low < high {
        let middle = low + (high - low) / 2
        let place = begin + middle * layout.size
        let bytes = try file.read(layout.size, at: place)
        guard bytes.count == layout.size else {
          high = middle
          continue
        }
        let found = bytes.withUnsafeBytes { layout.fields[0].value(in: $0) }
        if found < time { low = middle + 1 } else { high = middle }
      }
      remaining = records - low
      return begin + low * layout.size
    }
  }
}
