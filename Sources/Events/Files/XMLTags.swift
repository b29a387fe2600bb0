/// The tags of an XML text, one after the other. What is no tag ends them.
struct XMLTags {
  struct Tag {
    /// With a slash in front where it closes.
    var name: String
    /// What stands behind the name.
    var rest: String
    var isClosed: Bool { rest.hasSuffix("/") }

    /// The value of `key="..."`.
    func value(of key: String) -> String? {
      let parts = rest.split(separator: "\"", omittingEmptySubsequences: false)
      for (name, value) in zip(parts, parts.dropFirst())
      where name.drop(while: { $0.isWhitespace }) == "\(key)=" { return String(value) }
      return nil
    }
  }

  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// The text behind the last tag.
  var text: String { String(decoding: bytes[place..<find(UInt8(ascii: "<"))], as: UTF8.self) }

  mutating func next() -> Tag? {
    let start = find(UInt8(ascii: "<")) + 1
    guard start < bytes.count else { return nil }
    place = start
    let end = find(UInt8(ascii: ">"))
    guard end < bytes.count else { return nil }
    place = end + 1
    let tag = String(decoding: bytes[start..<end], as: UTF8.self)
    let name = tag.prefix { !$0.isWhitespace }
    return Tag(name: String(name), rest: String(tag.dropFirst(name.count)))
  }

  private func find(_ byte: UInt8) -> Int {
    bytes[place...].firstIndex(of: byte) ?? bytes.count
  }
}
