/// CSV with a header, an event in every line.
///
/// The first line names the columns, in any order: the names of ``EventField``, also in capitals. Times are in microseconds
/// unless the name says otherwise (`t_s`, `t_ms`, `t_us`, `t_ns`, `time [s]`); fractions are rounded to the nearest. x and y
/// may tell the size of the sensor as in faery's `t,x@320,y@240,on`. Polarities are 0 or 1, -1 or 1, or truth values.
/// Other columns are left out. Columns are apart by commas, semicolons or tabs. Empty lines and lines that begin with # are
/// passed over. A line has up to 1023 bytes. Files without a header are refused: nothing tells which column is which.
public enum CSVCodec: RecordingCodec {
  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    guard head.bytes.count >= 7 else { return false }
    return try CSVHeader(head.bytes, isWhole: head.bytes.count < RecordingHead.size) != nil
  }

  /// Reads lines.
  public struct Decoder: RecordingDecoder {
    public private(set) var geometry: SensorGeometry?
    private var lines: TextTableDecoder?

    public init() {}

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      guard let header = try CSVHeader(bytes, isWhole: isLast) else {
        guard bytes.count < RecordingHead.size else {
          throw .malformed(
            path: nil, offset: 0, reason: "the first line names no columns of events")
        }
        return nil
      }
      geometry = header.geometry
      lines = TextTableDecoder(header.table, begin: header.size, lines: header.lines)
      return header.size
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      try lines?.decode(bytes, at: offset, isLast: isLast, into: &batch) ?? 0
    }

    public mutating func seek(
      to time: Int64, in file: RecordingFile
    ) throws(RecordingError) -> Int? { try lines?.seek(to: time, in: file) }
  }

  /// Writes `t,x@width,y@height,on` with times in microseconds, as faery does.
  ///
  /// Refused are times beyond 2^62 us.
  public struct Encoder: RecordingEncoder {
    private let geometry: SensorGeometry
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) { geometry = layout.geometry }

    public mutating func begin(into bytes: inout [UInt8]) {
      bytes += Array("t,x@\(geometry.width),y@\(geometry.height),on\n".utf8)
    }

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      try bytes.appendLines(
        batch, range, index: &index, isSeconds: false, separator: UInt8(ascii: ","))
    }
  }
}
