import Foundation
import ToolSupport

/// Progress through a file that is long enough to wait for.
final class FileProgress {
  private static let smallestFile = 1 << 24
  private let label: String
  private var bar: ProgressBar?

  init(_ path: String) {
    label = URL(filePath: path).lastPathComponent
  }

  func update(_ bytes: Int, of total: Int) {
    guard total >= Self.smallestFile else { return }
    let bar = bar ?? ProgressBar(label, total: total >> 20)
    bar.update(bytes >> 20, "MB")
    self.bar = bar
  }

  func finish() {
    bar?.finish()
    bar = nil
  }
}
