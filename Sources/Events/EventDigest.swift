/// The digest by which two decodings of a recording are compared, whatever their format.
///
/// SHA-256 over all events in file order, 13 bytes each: t int64, x uint16, y uint16 (all
/// little-endian), polarity uint8 (1 = ON).
public struct EventDigest {
  private var hash = SHA256()
  private var buffer: [UInt8] = []

  public init() {}

  public mutating func update(_ batch: EventBatch) {
    for index in batch.indices {
      withUnsafeBytes(of: batch.t[index].littleEndian) { buffer.append(contentsOf: $0) }
      withUnsafeBytes(of: batch.x[index].littleEndian) { buffer.append(contentsOf: $0) }
      withUnsafeBytes(of: batch.y[index].littleEndian) { buffer.append(contentsOf: $0) }
      buffer.append(batch.on[index] ? 1 : 0)
      if buffer.count > 1 << 16 { flush() }
    }
    flush()
  }

  private mutating func flush() {
    buffer.withUnsafeBytes { hash.update($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// The digest as 64 hexadecimal digits. The digest is spent afterwards.
  public mutating func finalize() -> String { hash.finalize() }
}
