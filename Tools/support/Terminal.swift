import Foundation

/// Output for people on standard error, results on standard output.
public enum Terminal {
  /// Whether standard error is a terminal.
  public static let isInteractive = isatty(STDERR_FILENO) == 1

  /// Has a program live on when nobody reads any more what it writes. For those that serve others; the rest may end as the
  /// first programs of a pipe do.
  public static func outliveReaders() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// Writes a line to standard error, if anything takes it.
  public static func note(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }

  /// Writes a line to standard output at once, also into a pipe.
  public static func line(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  /// Writes JSON as one line to standard output.
  public static func json(_ value: some Encodable) throws {
    line(try jsonText(value))
  }

  /// JSON in one line, its keys in alphabetical order.
  public static func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // As in the engine's own messages: JSON has no number for what an overflowing weight gives.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// One line of progress that rewrites itself; silent unless standard error is a terminal.
public final class ProgressBar {
  private let label: String
  private let total: Int
  private var shown = ContinuousClock.now - .seconds(1)
  private var isOpen = false

  public init(_ label: String, total: Int) {
    self.label = label
    self.total = max(total, 1)
  }

  /// Shows `done` of the total, and how far the next one is, with a remark behind.
  public func update(
    _ done: Int, part: Double = 0, _ remark: @autoclosure () -> String = ""
  ) {
    guard Terminal.isInteractive else { return }
    let now = ContinuousClock.now
    guard now - shown > .milliseconds(100) || done >= total else { return }
    shown = now
    isOpen = true
    let width = 30
    let filled = min(width, Int((Double(done) + part) * Double(width) / Double(total)))
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
    let text = "\r\(label) [\(bar)] \(done)/\(total)  \(remark())\u{1B}[K"
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Ends the line.
  public func finish() {
    guard isOpen else { return }
    isOpen = false
    try? FileHandle.standardError.write(contentsOf: Data("\n".utf8))
  }
}
