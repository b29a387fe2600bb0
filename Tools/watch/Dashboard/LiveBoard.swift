import Foundation

/// The latest of everything that browsers show. Each browser takes what is newer than what it has: a slow one misses what was
/// replaced meanwhile, and nothing is kept for it.
final class LiveBoard: @unchecked Sendable {
  private typealias Note = (version: Int, text: [UInt8])
  /// Notes of one name.
  private static let most = 64

  // Everything below is touched with `condition` locked only.
  private let condition = NSCondition()
  private var notes: [String: [String: Note]] = [:]
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

  /// Puts a note in the place of the last one of its kind, or of the oldest where there are many.
  ///
  /// - Parameters:
  ///   - event: the name that the page knows it by.
  ///   - key: what it is about, where there is one for each of several things.
  ///   - json: one line.
  func post(_ event: String, key: String = "", _ json: String) {
    let text = Array("event: \(event)\ndata: \(json)\n\n".utf8)
    condition.lock()
    version += 1
    var kind = notes[event] ?? [:]
    kind[key] = (version, text)
    if kind.count > Self.most, let oldest = kind.min(by: { $0.value.version < $1.value.version }) {
      kind[oldest.key] = nil
    }
    notes[event] = kind
    condition.broadcast()
    condition.unlock()
  }

  /// Takes the notes of a name away, but for those about `keys`.
  func remove(_ event: String, except keys: Set<String> = []) {
    condition.lock()
    notes[event] = notes[event]?.filter { keys.contains($0.key) }
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
    let new = notes.values.flatMap(\.values).filter { $0.version > last }.sorted {
      $0.version < $1.version
    }
    return new.flatMap(\.text)
  }
}
