extension EventStreamCodec {
  /// Reads change detections.
  public struct Decoder: RecordingDecoder {
    public private(set) var geometry: SensorGeometry?
    private var flagBits = 1
    private var height = 0
    private var time: Int64 = 0

    public init() {}

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      guard bytes.count >= headerSize else { return nil }
      guard try recognises(RecordingHead(bytes: bytes, fileSize: nil)),
        let bits = Kind(rawValue: bytes[typePlace])?.flagBits
      else { throw .malformed(path: nil, offset: 0, reason: "no Event Stream signature") }
      func side(_ place: Int) -> Int {
        Int(bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self).littleEndian)
      }
      let (width, height) = (side(headerSize - 4), side(headerSize - 2))
      guard width > 0, height > 0 else {
        throw .malformed(
          path: nil, offset: headerSize - 4, reason: "a sensor of \(width)x\(height) pixels")
      }
      geometry = SensorGeometry(width: width, height: height)
      (flagBits, self.height) = (bits, height)
      return headerSize
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      // The loop is compiled once for each of the two layouts.
      flagBits == 1
        ? try decode(bytes, at: offset, into: &batch, flagBits: 1)
        : try decode(bytes, at: offset, into: &batch, flagBits: 2)
    }

    @inline(__always)
    private mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, into batch: inout EventBatch, flagBits: Int
    ) throws(RecordingError) -> Int {
      let flags = UInt8(1 << flagBits - 1)
      let overflow = Int64(0xFF >> flagBits)
      let (end, height) = (bytes.count, self.height)
      var (place, time) = (0, self.time)
      var badRow: Int?
      batch.append(upTo: end / 5) { columns in
        let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
        var count = 0
        while place < end {
          let first = bytes[place]
          // A sum of bytes: it cannot come near 2^62 in any file.
          if first >= ~flags {
            time &+= overflow &* Int64(first & flags)
            place += 1
            continue
          }
          guard place + 5 <= end else { break }
          let pixel = bytes.loadUnaligned(fromByteOffset: place + 1, as: UInt32.self).littleEndian
          let row = Int(pixel >> 16)
          guard row < height else {
            badRow = row
            break
          }
          time &+= Int64(first >> flagBits)
          t[count] = time
          x[count] = UInt16(truncatingIfNeeded: pixel)
          y[count] = UInt16(truncatingIfNeeded: height &- 1 &- row)
          on[count] = first >> (flagBits - 1) & 1 == 1
          count &+= flagBits == 1 ? 1 : 1 &- Int(first & 1)
          place += 5
        }
        columns.count = count
      }
      self.time = time
      if let badRow {
        throw .malformed(
          path: nil, offset: offset + place,
          reason: "row \(badRow) of a sensor with \(height) rows")
      }
      return place
    }
  }
}
