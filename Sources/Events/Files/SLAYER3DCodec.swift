/// SLAYER's spike files of two spatial dimensions and time with wide addresses, `.bs3`.
///
/// Seven bytes an event, no header, most significant byte first: x of 12 bits, y of 12, polarity of 8 (1 = ON), time of 24 in
/// microseconds. SLAYER allows other channels in place of the polarity: they are malformed here. Source: the layout of
/// the binary spike files at github.com/bamsumit/slayerPytorch.
public enum SLAYER3DCodec: RecordingCodec {
  static let recordSize = 7
  static let endOfTime: Int64 = 1 << 24
  static let endOfSide: UInt16 = 1 << 12

  /// Nothing but its times and polarities tells such a file from noise.
  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    HeaderlessRecords(of: head) == .slayer3
  }

  /// Reads seven-byte records.
  public struct Decoder: RecordingDecoder {
    public init() {}

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      let records = bytes.count / SLAYER3DCodec.recordSize
      var record = 0
      batch.append(upTo: records) { columns in
        let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
        while record < records {
          let place = record &* SLAYER3DCodec.recordSize
          // Two loads that overlap in the polarity.
          let high = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).bigEndian
          let low = bytes.loadUnaligned(fromByteOffset: place &+ 3, as: UInt32.self).bigEndian
          guard high & 0xFF < 2 else { break }
          t[record] = Int64(low & 0xFF_FFFF)
          x[record] = UInt16(truncatingIfNeeded: high >> 20)
          y[record] = UInt16(truncatingIfNeeded: high >> 8 & 0xFFF)
          on[record] = high & 1 == 1
          record &+= 1
        }
        columns.count = record
      }
      let taken = record * SLAYER3DCodec.recordSize
      guard record == records else {
        throw .malformed(
          path: nil, offset: offset + taken,
          reason: "channel \(bytes[taken + 3]) in place of a polarity of 0 or 1")
      }
      return taken
    }
  }

  /// Writes seven-byte records.
  ///
  /// Refused are x and y of 4096 and more, and times that are negative or 2^24 us (16.8 s) and later.
  public struct Encoder: RecordingEncoder {
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) {}

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      bytes.reserveCapacity(bytes.count + range.count * SLAYER3DCodec.recordSize)
      for position in range {
        let event = batch[position]
        guard event.x < endOfSide else { throw refused("x", Int64(event.x), "0 to 4095") }
        guard event.y < endOfSide else { throw refused("y", Int64(event.y), "0 to 4095") }
        guard event.t >= 0, event.t < endOfTime else { throw refused("t", event.t, "0 to 2^24 us") }
        bytes.append(UInt8(event.x >> 4))
        bytes.append(UInt8(truncatingIfNeeded: event.x << 4 | event.y >> 8))
        bytes.append(UInt8(truncatingIfNeeded: event.y))
        bytes.append(event.on ? 1 : 0)
        bytes.append(UInt8(event.t >> 16))
        bytes.append(UInt8(event.t >> 8 & 0xFF))
        bytes.append(UInt8(event.t & 0xFF))
        index += 1
      }
    }

    private func refused(_ field: String, _ value: Int64, _ limit: String) -> RecordingError {
      .notRepresentable(index: index, field: field, value: value, limit: limit)
    }
  }
}
