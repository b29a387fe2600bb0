import Events
import Foundation

/// The recordings to send, in the order of each pass.
struct Playlist {
  struct Item {
    var path: String
    var name: String
    /// The class, for recordings of a labelled folder.
    var label: Int?
  }

  private var files: [Item] = []
  private var folders: [LabelledFolder] = []

  /// - Throws: ``RecordingError`` for what is neither a file nor a labelled folder.
  init(_ paths: [String]) throws(RecordingError) {
    for path in paths {
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
        throw .file(path: path, reason: "no such file or folder")
      }
      if isDirectory.boolValue {
        folders.append(try LabelledFolder(path: path))
      } else {
        files.append(
          Item(path: path, name: URL(fileURLWithPath: path).lastPathComponent, label: nil))
      }
    }
  }

  /// Recordings in a pass.
  var count: Int { files.count + folders.reduce(0) { $0 + $1.entries.count } }

  /// Single files first, as given; then each folder, shuffled by `seed` and the pass, or as listed.
  func order(seed: UInt64?, pass: Int) -> [Item] {
    files
      + folders.flatMap { folder in
        folder.order(seed: seed, pass: pass).map {
          Item(path: $0.path, name: $0.name, label: $0.label)
        }
      }
  }
}
