import Foundation

/// A folder with a path short enough for local sockets; it goes away with its last reference.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = "/tmp/aff-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file of the folder. Returns its path.
  @discardableResult
  func write(_ name: String, _ content: some DataProtocol) throws -> String {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content).write(to: url)
    return url.path
  }
}

/// A condition that did not come about in time.
struct Stuck: Error, CustomStringConvertible {
  let description: String
}

/// Asks again and again until there is an answer.
///
/// - Throws: ``Stuck`` after `timeout`.
func wait<Value>(
  for what: @autoclosure () -> String, timeout: Duration = .seconds(30),
  _ look: () throws -> Value?
) throws -> Value {
  let deadline = ContinuousClock.now + timeout
  while true {
    if let value = try look() { return value }
    guard ContinuousClock.now < deadline else {
      throw Stuck(description: "after \(timeout) still waiting for \(what())")
    }
    Thread.sleep(forTimeInterval: 0.005)
  }
}
