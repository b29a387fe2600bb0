import Foundation
import Service
import Transport

/// A daemon with keys on three ports of this machine, and its folder of authorized clients; keys made by the daemon's
/// own command.
final class SecuredDaemon {
  let folder: Folder
  let address: EngineAddress
  let daemon: Daemon
  /// A client that may do everything.
  let owner: Security

  init() throws {
    folder = try Folder()
    for name in ["engine", "owner"] { try Self.makeKeys(name, folder) }
    try folder.write(
      "clients/owner.pub", Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/owner.pub")))
    owner = .curveClient(
      serverKey: try KeyFile.publicKey("\(folder.path)/engine.pub"),
      keyPair: try KeyFile.pair("\(folder.path)/owner.key"))
    let settings = """
      security: {key: "\(folder.path)/engine.key", authorized_clients: "\(folder.path)/clients"}
      status: {every_ms: 20}
      """
    let config = try folder.write("engine.yaml", Data(settings.utf8))
    let security = owner
    // Another program may take one of the three ports meanwhile.
    (address, daemon) = try wait(for: "three free ports in a row") {
      let port = try Sockets.freePort(udp: false)
      guard port < 65534 else { return nil }
      let address = try EngineAddress("tcp://127.0.0.1:\(port)")
      do {
        return (address, try Daemon(["--config", config], at: address, security: security))
      } catch let error as Stuck where error.description.contains("in use") {
        return nil
      }
    }
  }

  private static func makeKeys(_ name: String, _ folder: Folder) throws {
    let end = try Program.run("afferent", "keygen", name, "--folder", folder.path)
    guard end.status == 0 else { throw Stuck(description: "no keys: \(end)") }
  }

  /// Makes keys for a client, and lets it in: everywhere ("") or at some sockets.
  func client(_ name: String, at sockets: String...) throws {
    try Self.makeKeys(name, folder)
    let key = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name).pub"))
    for socket in sockets { try folder.write("clients/\(socket)/\(name).pub", key) }
  }

  /// The options with which a tool shows the keys of a client.
  func keys(of name: String) -> [String] {
    ["--key", "\(folder.path)/\(name).key", "--server-key", "\(folder.path)/engine.pub"]
  }

  func start(_ tool: String, as name: String, _ arguments: String...) throws -> Program {
    try Program(tool, arguments + daemon.at + keys(of: name))
  }
}
