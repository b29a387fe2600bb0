import Learning
import Logging
import Synchronization
import Transport

/// Decides who gets to the sockets of an engine: hands them their keys, and answers libzmq's questions about clients
/// on a thread of its own.
final class EngineSecurity: Sendable {
  private struct Keys: Sendable {
    let own: CurveKeyPair
    let server: String?
    let handler: ZapHandler
  }

  private let configuration: EngineConfiguration
  /// Nothing without a key: the sockets take everybody then.
  private let keys: Keys?
  private let metrics: Metrics
  private let logger: Logger

  /// Reads the keys. To be made before the sockets of `context`.
  ///
  /// - Throws: ``ConfigurationError``, ``TransportError``.
  init(
    _ configuration: EngineConfiguration, in context: Context, metrics: Metrics, logger: Logger
  ) throws {
    self.configuration = configuration
    self.metrics = metrics
    self.logger = logger
    let settings = configuration.security
    guard !settings.key.isEmpty else {
      keys = nil
      for endpoint in configuration.openEndpoints {
        logger.warning("\(endpoint) takes everybody who can reach it, in plain text")
      }
      return
    }
    let server = settings.serverKey.isEmpty ? nil : try KeyFile.publicKey(settings.serverKey)
    keys = Keys(
      own: try KeyFile.pair(settings.key), server: server, handler: try ZapHandler(in: context))
    // Told at the start if it cannot be used.
    _ = try authorizedClients()
  }

  /// What a socket has to be opened with.
  func secure(_ options: inout SocketOptions, for socket: EngineSocket) {
    guard let keys else { return }
    // Whoever was turned away asks again after that long, whatever its own patience: its key may have come meanwhile.
    options.handshakeInterval = .seconds(5)
    if configuration.connectsOut(socket), let server = keys.server {
      options.security = .curveClient(serverKey: server, keyPair: keys.own)
    } else {
      options.security = .curveServer(secretKey: keys.own.secretKey)
      options.zapDomain = keys.handler.domain(socket.rawValue)
    }
  }

  /// Ends ``run()``; nobody is let in any more.
  func stop() { keys?.handler.stop() }

  /// Answers until ``stop()``; returns at once without keys.
  func run() throws {
    guard let keys else { return }
    var clients = try authorizedClients()
    var problems = clients?.problems ?? []
    tell(problems)
    let count = clients.map { String($0.count) } ?? EngineConfiguration.Security.anyClient
    logger.info(
      "CURVE on all sockets",
      metadata: ["public_key": "\(keys.own.publicKey)", "authorized": "\(count)"])
    var log = RateLimitedLog(logger)
    try keys.handler.run { question in
      let socket = EngineSocket(rawValue: question.domain)
      let name = socket.flatMap { socket in
        clients == nil
          ? EngineConfiguration.Security.anyClient
          : clients?.name(of: question.publicKey, at: socket)
      }
      if let found = clients?.problems, found != problems {
        problems = found
        tell(found)
      }
      guard let name else {
        metrics.update { $0.security.denied[question.domain, default: 0] += 1 }
        log.warn(
          "denied",
          "a client at \(question.address.isEmpty ? "a local socket" : question.address) was turned away from \(question.domain): its key "
            + "\(question.publicKey) is not authorized for it")
        return .denied(reason: "the key is not authorized")
      }
      metrics.update { $0.security.accepted[question.domain, default: 0] += 1 }
      logger.debug("\(name) at \(question.address) was let in to \(question.domain)")
      return .accepted(user: name)
    }
  }

  private func tell(_ problems: [String]) {
    for problem in problems.prefix(10) { logger.warning("authorized clients: \(problem)") }
  }

  /// Nothing where everybody who knows the engine's key is let in.
  private func authorizedClients() throws(ConfigurationError) -> AuthorizedClients? {
    let folder = configuration.security.authorizedClients
    // Where every socket connects out, nobody asks to be let in.
    guard folder != EngineConfiguration.Security.anyClient, !folder.isEmpty else { return nil }
    return try AuthorizedClients(folder: folder)
  }
}
