/// Text with an event "t x y p" in every line, as in the event camera data set of the Robotics and Perception Group
/// (Mueggler et al. 2017, `events.txt`).
///
/// t in seconds, decimal, rounded to the nearest microsecond without going through binary fractions; also with a power of
/// ten, as in 1e-05. p is 0 or 1, -1 or 1. Columns are apart by blanks or tabs. Empty lines and lines that begin with #
/// are passed over; a first line with two numbers is the width and height of the sensor. A line has up to 1023 bytes.
public enum RPGTextCodec: RecordingCodec {
  static let table = TextTable(columns: [.t, .x, .y, .on], separator: 0x20, timeScale: 6)

  public static func recognises(_ head: RecordingHead) throws(RecordingError) -> Bool {
    let isWhole = head.bytes.count < RecordingHead.size
    guard let header = try? Header(head.bytes, isLast: isWhole), header.size < head.bytes.count
    else { return false }
    var line = Array(head.bytes[header.size...].prefix { $0 != TextScanner.lineEnd })
    guard isWhole || header.size + line.count < head.bytes.count else { return false }
    line.append(TextScanner.lineEnd)
    return table.event(in: line) != nil
  }

  /// What stands before the first event.
  struct Header {
    var geometry: SensorGeometry?
    var size = 0
    var lines = 0

    /// - Returns: nothing if more bytes are needed.
    init?(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(RecordingError) {
      while size < bytes.count {
        let rest = bytes[size...]
        let end = rest.firstIndex(of: TextScanner.lineEnd)
        guard end != nil || isLast else { return nil }
        let line = String(decoding: rest[..<(end ?? rest.endIndex)], as: UTF8.self)
        let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
        if let first = words.first, !first.hasPrefix("#") {
          guard words.count == 2, let width = Int(first), let height = Int(words[1]) else { return }
          geometry = try SensorGeometry(stated: width, height, at: size)
        }
        size = end.map { $0 + 1 } ?? bytes.count
        lines += 1
        if geometry != nil { return }
      }
      guard isLast else { return nil }
    }
  }

  /// Reads lines.
  public struct Decoder: RecordingDecoder {
    public private(set) var geometry: SensorGeometry?
    private var lines = TextTableDecoder(table, begin: 0, lines: 0)

    public init() {}

    public mutating func readHeader(
      _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(RecordingError) -> Int? {
      guard let header = try Header(bytes, isLast: isLast) else { return nil }
      geometry = header.geometry
      lines = TextTableDecoder(table, begin: header.size, lines: header.lines)
      return header.size
    }

    public mutating func decode(
      _ bytes: UnsafeRawBufferPointer, at offset: Int, isLast: Bool, into batch: inout EventBatch
    ) throws(RecordingError) -> Int {
      try lines.decode(bytes, at: offset, isLast: isLast, into: &batch)
    }

    public mutating func seek(
      to time: Int64, in file: RecordingFile
    ) throws(RecordingError) -> Int? { try lines.seek(to: time, in: file) }
  }

  /// Writes lines with times of six decimals, without the sensor: the data set has none.
  ///
  /// Refused are times beyond 2^62 us.
  public struct Encoder: RecordingEncoder {
    private var index = 0

    public init(_ layout: RecordingLayout) throws(RecordingError) {}

    public mutating func encode(
      _ batch: EventBatch, range: Range<Int>, into bytes: inout [UInt8]
    ) throws(RecordingError) {
      try bytes.appendLines(batch, range, index: &index, isSeconds: true, separator: 0x20)
    }
  }
}

extension SensorGeometry {
  /// A sensor of which a file tells.
  init(stated width: Int, _ height: Int, at offset: Int) throws(RecordingError) {
    guard (1...65536).contains(width), (1...65536).contains(height) else {
      throw .malformed(path: nil, offset: offset, reason: "a sensor of \(width)x\(height) pixels")
    }
    self.init(width: width, height: height)
  }
}
