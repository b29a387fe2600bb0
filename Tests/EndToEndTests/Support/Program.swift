import Foundation

/// A program that runs, and is ended when nobody needs it any more.
final class Program {
  /// How a program ended, and what it said.
  struct End: CustomStringConvertible {
    var status: Int32
    /// Whether a signal that it did not catch ended it.
    var isKilled: Bool
    var output: String
    var errors: String

    var description: String {
      "\(isKilled ? "signal" : "status") \(status)\n-- output\n\(output)\n-- errors\n\(errors)"
    }

    /// The last line of output as a JSON object.
    func json() throws -> [String: Any] {
      let line = output.split(separator: "\n").last.map(String.init) ?? ""
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      guard let fields = object as? [String: Any] else {
        throw Stuck(description: "no JSON object: \(line)")
      }
      return fields
    }
  }

  static let all = [
    "afferent", "afferent-replay", "afferent-sensor", "afferent-watch", "afferent-convert",
    "afferent-lab",
  ]

  private let process = Process()
  private let folder: Folder
  private let name: String

  /// Starts a program of the package, which lies where this test does.
  convenience init(
    _ name: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws {
    let path = Self.path(of: name)
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Stuck(description: "\(path) is not built")
    }
    try self.init(path: path, arguments, environment: environment)
  }

  /// Where a program of the package lies.
  static func path(of name: String) -> String {
    Bundle.main.bundleURL.appendingPathComponent(name).path
  }

  /// Starts any program.
  init(path: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    name = URL(fileURLWithPath: path).lastPathComponent
    folder = try Folder()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try file("output")
    process.standardError = try file("errors")
    try process.run()
  }

  deinit {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// What the program has written so far.
  var output: String { text("output") }
  var errors: String { text("errors") }
  var isRunning: Bool { process.isRunning }
  /// Its number at the system.
  var number: Int32 { process.processIdentifier }

  func signal(_ number: Int32) {
    kill(process.processIdentifier, number)
  }

  /// Resident memory in MB.
  func residentMegabytes() throws -> Double {
    let status = try String(
      contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count > 1, let kilobytes = Double(words[1]) else {
      throw Stuck(description: "no memory in \(status)")
    }
    return kilobytes / 1024
  }

  /// Waits until the program has ended.
  func end(timeout: Duration = .seconds(60)) throws -> End {
    try wait(for: "the end of \(name); it says \(output) \(errors)", timeout: timeout) {
      process.isRunning ? nil : ()
    }
    return End(
      status: process.terminationStatus,
      isKilled: process.terminationReason == .uncaughtSignal, output: output, errors: errors)
  }

  /// Starts a program of the package and waits until it has ended.
  static func run(
    _ name: String, _ arguments: String..., timeout: Duration = .seconds(60)
  ) throws -> End {
    try Program(name, arguments).end(timeout: timeout)
  }

  private func file(_ name: String) throws -> FileHandle {
    guard let handle = FileHandle(forWritingAtPath: try folder.write(name, Data())) else {
      throw Stuck(description: "cannot write to \(folder.path)")
    }
    return handle
  }

  private func text(_ name: String) -> String {
    let data = FileManager.default.contents(atPath: "\(folder.path)/\(name)") ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
