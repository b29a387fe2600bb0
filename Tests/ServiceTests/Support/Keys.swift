import Foundation
import Service
import Transport

/// The keys of an engine, and its folder of authorized clients.
final class Keys {
  let folder: Folder
  let engine: CurveKeyPair

  init() throws {
    folder = try Folder()
    engine = try .generate()
    _ = try KeyFile.write(engine, name: "engine", folder: folder.path)
    try FileManager.default.createDirectory(
      atPath: clients, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
  }

  var clients: String { "\(folder.path)/clients" }

  /// What a client with `pair` opens its sockets with.
  func security(_ pair: CurveKeyPair) -> Security {
    .curveClient(serverKey: engine.publicKey, keyPair: pair)
  }

  /// Lets a key in, everywhere or at one socket.
  func authorize(_ pair: CurveKeyPair, as name: String, at socket: String = "") throws {
    let place = socket.isEmpty ? clients : "\(clients)/\(socket)"
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    try Data("\(pair.publicKey)\n".utf8).write(to: URL(fileURLWithPath: "\(place)/\(name).pub"))
  }

  func revoke(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(clients)/\(name).pub")
  }

  /// An engine with these keys on TCP, and a client of it that may do everything.
  func runningEngine(
    _ change: (inout EngineConfiguration) -> Void = { _ in }
  ) throws -> RunningEngine {
    let owner = try CurveKeyPair.generate()
    try authorize(owner, as: "owner")
    return try RunningEngine(as: security(owner)) {
      $0.endpoints.events = ["tcp://127.0.0.1:*"]
      $0.endpoints.output = ["tcp://127.0.0.1:*"]
      $0.endpoints.requests = ["tcp://127.0.0.1:*"]
      $0.security.key = "\(folder.path)/engine.key"
      $0.security.authorizedClients = clients
      change(&$0)
    }
  }
}
