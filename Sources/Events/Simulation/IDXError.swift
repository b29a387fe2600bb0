/// Why an idx file could not be read, and where.
public struct IDXError: Error, Equatable, CustomStringConvertible {
  public enum Problem: Equatable, Sendable {
    /// The file cannot be opened or read; the reason as the system or zlib gives it.
    case unreadable(reason: String)
    /// The first two bytes, which must be zero, are not.
    case notIDX(firstBytes: UInt16)
    /// Values of a kind other than unsigned bytes.
    case elementType(code: UInt8, expected: UInt8)
    /// Three dimensions were wanted (images) or one (labels).
    case dimensionCount(Int, expected: Int)
    /// A dimension that is zero where it may not be, or above its limit.
    case dimension(axis: Int, value: Int, limit: Int)
    /// All dimensions together ask for more bytes than the caller allows.
    case totalSize(limit: Int)
    /// The file ends before the bytes that its header promises.
    case truncated(expectedBytes: Int)
    /// The file goes on after the bytes that its header promises.
    case trailingBytes(expectedBytes: Int)
  }

  /// Path of the file.
  public let file: String
  /// Byte at which the problem was met, counted in the uncompressed data.
  public let offset: Int
  public let problem: Problem

  public var description: String {
    "\(file): at byte \(offset): \(explanation)"
  }

  private var explanation: String {
    switch problem {
    case .unreadable(let reason):
      "cannot be read: \(reason)"
    case .notIDX(let bytes):
      "not an idx file: begins with 0x\(String(bytes, radix: 16)) instead of 0x0"
    case .elementType(let code, let expected):
      "values of type 0x\(String(code, radix: 16)); only unsigned bytes "
        + "(0x\(String(expected, radix: 16))) are read"
    case .dimensionCount(let count, let expected):
      "\(count) dimensions; expected \(expected)"
    case .dimension(let axis, let value, let limit):
      "dimension \(axis) is \(value); the limit is \(limit)"
        + (value == 0 ? ", and zero is not allowed" : "")
    case .totalSize(let limit):
      "the dimensions ask for more than the limit of \(limit) bytes"
    case .truncated(let expected):
      "the file ends; its header promises \(expected) bytes"
    case .trailingBytes(let expected):
      "the file goes on after the \(expected) bytes that its header promises"
    }
  }
}
