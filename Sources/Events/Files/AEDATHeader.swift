/// The comment lines that AEDAT 2 and 3 files begin with: `#`, text, a line end.
struct AEDATHeader {
  /// Where reading goes on, behind the lines seen so far; the first line is the version.
  private(set) var length = 0

  /// A header is no longer than this: files with 300 kB of preferences are common.
  static let largest = 1 << 24

  /// What comes next.
  enum Part {
    /// A line, without its line end.
    case line(String)
    /// No more lines.
    case end
    /// More bytes are needed to tell.
    case unfinished
  }

  /// Takes the next line from `bytes`, which hold the whole header so far.
  mutating func next(
    _ bytes: UnsafeRawBufferPointer, isLast: Bool
  ) throws(RecordingError) -> Part {
    let rest = bytes[min(length, bytes.count)...]
    guard let first = rest.first else { return isLast ? .end : .unfinished }
    guard first == UInt8(ascii: "#") else { return .end }
    var end = rest.startIndex
    while end < rest.endIndex, bytes[end] != 0x0A {
      // An event may begin like a comment. Text has no control characters.
      guard bytes[end] >= 0x20 || bytes[end] == 0x09 || bytes[end] == 0x0D else { return .end }
      end += 1
    }
    guard end < Self.largest else {
      throw .malformed(
        path: nil, offset: length, reason: "comments of more than \(Self.largest) bytes")
    }
    guard end < rest.endIndex else { return .unfinished }
    length = end + 1
    let text = rest[..<end]
    return .line(String(decoding: text.last == 0x0D ? text.dropLast() : text, as: UTF8.self))
  }

  /// What stands behind `key` in `line`, without blanks around it; nothing if the line does not begin with `key`.
  static func value(of key: String, in line: String) -> String? {
    guard line.hasPrefix(key) else { return nil }
    let value = line.dropFirst(key.count).drop { $0 == " " || $0 == "\t" }
    return String(value.prefix { $0 != " " && $0 != "\t" })
  }
}
