import Learning

/// Where the three sockets of an engine are found: a folder for local sockets, or a host and a first port.
public struct EngineAddress: Equatable, Sendable, CustomStringConvertible {
  /// Events and labels in.
  public let events: String
  /// Predictions, weights and status out.
  public let output: String
  /// Questions and answers.
  public let requests: String
  public let description: String

  /// The address that the daemon and all tools use unless told otherwise: `tcp://127.0.0.1:5580` and the two ports after.
  public static let `default` = EngineAddress(host: "127.0.0.1", port: 5580)

  private init(host: String, port: Int) {
    self.init(
      description: "tcp://\(host):\(port)", events: "tcp://\(host):\(port)",
      output: "tcp://\(host):\(port + 1)", requests: "tcp://\(host):\(port + 2)")
  }

  private init(description: String, events: String, output: String, requests: String) {
    self.description = description
    self.events = events
    self.output = output
    self.requests = requests
  }

  /// Reads `tcp://host:port`, `ipc://folder` or a folder.
  ///
  /// - Throws: ``ConfigurationError`` that says what is expected.
  public init(_ text: String) throws(ConfigurationError) {
    if text.hasPrefix("tcp://") {
      let rest = text.dropFirst("tcp://".count)
      guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
        (1...65533).contains(port), colon != rest.startIndex
      else {
        throw ConfigurationError(
          "the address \"\(text)\" is not tcp://host:port with a port of 1 to 65533")
      }
      self.init(host: String(rest[..<colon]), port: port)
      return
    }
    let folder = text.hasPrefix("ipc://") ? String(text.dropFirst("ipc://".count)) : text
    guard !folder.isEmpty, !folder.contains("://") else {
      throw ConfigurationError(
        "the address \"\(text)\" is neither tcp://host:port nor a folder for local sockets")
    }
    let base = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    self.init(
      description: "ipc://\(base)", events: "ipc://\(base)/events.ipc",
      output: "ipc://\(base)/output.ipc", requests: "ipc://\(base)/requests.ipc")
  }
}
