import ArgumentParser
import Foundation
import Service
import Transport

/// The keys with which a tool talks to an engine that asks for some.
public struct SecurityOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "File of the own secret key, from afferent keygen. (default: $AFFERENT_KEY)",
      valueName: "file"
    ))
  public var key: String?
  @Option(
    help: ArgumentHelp(
      "File of the engine's public key. (default: $AFFERENT_SERVER_KEY)", valueName: "file"))
  public var serverKey: String?

  public init() {}

  /// What sockets that connect are opened with: plain text without keys.
  ///
  /// - Throws: ``ConfigurationError`` for one key without the other, or a file that holds none.
  public func security() throws -> Security {
    switch (setting(key, "AFFERENT_KEY"), setting(serverKey, "AFFERENT_SERVER_KEY")) {
    case (nil, nil): .none
    case (let key?, let serverKey?):
      .curveClient(serverKey: try KeyFile.publicKey(serverKey), keyPair: try KeyFile.pair(key))
    case (_?, nil): throw SecurityOptionsError("--key needs --server-key, the engine's public key")
    case (nil, _?): throw SecurityOptionsError("--server-key needs --key, the own secret key")
    }
  }

  /// What to look at, besides whether the engine runs, when nobody answers.
  public var hint: String {
    setting(key, "AFFERENT_KEY") == nil ? "" : ", with the key given here among its authorized ones"
  }

  /// A publisher of events to an engine.
  ///
  /// - Throws: ``TransportError``; an error for an endpoint that binds, where there are keys: it would let everybody in
  ///   who knows the public one.
  public func publisher(
    _ endpoint: String, in context: Context, policy: EventPublisher.Policy
  ) throws -> EventPublisher {
    let security = try security()
    if case .curveClient = security, Attachment.read(endpoint, default: .connect).way == .bind {
      throw SecurityOptionsError(
        "\(endpoint) binds; with keys, let the engine listen and connect to it")
    }
    return try EventPublisher(endpoint: endpoint, in: context, policy: policy, security: security)
  }

  private func setting(_ option: String?, _ variable: String) -> String? {
    guard let value = option ?? ProcessInfo.processInfo.environment[variable], !value.isEmpty else {
      return nil
    }
    return value
  }
}

extension EngineOptions {
  /// Asks the engine.
  public func client(in context: Context) throws -> EngineClient {
    try EngineClient(at.requests, in: context, security: keys.security())
  }

  /// Listens to the engine.
  public func subscriber(
    _ topics: [String], queue: Int = 100_000, in context: Context
  ) throws -> OutputSubscriber {
    try OutputSubscriber(
      at.output, topics: topics, queue: queue, in: context, security: keys.security())
  }
}

/// Keys that do not go together.
struct SecurityOptionsError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
