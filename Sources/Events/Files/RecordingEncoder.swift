/// What a file is to be like.
public struct RecordingLayout: Equatable, Sendable {
  /// How the blocks of a file are compressed, where the format has blocks.
  public enum Compression: String, Sendable, Codable, CaseIterable {
    case none, lz4, zstd
  }

  /// The sensor.
  public var geometry: SensorGeometry
  public var compression: Compression

  public init(geometry: SensorGeometry, compression: Compression = .none) {
    self.geometry = geometry
    self.compression = compression
  }
}

/// Writes a file of one format.
public protocol RecordingEncoder: Sendable {
  /// - Throws: ``RecordingError/unsupported(path:reason:)`` for a layout that the format does not have.
  init(_ layout: RecordingLayout) throws(RecordingError)

  /// Appends what stands before the first event.
  mutating func begin(into bytes: inout [UInt8]) throws(RecordingError)

  /// Appends the events of `batch[range]`.
  ///
  /// - Throws: ``RecordingError/notRepresentable(index:field:value:limit:)``, with the index counted over the whole file.
  mutating func encode(
    _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
  ) throws(RecordingError)

  /// Appends what stands behind the last event.
  ///
  /// - Returns: bytes that are known only now, and where to put them over what was written.
  mutating func finish(into bytes: inout [UInt8]) throws(RecordingError) -> RecordingPatch?
}

/// Bytes to be put over those at `offset` of a file.
public struct RecordingPatch: Equatable, Sendable {
  public var offset: Int
  public var bytes: [UInt8]

  public init(offset: Int, bytes: [UInt8]) {
    self.offset = offset
    self.bytes = bytes
  }
}

extension RecordingEncoder {
  public mutating func begin(into bytes: inout [UInt8]) throws(RecordingError) {}

  public mutating func finish(
    into bytes: inout [UInt8]
  ) throws(RecordingError) -> RecordingPatch? { nil }
}

// MARK: - For encoders

extension Event {
  /// Refuses what does not fit into a number of columns and rows and into a range of times.
  ///
  /// - Parameter index: of the event in its file.
  @inline(__always)
  func check(
    index: Int, columns: Int, rows: Int, times: ClosedRange<Int64>
  ) throws(RecordingError) {
    guard Int(x) < columns else {
      throw .notRepresentable(
        index: index, field: "x", value: Int64(x), limit: "0 to \(columns - 1)")
    }
    guard Int(y) < rows else {
      throw .notRepresentable(index: index, field: "y", value: Int64(y), limit: "0 to \(rows - 1)")
    }
    guard times.contains(t) else {
      throw .notRepresentable(
        index: index, field: "t", value: t,
        limit: "\(times.lowerBound) to \(times.upperBound) us here")
    }
  }
}

extension [UInt8] {
  /// Appends `value`, least significant byte first.
  @inline(__always)
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
