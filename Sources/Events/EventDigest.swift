/// The digest by which two decodings of a recording are compared, whatever their format.
///
/// SHA-256 over all events in file order, 13 bytes each: t int64, x uint16, y uint16 (all
/// little-endian), polarity uint8 (1 = ON).
public struct EventDigest {
  private var hash = SHA256()
  private static let recordSize = 13
  /// Events that are hashed at once.
  private static let blockSize = 4096
  private var block = [UInt8](repeating: 0, count: recordSize * blockSize)

  public init() {}

  public mutating func update(_ batch: EventBatch) {
    for first in stride(from: 0, to: batch.count, by: Self.blockSize) {
      let range = first..<min(first + Self.blockSize, batch.count)
      block.withUnsafeMutableBytes { block in
        batch.withColumns(range) { t, x, y, on in
          for index in 0..<range.count {
            let place = index * Self.recordSize
            block.storeBytes(of: t[index].littleEndian, toByteOffset: place, as: Int64.self)
            block.storeBytes(of: x[index].littleEndian, toByteOffset: place + 8, as: UInt16.self)
            block.storeBytes(of: y[index].littleEndian, toByteOffset: place + 10, as: UInt16.self)
            block[place + 12] = on[index] ? 1 : 0
          }
        }
      }
      block.withUnsafeBytes {
        hash.update(UnsafeRawBufferPointer(rebasing: $0.prefix(range.count * Self.recordSize)))
      }
    }
  }

  /// The digest as 64 hexadecimal digits. The digest is spent afterwards.
  public mutating func finalize() -> String { hash.finalize() }
}
