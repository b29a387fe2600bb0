import Glibc
import Learning
import Synchronization

/// Keeps a folder to one engine: what two would write there could not be told apart. The system lets go of the lock with
/// the process, however that ends.
final class FolderLock: Sendable {
  private let descriptor: Mutex<Int32>

  /// - Throws: ``ConfigurationError`` if another engine has the folder, or it cannot be written to.
  init(_ folder: String) throws(ConfigurationError) {
    let file = open(folder + "/lock", O_RDONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw ConfigurationError(
        "checkpoints.folder: \(folder) cannot be written to: \(String(cString: strerror(errno)))")
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      throw ConfigurationError("checkpoints.folder: another engine is at work in \(folder)")
    }
    descriptor = Mutex(file)
  }

  deinit { release() }

  /// Lets go of the folder.
  func release() {
    descriptor.withLock { file in
      if file >= 0 { close(file) }
      file = -1
    }
  }
}
