/// Where a version of DAT files has its fields, in the upper half of a record.
public protocol DATVersion: Sendable {
  /// The number in the header.
  static var number: Int { get }
  /// Bits of x, which comes first.
  static var xBits: Int { get }
  /// Bits of y, which comes next; the polarity follows it.
  static var yBits: Int { get }
}

/// DAT files of the first ATIS cameras, up to 512x256 pixels.
public enum DAT1: DATVersion {
  public static let number = 1
  public static let xBits = 9
  public static let yBits = 8
}

/// DAT files of today, up to 16384x16384 pixels.
public enum DAT2: DATVersion {
  public static let number = 2
  public static let xBits = 14
  public static let yBits = 14
}

/// Prophesee `.dat` files.
///
/// Behind the header a byte with the type of the events (0 or 12: both are pixels that changed) and one with their size,
/// 8. An event is a time of 32 bits in microseconds, which starts again at 0, then x, y and polarity (1 = ON) of the
/// version's number of bits; least significant byte first. Source: docs.prophesee.ai, DAT file format.
public enum DATCodec<Version: DATVersion>: RecordingCodec {
  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    try PropheseeHeader.begins(head) { $0 == .dat(version: Version.number) }
  }

  /// Reads eight-byte records.
  public struct Decoder: RecordingDecoder {
    public private(set) var geometry: SensorGeometry?
    private var clock = WrappingTime(range: 1 << 32)

    public init() {}

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      let header = try PropheseeHeader(bytes, isLast: isLast)
      guard header.isComplete, bytes.count >= header.length + 2 else { return nil }
      let (type, size) = (bytes[header.length], bytes[header.length + 1])
      guard type == 0 || type == 12, size == 8 else {
        throw .unsupported(
          path: nil,
          reason: "DAT events of type \(type) and \(size) bytes; read here are types 0 and 12 of 8")
      }
      geometry = try header.geometry
      return header.length + 2
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      let records = bytes.count / 8
      guard records > 0, let start = bytes.baseAddress else { return 0 }
      let (xBits, yBits) = (UInt32(Version.xBits), UInt32(Version.yBits))
      let (xMask, yMask) = (UInt32(1) << xBits - 1, UInt32(1) << yBits - 1)
      try batch.append(upTo: records) { columns throws(RecordingError) in
        let (t, x, y, on) = (columns.t, columns.x, columns.y, columns.on)
        var clock = self.clock
        for record in 0..<records {
          let place = record &* 8
          let time = start.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian
          guard clock.set(Int64(time)) else {
            columns.count = record
            throw WrappingTime.beyond(offset + place)
          }
          let word = start.loadUnaligned(fromByteOffset: place &+ 4, as: UInt32.self).littleEndian
          t[record] = clock.time
          x[record] = UInt16(truncatingIfNeeded: word & xMask)
          y[record] = UInt16(truncatingIfNeeded: word &>> xBits & yMask)
          on[record] = word &>> (xBits &+ yBits) & 1 != 0
        }
        columns.count = records
        self.clock = clock
      }
      return records * 8
    }
  }

  /// Writes eight-byte records.
  ///
  /// Refused are x and y of more bits than the version has, and times that are negative or that a reader, who takes a step
  /// back by 2^31 us or more for a start at 0, would not find.
  public struct Encoder: RecordingEncoder {
    private let geometry: SensorGeometry
    private var clock = WrappingTime(range: 1 << 32)
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) { geometry = layout.geometry }

    public mutating func begin(into bytes: inout [UInt8]) throws(RecordingError) {
      let header = """
        % Data file containing CD events
        % Version \(Version.number)
        % Width \(geometry.width)
        % Height \(geometry.height)

        """
      bytes += header.utf8
      bytes += [12, 8]
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      bytes.reserveCapacity(bytes.count + 8 * range.count)
      let (xBits, yBits) = (Version.xBits, Version.yBits)
      for position in range {
        let event = batch[position]
        try event.check(index: index, columns: 1 << xBits, rows: 1 << yBits, times: clock.reach)
        let time = UInt32(truncatingIfNeeded: event.t)
        _ = clock.set(Int64(time))
        let place = UInt32(event.x) | UInt32(event.y) << UInt32(xBits)
        let word = place | (event.on ? 1 << UInt32(xBits + yBits) : 0)
        bytes.append(littleEndian: UInt64(word) << 32 | UInt64(time))
        index += 1
      }
    }
  }
}
