import Foundation

/// Which files of a folder are recordings, by their names: sets may be large, and their files far away.
enum RecordingNames {
  /// Endings of recordings alone.
  static let binary = Set(RecordingFormat.endings.keys).subtracting(text)
  /// Endings that notes and tables have as well: such files count where no others are beside them.
  static let text: Set<String> = ["csv", "txt"]

  /// Whether `name` is that of a recording.
  static func isRecording(_ name: String) -> Bool {
    binary.contains(ending(of: name)) && !isOther(name)
  }

  /// Whether `name` is that of a recording if somebody says so.
  static func mayBeRecording(_ name: String) -> Bool {
    binary.union(text).contains(ending(of: name)) && !isOther(name)
  }

  /// The recordings among the files of one folder, by name.
  static func recordings(among names: [String]) -> [String] {
    let sorted = names.sorted()
    let found = sorted.filter(isRecording)
    guard found.isEmpty else { return found }
    return sorted.filter(mayBeRecording)
  }

  /// Refuses two recordings of one stem: a set would hold a recording and its copy in another format as two.
  static func refuseDoubles(
    among recordings: [String], in folder: URL
  ) throws(RecordingError) {
    var names: [String: String] = [:]
    for name in recordings {
      if let other = names.updateValue(name, forKey: stem(of: name)) {
        throw .file(
          path: folder.path,
          reason: "\(other) and \(name) are two recordings of one name, of which one may be here")
      }
    }
  }

  /// The file that holds the trials of a recording.
  static func labelFile(of recording: URL) -> URL {
    recording.deletingLastPathComponent()
      .appendingPathComponent(stem(of: recording.lastPathComponent) + labelSuffix)
  }

  static let labelSuffix = "_labels.csv"

  /// Hidden files, labels, notes, and the outlines of N-Caltech101, which end in `.bin` too.
  private static func isOther(_ name: String) -> Bool {
    let lower = name.lowercased()
    return name.hasPrefix(".") || lower.hasPrefix("annotation_") || lower.hasPrefix("readme")
      || lower.hasPrefix("license") || lower.hasSuffix(labelSuffix)
  }

  /// A name up to its ending.
  static func stem(of name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }

  private static func ending(of name: String) -> String {
    String(name.dropFirst(stem(of: name).count + 1)).lowercased()
  }

  /// What the parts of one set are called, in any case.
  private static let parts: Set<String> = ["train", "test", "val", "valid", "validation", "dev"]

  private static func isPart(_ name: String) -> Bool { parts.contains(stem(of: name).lowercased()) }

  /// The parts that the set of `part` has, itself among them: such as `Train` and `Test`, or `train.csv` and `val.csv`.
  static func parts(beside part: URL) -> [URL] {
    let (folder, name) = (part.deletingLastPathComponent(), part.lastPathComponent)
    guard isPart(name), let names = try? contents(of: folder) else { return [] }
    return names.filter { isPart($0) && ending(of: $0) == ending(of: name) }
      .map { folder.appendingPathComponent($0) }
  }

  /// What a folder holds.
  static func contents(of folder: URL) throws(RecordingError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw .file(path: folder.path, reason: "the folder cannot be read")
    }
  }

  static func isFolder(_ url: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  static func isFile(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.path) && !isFolder(url)
  }
}
