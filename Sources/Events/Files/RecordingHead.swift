/// The beginning of a file, by which its format is told.
public struct RecordingHead {
  /// Up to ``size`` first bytes.
  public var bytes: UnsafeRawBufferPointer
  /// Size of the whole file, where it is known: a pipe has none.
  public var fileSize: Int?

  public init(bytes: UnsafeRawBufferPointer, fileSize: Int?) {
    self.bytes = bytes
    self.fileSize = fileSize
  }

  /// Bytes that are looked at, at most.
  public static let size = 4096

  /// Whether the file begins with the characters of `signature`.
  public func begins(with signature: String) -> Bool { bytes.starts(with: signature.utf8) }

  /// What text the file is, if it is one.
  ///
  /// A first character may also be an event: column 123 is `{`. It takes text after it; as records, text is events that
  /// begin after 2 seconds and have no ON among them.
  public var kindOfText: String? {
    let signatures = [("{", 8, "JSON"), ("<", 8, "XML or HTML"), ("", 32, "text")]
    return signatures.first { begins(with: $0.0) && isText($0.1) }?.2
  }

  /// Whether the first `count` bytes are there, and all visible ASCII, blanks or line ends.
  public func isText(_ count: Int) -> Bool {
    bytes.count >= count
      && bytes.prefix(count).allSatisfy {
        (0x20...0x7E).contains($0) || (0x09...0x0D).contains($0)
      }
  }
}
