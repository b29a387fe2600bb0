import Foundation
import Service
import Transport

/// The daemon, listening on local sockets in a folder of its own.
final class Daemon {
  let folder: Folder
  /// The option that leads a tool to it.
  let at: [String]
  private let program: Program
  let client: EngineClient

  /// - Parameters:
  ///   - address: where to listen, if not in the folder.
  ///   - events: where events come from, if not to the address.
  ///   - save: path of the checkpoint.
  ///   - security: keys of the client that asks for the status.
  init(
    _ arguments: [String] = [], at address: EngineAddress? = nil, events: String? = nil,
    save: String = "", security: Security = .none
  ) throws {
    folder = try Folder()
    let address = try address ?? EngineAddress("\(folder.path)/run")
    at = ["--at", address.description]
    var place = at
    if let events {
      let settings = """
        endpoints:
          events: ["\(events)"]
          output: ["\(address.output)"]
          requests: ["\(address.requests)"]
        """
      place = ["--config", try folder.write("settings.yaml", Data(settings.utf8))]
    }
    let arguments = place + ["--save", save] + arguments
    let program = try Program("afferent", arguments)
    self.program = program
    client = try EngineClient(address.requests, in: Context(), security: security)
    try wait(for: "the daemon; it says \(program.errors)") {
      guard program.isRunning else {
        throw Stuck(description: "the daemon did not start: \(program.errors)")
      }
      return program.errors.contains("ready") ? () : nil
    }
  }

  /// What the engine says of itself, with the digest of its weights.
  func status() throws -> EngineStatus {
    try client.status(digest: true, timeout: .seconds(20))
  }

  /// The first status that fulfils a condition.
  @discardableResult
  func status(
    _ what: String, when fulfilled: (EngineStatus) -> Bool
  ) throws -> EngineStatus {
    try wait(for: what) {
      let status = try client.status(timeout: .seconds(20))
      return fulfilled(status) ? status : nil
    }
  }

  /// Runs a tool against the daemon.
  func run(
    _ tool: String, _ arguments: String..., timeout: Duration = .seconds(60)
  ) throws -> Program.End {
    try Program(tool, arguments + at).end(timeout: timeout)
  }

  /// Starts a tool against the daemon.
  func start(_ tool: String, _ arguments: String...) throws -> Program {
    try start(tool, arguments)
  }

  func start(_ tool: String, _ arguments: [String]) throws -> Program {
    try Program(tool, arguments + at)
  }

  /// What it has logged so far.
  var log: String { program.errors }

  /// Its number at the system.
  var number: Int32 { program.number }

  /// What `afferent-watch --status --json` tells.
  func watchedStatus() throws -> EngineStatus {
    let end = try run("afferent-watch", "--status", "--json")
    guard end.status == 0 else { throw Stuck(description: "no status: \(end)") }
    return try JSONDecoder().decode(EngineStatus.self, from: Data(end.output.utf8))
  }

  /// Sends a signal to the daemon.
  func signal(_ number: Int32) { program.signal(number) }

  /// Resident memory of the daemon in MB.
  func residentMegabytes() throws -> Double { try program.residentMegabytes() }

  /// Asks the daemon to end, and waits until it has.
  func stop(_ signal: Int32 = SIGTERM) throws -> Program.End {
    program.signal(signal)
    return try end()
  }

  /// Waits until the daemon has ended.
  func end() throws -> Program.End { try program.end() }
}
