import Foundation

/// A file, or a pipe, that is read piece by piece.
public final class RecordingFile {
  public let path: String
  /// Size in bytes; nothing for a pipe.
  public let size: Int?
  private let descriptor: Int32

  /// - Throws: ``RecordingError/file(path:reason:)``.
  public init(path: String) throws(RecordingError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let reason = errno == ENOENT ? "no such file" : Self.reason()
      throw .file(path: path, reason: reason)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .file(path: path, reason: Self.reason())
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else {
      throw .file(path: path, reason: "this is a folder, not a recording")
    }
    size = kind == S_IFREG ? Int(status.st_size) : nil
  }

  deinit {
    close(descriptor)
  }

  /// Reads on, up to the size of `buffer`.
  ///
  /// - Returns: bytes read; 0 at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(RecordingError) -> Int {
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .file(path: path, reason: Self.reason()) }
    }
  }

  /// Bytes at `offset`, fewer where the file ends; where it reads on is not changed.
  public func read(_ count: Int, at offset: Int) throws(RecordingError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let step = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: done), count - done, offset + done)
      }
      if step == 0 { break }
      if step < 0 {
        guard errno == EINTR else { throw .file(path: path, reason: Self.reason()) }
        continue
      }
      done += step
    }
    bytes.removeLast(count - done)
    return bytes
  }

  /// Goes on reading at `offset`.
  public func seek(to offset: Int) throws(RecordingError) {
    guard lseek(descriptor, offset, SEEK_SET) >= 0 else {
      throw .file(path: path, reason: Self.reason())
    }
  }

  private static func reason() -> String { "cannot be read: \(String(cString: strerror(errno)))" }
}
