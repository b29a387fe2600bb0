/// The event records of N-MNIST and N-Caltech101 `.bin` files (Orchard et al. 2015), and of SLAYER's `.bs2`.
///
/// Five bytes an event, no header: x, y, then polarity (bit 23, 1 = ON) and a time of 23 bits in
/// microseconds, most significant byte first. A record with y = 240 is not an event: it marks that the
/// sensor's clock overflowed, and adds 2^13 us to every later time.
public enum NMNISTCodec {
  static let recordSize = 5
  static let overflowRow: UInt8 = 240
  static let overflowStep: Int64 = 1 << 13
  static let timeMask: Int64 = 0x7F_FFFF

  /// Decodes a file that arrives in pieces of any size.
  public struct Decoder: Sendable {
    private var overflow: Int64 = 0
    private var carried: [UInt8] = []
    /// Bytes taken in so far.
    public private(set) var offset = 0

    public init() {}

    /// Appends the events of all records that `bytes` completes.
    public mutating func decode(_ bytes: UnsafeRawBufferPointer, into batch: inout EventBatch) {
      var start = 0
      if !carried.isEmpty {
        start = min(NMNISTCodec.recordSize - carried.count, bytes.count)
        carried.append(contentsOf: bytes[..<start])
        guard carried.count == NMNISTCodec.recordSize else {
          offset += bytes.count
          return
        }
        let record = carried
        carried.removeAll(keepingCapacity: true)
        record.withUnsafeBytes { decodeRecord($0, at: 0, into: &batch) }
      }
      let whole = (bytes.count - start) / NMNISTCodec.recordSize * NMNISTCodec.recordSize
      batch.reserveCapacity(batch.count + whole / NMNISTCodec.recordSize)
      for position in stride(from: start, to: start + whole, by: NMNISTCodec.recordSize) {
        decodeRecord(bytes, at: position, into: &batch)
      }
      carried.append(contentsOf: bytes[(start + whole)...])
      offset += bytes.count
    }

    /// Ends the file.
    ///
    /// - Parameter path: the file, named by the error.
    /// - Throws: ``RecordingError/truncated(path:offset:bytes:recordSize:)`` if bytes of an unfinished record are left.
    public func finish(path: String? = nil) throws(RecordingError) {
      guard carried.isEmpty else {
        throw .truncated(
          path: path, offset: offset - carried.count, bytes: carried.count,
          recordSize: NMNISTCodec.recordSize)
      }
    }

    private mutating func decodeRecord(
      _ bytes: UnsafeRawBufferPointer, at position: Int, into batch: inout EventBatch
    ) {
      let y = bytes[position + 1]
      guard y != NMNISTCodec.overflowRow else {
        overflow += NMNISTCodec.overflowStep
        return
      }
      let high = bytes[position + 2]
      let time =
        Int64(high & 0x7F) << 16 | Int64(bytes[position + 3]) << 8 | Int64(bytes[position + 4])
      batch.append(
        t: time + overflow, x: UInt16(bytes[position]), y: UInt16(y), on: high & 0x80 != 0)
    }
  }

  /// Encodes events, with overflow markers where a time exceeds 23 bits.
  public struct Encoder: Sendable {
    private var overflow: Int64 = 0
    private var index = 0

    public init() {}

    /// Appends the records of `batch` to `bytes`.
    ///
    /// - Throws: ``RecordingError/notRepresentable(index:field:value:limit:)`` for x above 255, y of 240
    ///   or more, or a time that is negative or older than an overflow already written.
    public mutating func encode(
      _ batch: EventBatch, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      for position in batch.indices {
        let event = batch[position]
        guard event.x < 256 else { throw refused("x", Int64(event.x), "0 to 255") }
        guard event.y < 240 else { throw refused("y", Int64(event.y), "0 to 239") }
        guard event.t >= overflow, event.t < 1 << 33 else {
          throw refused("t", event.t, "\(overflow) to 2^33 us here")
        }
        while event.t - overflow > NMNISTCodec.timeMask {
          bytes.append(contentsOf: [0, NMNISTCodec.overflowRow, 0, 0, 0])
          overflow += NMNISTCodec.overflowStep
        }
        let time = event.t - overflow
        bytes.append(UInt8(event.x))
        bytes.append(UInt8(event.y))
        bytes.append((event.on ? 0x80 : 0) | UInt8(time >> 16))
        bytes.append(UInt8(time >> 8 & 0xFF))
        bytes.append(UInt8(time & 0xFF))
        index += 1
      }
    }

    private func refused(_ field: String, _ value: Int64, _ limit: String) -> RecordingError {
      .notRepresentable(index: index, field: field, value: value, limit: limit)
    }
  }

  /// The bytes of a whole file.
  public static func encode(_ batch: EventBatch) throws(RecordingError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(batch.count * recordSize)
    var encoder = Encoder()
    try encoder.encode(batch, into: &bytes)
    return bytes
  }
}
