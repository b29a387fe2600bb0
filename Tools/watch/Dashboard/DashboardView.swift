import Foundation
import Service
import ToolSupport
import Transport

/// Serves the dashboard until told to end.
struct DashboardView {
  let address: String
  /// Whether others than this machine may look on.
  let anyone: Bool

  func run(_ engine: EngineOptions, _ context: Context, _ until: Deadline) throws {
    Terminal.outliveReaders()
    let address = try HTTPAddress(address)
    guard address.isLoopback || anyone else {
      throw HTTPError(
        "\(address) can be reached from other machines, and the dashboard asks nobody who they are; "
          + "serve it at 127.0.0.1 behind a proxy that does, or add --http-anyone")
    }
    let listener = try HTTPListener(address)
    let board = LiveBoard()
    let tally = NeuronTally()
    EngineWatcher(engine, context, board, tally).start()
    FieldWatcher(engine, context, board, tally).start()
    let name = ProcessInfo.processInfo.hostName.lowercased()
    // The last is what a telephone calls it (multicast DNS, RFC 6762).
    let names: Set = ["localhost", name, "\(name.prefix { $0 != "." }).local"]
    let server = DashboardServer(
      board: board, context: context, engine: engine,
      hostNames: anyone ? names : ["localhost"])
    listener.run(server.serve)
    Terminal.note(
      "http://\(listener.address)/ shows the engine at \(engine.at); metrics at /metrics")
    while !until.hasPassed(trials: 0) { Thread.sleep(forTimeInterval: 0.1) }
  }
}
