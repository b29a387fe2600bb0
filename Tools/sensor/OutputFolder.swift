import Events
import Foundation

/// A folder of recordings in the making.
///
/// Files are gathered in a folder of their own and take their places when all are there, so that a run that is broken
/// off leaves what was there before.
final class OutputFolder {
  private static let digestsName = "digests.json"
  private static let unfinishedName = ".unfinished"

  private let root: URL
  private let unfinished: URL
  private let layout: OutputLayout
  private var digests: [String: RecordingDigest] = [:]
  private let files = FileManager.default

  init(path: String, layout: OutputLayout) {
    root = URL(fileURLWithPath: path, isDirectory: true)
    unfinished = root.appendingPathComponent(Self.unfinishedName, isDirectory: true)
    self.layout = layout
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

  /// Writes a recording.
  ///
  /// - Parameter label: the class, for a recording that is one trial.
  /// - Returns: the size of the file in bytes.
  func add(
    _ events: EventBatch, name: String, geometry: SensorGeometry, label: Int? = nil
  ) throws -> Int {
    let url = try place(for: name)
    let writer = try RecordingWriter(
      path: url.path, format: layout.format, layout: RecordingLayout(geometry: geometry))
    try writer.write(events)
    try writer.finish()
    var digest = EventDigest()
    digest.update(events)
    digests[name] = RecordingDigest(
      label: label, events: events.count, eventsSHA256: digest.finalize())
    return writer.size
  }

  /// Writes a list or a table, line by line.
  func add(lines: [String], name: String) throws {
    let url = try place(for: name)
    try attempt("write") {
      try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: url)
    }
  }

  /// Puts the files and their digests in place.
  func finish() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = try encoder.encode(digests) + Data("\n".utf8)
    try attempt("write") {
      for name in try files.contentsOfDirectory(atPath: root.path) where layout.owns(name) {
        try files.removeItem(at: root.appendingPathComponent(name))
      }
      for name in try files.contentsOfDirectory(atPath: unfinished.path) {
        try files.moveItem(
          at: unfinished.appendingPathComponent(name), to: root.appendingPathComponent(name))
      }
      try text.write(to: root.appendingPathComponent(Self.digestsName), options: .atomic)
      try files.removeItem(at: unfinished)
    }
  }

  private func place(for name: String) throws -> URL {
    let url = unfinished.appendingPathComponent(name)
    try attempt("write") {
      try files.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    }
    return url
  }

  /// What is going to be replaced must be in the digests of an earlier run.
  private func refuseForeignFiles() throws {
    let url = root.appendingPathComponent(Self.digestsName)
    let known =
      files.contents(atPath: url.path).flatMap {
        try? JSONDecoder().decode([String: RecordingDigest].self, from: $0)
      } ?? [:]
    guard let names = files.enumerator(atPath: root.path) else { return }
    for case let name as String in names {
      var isDirectory: ObjCBool = false
      let path = root.appendingPathComponent(name).path
      guard let top = name.split(separator: "/").first, layout.owns(String(top)),
        files.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue,
        !known.keys.contains(where: { layout.belongs(name, to: $0) })
      else { continue }
      throw WriteError(
        "\(path) is not named in \(Self.digestsName), so it is not replaced; "
          + "choose another folder")
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
  /// The class of a recording that is one trial.
  var label: Int?
  var events: Int
  var eventsSHA256: String

  private enum CodingKeys: String, CodingKey {
    case label, events
    case eventsSHA256 = "events_sha256"
  }
}
