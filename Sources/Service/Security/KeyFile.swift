import Foundation
import Glibc
import Learning
import Transport

/// Files with CURVE keys: certificates as CZMQ and pyzmq write them, or a line with nothing but the key.
///
///     # whose it is
///     curve
///         public-key = "..."
///         secret-key = "..."
///
/// No error ever holds a key.
public enum KeyFile {
  /// Reads a pair from the file of its secret key, which nobody but its owner may read. A file of root's may be for its group,
  /// too: that is how systemd hands credentials to the services that may read them.
  ///
  /// - Throws: ``ConfigurationError`` with the path and the reason.
  public static func pair(_ path: String) throws(ConfigurationError) -> CurveKeyPair {
    let (text, status) = try read(path)
    let mode = status.st_mode & 0o7777
    guard mode & (status.st_uid == 0 && geteuid() != 0 ? 0o037 : 0o077) == 0 else {
      throw ConfigurationError(
        "\(path): others may read this secret key (its mode is \(String(mode, radix: 8))); chmod 600 \(path)"
      )
    }
    let content = Content(text)
    do {
      if let publicKey = content.publicKey {
        guard let secretKey = content.secretKey else {
          throw ConfigurationError(
            "\(path): it holds a public key only; give the file with the secret one")
        }
        return try CurveKeyPair(publicKey: publicKey, secretKey: secretKey)
      }
      return try CurveKeyPair(secretKey: content.secretKey ?? content.firstLine)
    } catch let error as TransportError {
      throw ConfigurationError("\(path): \(error.reason)")
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw ConfigurationError("\(path): \(error)")
    }
  }

  /// Reads a public key.
  ///
  /// - Throws: ``ConfigurationError`` with the path and the reason, also for a file that others may write to, and for one
  ///   that holds a secret key: such a one is not to be passed around.
  public static func publicKey(_ path: String) throws(ConfigurationError) -> String {
    let (text, status) = try read(path)
    if let objection = FolderTrust.objection(to: status) {
      throw ConfigurationError("\(path) \(objection)")
    }
    let content = Content(text)
    guard content.secretKey == nil else {
      throw ConfigurationError("\(path): it holds a secret key; give the file with the public one")
    }
    let key = content.publicKey ?? content.firstLine
    do {
      try CurveKeyPair.check(key, "the public key")
    } catch {
      throw ConfigurationError("\(path): \(error.reason)")
    }
    return key
  }

  /// Writes `name.key`, for its owner only, and `name.pub`. Files that exist are never written over.
  ///
  /// - Parameter folder: made where it is missing.
  /// - Returns: the paths of both.
  /// - Throws: ``ConfigurationError``.
  public static func write(
    _ pair: CurveKeyPair, name: String, folder: String
  ) throws(ConfigurationError) -> (secretKey: String, publicKey: String) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw ConfigurationError("\(folder): the folder cannot be made")
    }
    let base = folder == "." ? name : "\(folder)/\(name)"
    let paths = (secretKey: "\(base).key", publicKey: "\(base).pub")
    let publicLine = "    public-key = \"\(pair.publicKey)\"\n"
    try create(paths.publicKey, "# public key of \(name)\ncurve\n\(publicLine)", mode: 0o644)
    do {
      try create(
        paths.secretKey,
        "# secret key of \(name): for \(name) only\ncurve\n\(publicLine)"
          + "    secret-key = \"\(pair.secretKey)\"\n", mode: 0o600)
    } catch {
      unlink(paths.publicKey)
      throw error
    }
    return paths
  }

  // MARK: - Reading

  private static let mostBytes = 4096

  private static func read(_ path: String) throws(ConfigurationError) -> (
    text: String, status: stat
  ) {
    // Without waiting: a pipe of that name is not to hold the reader up.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ConfigurationError(
        "\(path): the key cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ConfigurationError("\(path): this is not a file")
    }
    guard status.st_size <= mostBytes else {
      throw ConfigurationError(
        "\(path): \(status.st_size) bytes; a file of keys has at most \(mostBytes)")
    }
    var bytes = [UInt8](repeating: 0, count: mostBytes)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else {
      throw ConfigurationError(
        "\(path): the key cannot be read: \(String(cString: strerror(errno)))")
    }
    return (String(decoding: bytes.prefix(count), as: UTF8.self), status)
  }

  /// What a file says.
  private struct Content {
    var publicKey: String?
    var secretKey: String?
    /// The first line that is no comment: in a file without names, the key.
    var firstLine = ""

    init(_ text: String) {
      for line in text.split(whereSeparator: \.isNewline) {
        let line = line.trimmingCharacters(in: .whitespaces)
        // A key may begin with the sign of a comment.
        guard !line.hasPrefix("#") || Self.isKey(line) else { continue }
        if let value = Self.value(of: "public-key", in: line) { publicKey = value }
        if let value = Self.value(of: "secret-key", in: line) { secretKey = value }
        if firstLine.isEmpty { firstLine = line }
      }
    }

    private static func isKey(_ line: String) -> Bool {
      do {
        try CurveKeyPair.check(line, "")
        return true
      } catch {
        return false
      }
    }

    private static func value(of name: String, in line: String) -> String? {
      guard line.hasPrefix(name) else { return nil }
      let rest = line.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
      guard rest.first == "=" else { return nil }
      return rest.dropFirst().trimmingCharacters(in: .init(charactersIn: " \t\"'"))
    }
  }

  // MARK: - Writing

  private static func create(
    _ path: String, _ text: String, mode: mode_t
  ) throws(ConfigurationError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      guard errno != EEXIST else {
        throw ConfigurationError(
          "\(path) exists; keys are never written over. Choose another name, or move it away")
      }
      throw ConfigurationError("\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard fchmod(descriptor, mode) == 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
      fsync(descriptor) == 0
    else {
      let reason = String(cString: strerror(errno))
      unlink(path)
      throw ConfigurationError("\(path) cannot be written: \(reason)")
    }
  }
}
