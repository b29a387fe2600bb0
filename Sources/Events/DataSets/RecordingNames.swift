import Foundation

/// Which files of a folder are recordings, by their names: sets may be large, and their files far away.
enum RecordingNames {
  /// Endings of formats that are read here.
  static let binary: Set<String> = [
    "aedat", "aedat2", "aedat31", "aedat4", "bin", "bs2", "bs3", "dat", "es", "npy", "raw",
  ]
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

  /// The file that holds the trials of a recording.
  static func labelFile(of recording: URL) -> URL {
    let stem = recording.deletingPathExtension().lastPathComponent
    return recording.deletingLastPathComponent().appendingPathComponent(stem + labelSuffix)
  }

  static let labelSuffix = "_labels.csv"

  /// Hidden files, labels, notes, and the outlines of N-Caltech101, which end in `.bin` too.
  private static func isOther(_ name: String) -> Bool {
    let lower = name.lowercased()
    return name.hasPrefix(".") || lower.hasPrefix("annotation_") || lower.hasPrefix("readme")
      || lower.hasPrefix("license") || lower.hasSuffix(labelSuffix)
  }

  private static func ending(of name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
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
