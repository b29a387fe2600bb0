import Learning
import Transport

extension EngineConfiguration {
  /// Who may talk to the engine. With a key every socket of the engine speaks CURVE only, local ones too.
  public struct Security: Codable, Equatable, Sendable {
    /// File with the engine's secret key, where given.
    public var key = ""
    /// Folder with the public keys of the clients that are let in, or ``anyClient``.
    public var authorizedClients = ""
    /// File with the public key of the servers that the engine connects to.
    public var serverKey = ""
    /// Whether sockets that other machines reach may be opened without a key.
    public var allowPlaintext = false

    /// The word for ``authorizedClients`` that lets in everybody who knows the engine's public key.
    public static let anyClient = "any"

    private enum CodingKeys: String, CodingKey {
      case key
      case authorizedClients = "authorized_clients"
      case serverKey = "server_key"
      case allowPlaintext = "allow_plaintext"
    }
  }
}

/// The three sockets of an engine, as settings, folders of keys and counters name them.
enum EngineSocket: String, CaseIterable, Sendable {
  case events, output, requests
}

extension EngineConfiguration {
  /// Endpoints of one socket, with their marks.
  func endpoints(of socket: EngineSocket) -> [String] {
    switch socket {
    case .events: endpoints.events
    case .output: endpoints.output
    case .requests: endpoints.requests
    }
  }

  /// Endpoints that the engine binds, without marks.
  var boundEndpoints: [String] {
    EngineSocket.allCases.flatMap(endpoints(of:)).compactMap {
      let (way, bare) = Attachment.read($0, default: .bind)
      return way == .bind ? bare : nil
    }
  }

  /// Endpoints that other machines can reach, and that take everybody, in plain text.
  public var openEndpoints: [String] {
    guard security.key.isEmpty else { return [] }
    return boundEndpoints.filter { EndpointReach(ofBound: $0) == .network }
  }

  /// Whether the socket connects out. With a key all its endpoints are of one kind.
  func connectsOut(_ socket: EngineSocket) -> Bool {
    endpoints(of: socket).contains { Attachment.read($0, default: .bind).way == .connect }
  }

  /// - Throws: ``ConfigurationError`` for settings that contradict each other, or would leave a door open.
  func validateSecurity() throws(ConfigurationError) {
    if security.key.isEmpty { try validatePlaintext() } else { try validateCurve() }
  }

  private func validatePlaintext() throws(ConfigurationError) {
    for (name, value) in [
      ("authorized_clients", security.authorizedClients), ("server_key", security.serverKey),
    ] where !value.isEmpty {
      throw ConfigurationError(
        "security.\(name) is \(value), but security.key is empty; without a key of the engine nobody's key is asked for"
      )
    }
    guard !security.allowPlaintext, let open = openEndpoints.first else { return }
    throw ConfigurationError(
      "\(open) can be reached from other machines, and without security.key everybody there could send events, ask "
        + "and listen. Give the engine a key (afferent keygen engine), or say twice that this is meant: "
        + "security.allow_plaintext: true and the flag --allow-plaintext")
  }

  private func validateCurve() throws(ConfigurationError) {
    for socket in EngineSocket.allCases {
      var ways: Set<Attachment> = []
      for endpoint in endpoints(of: socket) {
        let (way, bare) = Attachment.read(endpoint, default: .bind)
        ways.insert(way)
        guard bare.hasPrefix("tcp://") || bare.hasPrefix("ipc://") else {
          throw ConfigurationError(
            "endpoints.\(socket): \(bare) cannot be secured; with security.key use tcp:// or ipc://"
          )
        }
      }
      guard ways.count < 2 else {
        throw ConfigurationError(
          "endpoints.\(socket) binds and connects; with security.key one socket is a server or a client, not both"
        )
      }
      guard !ways.contains(.connect) || !security.serverKey.isEmpty else {
        throw ConfigurationError(
          "endpoints.\(socket) connects out; with security.key it needs security.server_key, the public key of "
            + "whom it connects to")
      }
      guard !ways.contains(.bind) || !security.authorizedClients.isEmpty else {
        throw ConfigurationError(
          "security.key is given, but not security.authorized_clients, the folder with the public keys of those who "
            + "are let in; \"any\" lets in everybody who knows the engine's public key")
      }
    }
  }
}
