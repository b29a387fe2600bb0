import Foundation
import Glibc

/// A small disk in memory at a folder; who may not mount skips what needs it.
final class SmallDisk {
  private let folder: String

  init?(at folder: String, bytes: Int) {
    self.folder = folder
    guard mount("tmpfs", folder, "tmpfs", 0, "size=\(bytes)") == 0 else {
      print("skipped: cannot mount a disk: \(String(cString: strerror(errno)))")
      return nil
    }
  }

  func makeReadOnly() {
    _ = mount("tmpfs", folder, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil)
  }

  deinit { umount2(folder, Int32(MNT_DETACH)) }
}
