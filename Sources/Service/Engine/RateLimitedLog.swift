import Logging

/// Logs each kind of trouble at most once a second, with the number of lines left out, so that a hostile sender
/// cannot fill a disk.
struct RateLimitedLog {
  private let logger: Logger
  private var last: [String: ContinuousClock.Instant] = [:]
  private var suppressed: [String: Int] = [:]

  init(_ logger: Logger) {
    self.logger = logger
  }

  /// Logs a warning of a kind; kinds come from a fixed list.
  mutating func warn(_ kind: String, _ text: @autoclosure () -> String) {
    log(.warning, kind, text)
  }

  /// Logs what is worth knowing, but is no trouble by itself.
  mutating func info(_ kind: String, _ text: @autoclosure () -> String) {
    log(.info, kind, text)
  }

  private mutating func log(_ level: Logger.Level, _ kind: String, _ text: () -> String) {
    let now = ContinuousClock.now
    if let before = last[kind], now - before < .seconds(1) {
      suppressed[kind, default: 0] += 1
      return
    }
    last[kind] = now
    let more = suppressed.removeValue(forKey: kind) ?? 0
    let left = more > 0 ? " (and \(more) more of this kind)" : ""
    logger.log(level: level, "\(text())\(left)", metadata: ["kind": "\(kind)"])
  }
}
