import Events
import Foundation

/// A labelled folder in the making.
///
/// Recordings are gathered in a folder of their own and take their place all at once, so that a run that is broken off
/// leaves what was there before.
final class OutputFolder {
  enum Part: String {
    case train = "Train"
    case test = "Test"
  }

  private static let digestsName = "digests.json"
  private static let unfinishedName = ".unfinished"

  private let root: URL
  private let unfinished: URL
  private var digests: [String: RecordingDigest] = [:]
  private let files = FileManager.default

  init(path: String) {
    root = URL(fileURLWithPath: path, isDirectory: true)
    unfinished = root.appendingPathComponent(Self.unfinishedName, isDirectory: true)
  }

  /// Makes the folder, or looks whether it may be written.
  ///
  /// - Throws: ``WriteError`` for a folder that is not empty without `force`, and with it for one with recordings that
  ///   its digests do not name, which this tool did not write.
  func prepare(force: Bool) throws {
    var isDirectory: ObjCBool = false
    if files.fileExists(atPath: root.path, isDirectory: &isDirectory) {
      guard isDirectory.boolValue else { throw WriteError("\(root.path) is not a folder") }
      try attempt("read") {
        let names = try files.contentsOfDirectory(atPath: root.path)
        guard names.contains(where: { $0 != Self.unfinishedName }) else { return }
        guard force else {
          throw WriteError("the folder \(root.path) is not empty; --force replaces its recordings")
        }
        try refuseForeignFiles()
      }
    }
    try attempt("write") {
      if files.fileExists(atPath: unfinished.path) { try files.removeItem(at: unfinished) }
      try files.createDirectory(at: unfinished, withIntermediateDirectories: true)
    }
  }

  /// Writes a recording; `place` counts from 0, its file from 1.
  ///
  /// - Returns: the size of the file in bytes.
  func add(_ events: EventBatch, label: Int, to part: Part, place: Int) throws -> Int {
    let digits = String(place + 1)
    let number = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    let name = "\(part.rawValue)/\(label)/\(number).bin"
    let bytes = try NMNISTCodec.encode(events)
    let url = unfinished.appendingPathComponent(name)
    try attempt("write") {
      try files.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: url)
    }
    var digest = EventDigest()
    digest.update(events)
    digests[name] = RecordingDigest(
      label: label, events: events.count, eventsSHA256: digest.finalize())
    return bytes.count
  }

  /// Puts the recordings and their digests in place.
  func finish() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = try encoder.encode(digests) + Data("\n".utf8)
    try attempt("write") {
      for part in [Part.train, .test] {
        let old = root.appendingPathComponent(part.rawValue)
        let new = unfinished.appendingPathComponent(part.rawValue)
        if files.fileExists(atPath: old.path) { try files.removeItem(at: old) }
        if files.fileExists(atPath: new.path) { try files.moveItem(at: new, to: old) }
      }
      try text.write(to: root.appendingPathComponent(Self.digestsName), options: .atomic)
      try files.removeItem(at: unfinished)
    }
  }

  private func refuseForeignFiles() throws {
    let url = root.appendingPathComponent(Self.digestsName)
    let known =
      files.contents(atPath: url.path).flatMap {
        try? JSONDecoder().decode([String: RecordingDigest].self, from: $0)
      } ?? [:]
    for part in [Part.train, .test] {
      let folder = root.appendingPathComponent(part.rawValue)
      guard let names = files.enumerator(atPath: folder.path) else { continue }
      for case let name as String in names {
        var isDirectory: ObjCBool = false
        let path = folder.appendingPathComponent(name).path
        guard files.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue,
          known["\(part.rawValue)/\(name)"] == nil
        else { continue }
        throw WriteError(
          "\(path) is not named in \(Self.digestsName), so it is not replaced; "
            + "choose another folder")
      }
    }
  }

  private func attempt(_ verb: String, _ work: () throws -> Void) throws {
    do {
      try work()
    } catch let error as WriteError {
      throw error
    } catch {
      throw WriteError("cannot \(verb) \(root.path): \(error.localizedDescription)")
    }
  }
}

/// What `digests.json` says of a file.
struct RecordingDigest: Codable {
  var label: Int
  var events: Int
  var eventsSHA256: String

  private enum CodingKeys: String, CodingKey {
    case label, events
    case eventsSHA256 = "events_sha256"
  }
}
