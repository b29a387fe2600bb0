import Glibc

/// Whether a folder or a file is safe from other users: who can change it can be let in, or be taken for the engine.
enum FolderTrust {
  /// Why others could change what is in the folder, as the end of a sentence; nil when only this user and root can.
  static func objection(to path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return "cannot be used: \(String(cString: strerror(errno)))"
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return "is not a folder" }
    return objection(to: status).map { "\($0), or use a folder of its own" }
  }

  /// The same for what has been opened already.
  static func objection(to status: stat) -> String? {
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      return "belongs to another user (\(status.st_uid)); chown it"
    }
    guard status.st_mode & 0o022 == 0 else {
      let mode = String(status.st_mode & 0o7777, radix: 8)
      return "can be written to by others (its mode is \(mode)); chmod go-w"
    }
    return nil
  }
}
