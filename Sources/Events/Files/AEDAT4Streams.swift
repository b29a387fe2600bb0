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
