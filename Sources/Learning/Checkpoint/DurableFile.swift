import Foundation
import Glibc

/// Files that come into being whole or not at all, whenever the machine loses power.
enum DurableFile {
  static let asideSuffix = ".part"

  /// Writes aside, brings that to the disk, renames it, and brings the folder to the disk. Of a write that fails nothing is
  /// left.
  ///
  /// - Throws: ``ConfigurationError`` with the path and what the system says.
  static func write(_ bytes: [UInt8], to path: String) throws(ConfigurationError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ConfigurationError("\(path): its folder cannot be made")
    }
    let aside = path + asideSuffix
    if let reason = writeSynced(bytes, to: aside) {
      unlink(aside)
      throw ConfigurationError("\(path): \(reason)")
    }
    guard rename(aside, path) == 0 else {
      let reason = said("cannot be replaced")
      unlink(aside)
      throw ConfigurationError("\(path): \(reason)")
    }
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw ConfigurationError("\(path): \(said("no such folder"))") }
    defer { close(directory) }
    guard fsync(directory) == 0 else {
      throw ConfigurationError("\(path): \(said("its folder cannot be brought to the disk"))")
    }
  }

  /// All bytes of the file at `path`.
  ///
  /// - Throws: ``ConfigurationError`` with the path and what the system says.
  static func read(_ path: String) throws(ConfigurationError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      let what = errno == ENOENT ? "no such checkpoint" : "cannot be opened"
      throw ConfigurationError("\(path): \(said(what))")
    }
    defer { close(file) }
    var about = stat()
    guard fstat(file, &about) == 0 else { throw ConfigurationError("\(path): \(said("no size"))") }
    var bytes = [UInt8](repeating: 0, count: max(0, Int(about.st_size)))
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(file, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw ConfigurationError(
          "\(path): \(said("\(done) of \(bytes.count) bytes could be read"))")
      }
      // It has become shorter meanwhile.
      if count == 0 { break }
      done += count
    }
    bytes.removeSubrange(done...)
    return bytes
  }

  /// - Returns: what went wrong.
  private static func writeSynced(_ bytes: [UInt8], to path: String) -> String? {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { return said("the folder cannot be written to") }
    defer { close(file) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(file, buffer.baseAddress.map { $0 + done }, buffer.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return said("\(done) of \(bytes.count) bytes could be written") }
      done += count
    }
    return fsync(file) == 0 ? nil : said("cannot be brought to the disk")
  }

  private static func said(_ what: String) -> String {
    let number = errno
    return "\(what): \(String(cString: strerror(number)))"
  }
}
