/// The event records of N-MNIST and N-Caltech101 `.bin` files (Orchard et al. 2015), and of SLAYER's `.bs2`.
///
/// Five bytes an event, no header: x, y, then polarity (bit 23, 1 = ON) and a time of 23 bits in
/// microseconds, most significant byte first. A record with y = 240 is not an event: it marks that the
/// sensor's clock overflowed, and adds 2^13 us to every later time.
public enum NMNISTCodec: RecordingCodec {
  static let recordSize = 5
  static let overflowRow: UInt8 = 240
  static let overflowStep: Int64 = 1 << 13
  static let timeMask: Int64 = 0x7F_FFFF

  /// Nothing but its times tells such a file from noise.
  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    HeaderlessRecords(of: head) == .nmnist
  }

  /// Reads five-byte records.
  public struct Decoder: RecordingDecoder {
    private var overflow: Int64 = 0

    public init() {}

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      let records = bytes.count / NMNISTCodec.recordSize
      var overflow = self.overflow
      batch.append(upTo: records) { columns in
        var count = 0
        let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
        for record in 0..<records {
          let place = record * NMNISTCodec.recordSize
          let row = bytes[place + 1]
          guard row != NMNISTCodec.overflowRow else {
            overflow += NMNISTCodec.overflowStep
            continue
          }
          let low = bytes.loadUnaligned(fromByteOffset: place + 1, as: UInt32.self).bigEndian
          t[count] = Int64(low & 0x7F_FFFF) &+ overflow
          x[count] = UInt16(bytes[place])
          y[count] = UInt16(row)
          on[count] = low & 0x80_0000 != 0
          count += 1
        }
        columns.count = count
      }
      self.overflow = overflow
      return records * NMNISTCodec.recordSize
    }
  }

  /// Writes five-byte records, with overflow markers where a time exceeds 23 bits.
  ///
  /// Refused are x above 255, y of 240 or more, and a time that is negative, older than an overflow already written, or
  /// 2^33 us or more.
  public struct Encoder: RecordingEncoder {
    private var overflow: Int64 = 0
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) {}

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      bytes.reserveCapacity(bytes.count + range.count * NMNISTCodec.recordSize)
      for position in range {
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

  /// The bytes of a whole file; the format does not state the sensor.
  public static func encode(_ batch: EventBatch) throws(RecordingError) -> [UInt8] {
    try encode(batch, layout: RecordingLayout(geometry: SensorGeometry(width: 256, height: 240)))
  }
}
