import Foundation
import ToolSupport

/// Where an experiment leaves its report.
struct ExperimentFolder: Sendable {
  let url: URL

  init(_ path: String) throws {
    url = URL(fileURLWithPath: path, isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// Puts a file in the place of an older one as a whole.
  func write(_ text: String, to name: String) throws {
    try text.write(to: url.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  func write(_ value: some Encodable, toJSON name: String) throws {
    try write(try Terminal.jsonText(value) + "\n", to: name)
  }
}

/// An experiment that cannot begin or go on.
struct ExperimentError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
