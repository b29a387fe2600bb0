import Foundation
import Logging

/// Writes each line of a log as a JSON object: `time` (ISO 8601, UTC), `level`, `message`, `logger`, and `metadata` where there is
/// any.
public struct JSONLogHandler: LogHandler {
  public var logLevel = Logger.Level.info
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let write: @Sendable (String) -> Void

  /// - Parameter write: takes a line without its end; the default writes to standard error.
  public init(
    label: String,
    write: @escaping @Sendable (String) -> Void = {
      // One call a line, so that lines of several threads do not mix.
      // A target that is full or gone is no reason to end.
      try? FileHandle.standardError.write(contentsOf: Data(($0 + "\n").utf8))
    }
  ) {
    self.label = label
    self.write = write
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var all = metadataProvider?.get() ?? [:]
    all.merge(metadata) { $1 }
    all.merge(event.metadata ?? [:]) { $1 }
    let line = Line(
      time: Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
      level: event.level.rawValue, message: event.message.description, logger: label,
      metadata: all.isEmpty ? nil : all.mapValues(\.description))
    write(String(decoding: ServiceJSON.encode(line), as: UTF8.self))
  }

  private struct Line: Encodable {
    var time: String
    var level: String
    var message: String
    var logger: String
    var metadata: [String: String]?
  }
}
