import Events
import Foundation

/// A file that has its name only once it is whole.
final class PictureFile {
  private let path: String
  private let unfinished: String
  private let handle: FileHandle
  private var isFinished = false

  /// - Throws: ``RecordingError``.
  init(_ path: String) throws(RecordingError) {
    self.path = path
    unfinished = "\(path).unfinished-\(getpid())"
    guard FileManager.default.createFile(atPath: unfinished, contents: nil),
      let handle = FileHandle(forWritingAtPath: unfinished)
    else {
      throw .file(path: path, reason: "cannot be written: \(String(cString: strerror(errno)))")
    }
    self.handle = handle
  }

  deinit {
    if !isFinished { try? FileManager.default.removeItem(atPath: unfinished) }
  }

  func write(_ bytes: [UInt8]) throws { try handle.write(contentsOf: Data(bytes)) }

  func finish() throws {
    try handle.close()
    guard rename(unfinished, path) == 0 else {
      throw RecordingError.file(
        path: path, reason: "cannot be written: \(String(cString: strerror(errno)))")
    }
    isFinished = true
  }
}
