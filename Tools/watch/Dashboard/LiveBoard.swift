import Foundation

/// The latest of everything that browsers show. Each browser takes what is newer than what it has: a slow one misses what was
/// replaced meanwhile, and nothing is kept for it.
final class LiveBoard: @unchecked Sendable {
  // Everything below is touched with `condition` locked only.
  private let condition = NSCondition()
  private var notes: [String: (version: Int, text: [UInt8])] = [:]
  private var version = 0
  private var viewers = 0

  /// Browsers that look on.
  var viewerCount: Int {
    condition.lock()
    defer { condition.unlock() }
    return viewers
  }

  func changeViewers(by change: Int) {
    condition.lock()
    viewers += change
    condition.unlock()
  }

  /// Puts a note in the place of the last one of its kind.
  ///
  /// - Parameters:
  ///   - event: the name that the page knows it by.
  ///   - key: what it replaces, if not everything of that name.
  ///   - json: one line.
  func post(_ event: String, key: String? = nil, _ json: String) {
    let text = Array("event: \(event)\ndata: \(json)\n\n".utf8)
    condition.lock()
    version += 1
    notes[key ?? event] = (version, text)
    condition.broadcast()
    condition.unlock()
  }

  /// Takes a note away.
  func remove(_ key: String) {
    condition.lock()
    notes[key] = nil
    condition.unlock()
  }

  /// Waits for something newer than `seen`. Returns it as a stream of server-sent events (WHATWG HTML, 9.2), or a
  /// comment that keeps the connection alive.
  func next(after seen: inout Int, timeout: TimeInterval) -> [UInt8] {
    let deadline = Date(timeIntervalSinceNow: timeout)
    condition.lock()
    defer { condition.unlock() }
    while version <= seen {
      guard condition.wait(until: deadline) else { return Array(": here\n\n".utf8) }
    }
    let last = seen
    seen = version
    let new = notes.values.filter { $0.version > last }.sorted { $0.version < $1.version }
    return new.flatMap(\.text)
  }
}
