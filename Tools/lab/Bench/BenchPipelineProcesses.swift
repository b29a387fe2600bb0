import Foundation
import Service
import ToolSupport
import Transport

/// A program of this package, found beside the one that runs.
final class PipelineProgram {
  private let process = Process()
  private let output: String
  private let name: String

  /// Starts it; what it prints goes to a file in `folder`.
  init(_ name: String, _ arguments: [String], in folder: BenchFolder) throws {
    self.name = name
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.executableURL = own.deletingLastPathComponent().appendingPathComponent(name)
    process.arguments = arguments
    output = "\(folder.path)/\(name)-\(UUID().uuidString.prefix(8)).out"
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: "/dev/null")
    try process.run()
  }

  /// Waits until it has ended. Returns what it printed.
  func end(within timeout: Duration) throws -> Data {
    let deadline = ContinuousClock.now + timeout
    while process.isRunning {
      guard ContinuousClock.now < deadline else {
        process.terminate()
        throw PipelineFailure("\(name) did not end within \(timeout)")
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
    guard process.terminationStatus == 0 else {
      throw PipelineFailure("\(name) ended with \(process.terminationStatus)")
    }
    return FileManager.default.contents(atPath: output) ?? Data()
  }

  /// Its number at the system.
  var number: Int32 { process.processIdentifier }

  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
  }

  deinit { stop() }
}

/// `afferent` in a process of its own, on local sockets.
final class PipelineEngine {
  let address: EngineAddress
  let client: EngineClient
  private let program: PipelineProgram

  init(_ configuration: EngineConfiguration, in folder: BenchFolder) throws {
    var configuration = configuration
    configuration.learning.save = ""
    let file = "\(folder.path)/engine-\(UUID().uuidString.prefix(8)).yaml"
    try Data(configuration.yaml().utf8).write(to: URL(fileURLWithPath: file))
    address = try EngineAddress("\(folder.path)/\(UUID().uuidString.prefix(8))")
    program = try PipelineProgram(
      "afferent", ["--config", file, "--at", address.description, "--quiet"], in: folder)
    client = try EngineClient(address.requests, in: Context())
    _ = try client.status(timeout: .seconds(20))
  }

  var number: Int32 { program.number }

  func stop() { program.stop() }
}

struct PipelineFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
