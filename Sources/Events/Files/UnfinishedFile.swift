import Foundation

/// A file that has its name only once it is whole; until then it lies beside, and goes away with the last reference.
public final class UnfinishedFile {
  public let path: String
  private let aside: String
  private let handle: FileHandle
  private var isFinished = false

  /// - Parameter replaces: whether a file of the name may be there; what is no file is never replaced.
  /// - Throws: ``RecordingError/file(path:reason:)``.
  public init(_ path: String, replaces: Bool) throws(RecordingError) {
    self.path = path
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw .file(path: path, reason: "it is there and is no file, so it is not replaced")
      }
      guard replaces else {
        throw .file(path: path, reason: "it is there already; --force replaces it")
      }
    }
    aside = "\(path).unfinished-\(getpid())"
    let descriptor = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw .file(path: path, reason: Self.reason())
    }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  deinit {
    if !isFinished { unlink(aside) }
  }

  /// Appends `bytes`.
  public func write(_ bytes: [UInt8]) throws(RecordingError) {
    try attempt { try handle.write(contentsOf: bytes) }
  }

  /// Puts `bytes` over what stands at `offset`; nothing may be appended after it.
  public func overwrite(_ bytes: [UInt8], at offset: Int) throws(RecordingError) {
    try attempt {
      try handle.seek(toOffset: UInt64(offset))
      try handle.write(contentsOf: bytes)
    }
  }

  /// Gives the file its name.
  public func finish() throws(RecordingError) {
    try attempt { try handle.close() }
    guard rename(aside, path) == 0 else { throw .file(path: path, reason: Self.reason()) }
    isFinished = true
  }

  private func attempt(_ work: () throws -> Void) throws(RecordingError) {
    do {
      try work()
    } catch {
      throw .file(path: path, reason: "cannot be written: \(error.localizedDescription)")
    }
  }

  private static func reason() -> String {
    "cannot be written: \(String(cString: strerror(errno)))"
  }
}
