/// A stream of an AEDAT 4 file, as the file's description lists it.
public struct AEDAT4Stream: Equatable, Sendable {
  /// What the packets of the stream are marked with.
  public var id: Int32
  /// What its packets hold: `EVTS` events, `FRME` frames, `IMUS` inertial samples, `TRIG` triggers.
  public var type: String
  /// Pixels of a row and rows of the sensor, where they are stated.
  public var width: Int?
  public var height: Int?
}

extension AEDAT4Stream {
  /// Finds the streams in the XML description: nodes under `outInfo` that are named by the stream's number, each with an
  /// attribute `typeIdentifier` and a node `info` with `sizeX` and `sizeY`. The rest is passed over.
  static func list(in xml: UnsafeRawBufferPointer) -> [AEDAT4Stream] {
    var streams: [AEDAT4Stream] = []
    var reader = XMLTags(xml)
    // Names of the nodes that are open; deeper ones than these are only counted.
    var (path, depth): ([String], Int) = ([], 0)
    while let tag = reader.next() {
      switch tag.name {
      case "node":
        depth += 1
        if depth <= 3 { path.append(tag.value(of: "name") ?? "") }
        if depth == 2, path[0] == "outInfo", let id = Int32(path[1]) {
          streams.append(AEDAT4Stream(id: id, type: ""))
        }
        if tag.isClosed { close() }
      case "/node":
        close()
      case "attr" where depth >= 2 && depth <= 3 && path[0] == "outInfo":
        guard Int32(path[1]) != nil else { break }
        let last = streams.count - 1
        switch (depth, tag.value(of: "key")) {
        case (2, "typeIdentifier"): streams[last].type = reader.text
        case (3, "sizeX") where path[2] == "info": streams[last].width = Int(reader.text)
        case (3, "sizeY") where path[2] == "info": streams[last].height = Int(reader.text)
        default: break
        }
      default:
        break
      }
    }
    return streams

    func close() {
      guard depth > 0 else { return }
      depth -= 1
      if depth < path.count { path.removeLast() }
    }
  }
}

/// The tags of an XML text, one after the other. What is no tag ends them.
private struct XMLTags {
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
