import Learning
import Transport

/// Asks a running engine.
public final class EngineClient {
  private var client: RequestClient

  /// - Parameters:
  ///   - endpoint: the engine's request socket.
  ///   - security: the keys, where the engine asks for some.
  /// - Throws: ``TransportError`` for a bad endpoint; that nobody is there shows with the first question.
  public init(
    _ endpoint: String, in context: Context, security: Security = .none
  ) throws(TransportError) {
    var options = SocketOptions()
    options.security = security
    client = try RequestClient(endpoint, in: context, options: options)
  }

  /// How the engine is.
  ///
  /// - Parameter digest: also the digest of its weights, as they are after all messages that it has worked off.
  /// - Throws: ``TransportError`` when nobody answers in time, ``EngineAnswerError`` for an answer that is none.
  public func status(
    digest: Bool = false, timeout: Duration = .seconds(5)
  ) throws -> EngineStatus {
    let question = EngineRequest(request: .status, digest: digest ? true : nil)
    let answer = try client.request(
      Frame(adopting: ServiceJSON.encode(question)), timeout: timeout)
    guard let body = answer.last else { throw EngineAnswerError("an empty answer") }
    return try decode(EngineStatus.self, body)
  }

  /// How the engine is, as it says it: one JSON object. It may tell more than ``EngineStatus`` knows.
  ///
  /// - Throws: as ``status(digest:timeout:)``.
  public func statusJSON(timeout: Duration = .seconds(5)) throws -> [UInt8] {
    let question = ServiceJSON.encode(EngineRequest(request: .status))
    guard let body = try client.request(Frame(adopting: question), timeout: timeout).last else {
      throw EngineAnswerError("an empty answer")
    }
    return body.bytes
  }

  /// All weights and their number.
  ///
  /// - Throws: as ``status(digest:timeout:)``.
  public func snapshot(
    timeout: Duration = .seconds(10)
  ) throws -> (header: WeightsHeader, weights: ModelWeights) {
    let question = EngineRequest(request: .snapshot)
    let answer = try client.request(
      Frame(adopting: ServiceJSON.encode(question)), timeout: timeout)
    guard answer.count >= 2 else { throw refusal(answer) }
    let header = try decode(WeightsHeader.self, answer[answer.count - 2])
    return (header, try ModelWeights(full: Safetensors(answer[answer.count - 1].bytes)))
  }

  /// Writes a checkpoint of everything that had arrived, and waits until it is on the disk.
  ///
  /// - Throws: as ``status(digest:timeout:)``; ``EngineAnswerError`` also with the reason why it could not be written.
  public func save(timeout: Duration = .seconds(60)) throws -> CheckpointReceipt {
    try checkpoint(.init(request: .save), timeout)
  }

  /// Takes over the weights and the optimiser's memory of a checkpoint; the streams go on.
  ///
  /// - Parameter name: a file in the engine's folder of checkpoints.
  /// - Throws: as ``save(timeout:)``.
  public func load(_ name: String, timeout: Duration = .seconds(60)) throws -> CheckpointReceipt {
    try checkpoint(.init(request: .load, name: name), timeout)
  }

  /// Works off what has arrived, saves, and ends the engine. What has arrived may take minutes.
  ///
  /// - Throws: as ``save(timeout:)``.
  public func drain(timeout: Duration = .seconds(600)) throws -> CheckpointReceipt {
    try checkpoint(.init(request: .drain), timeout)
  }

  private func checkpoint(
    _ question: EngineRequest, _ timeout: Duration
  ) throws -> CheckpointReceipt {
    let answer = try client.request(
      Frame(adopting: ServiceJSON.encode(question)), timeout: timeout)
    guard let body = answer.last else { throw EngineAnswerError("an empty answer") }
    return try decode(CheckpointReceipt.self, body)
  }

  /// Has the engine do something. Its thread does it between two messages of events.
  ///
  /// - Returns: what was done, for people.
  /// - Throws: as ``status(digest:timeout:)``; ``EngineAnswerError`` with the reason of a refusal.
  @discardableResult
  public func perform(
    _ command: EngineCommand, timeout: Duration = .seconds(60)
  ) throws -> String {
    let answer = try client.request(
      Frame(adopting: ServiceJSON.encode(command.request)), timeout: timeout)
    guard let body = answer.last else { throw EngineAnswerError("an empty answer") }
    return try decode(RequestReceipt.self, body).done
  }

  private func decode<T: Decodable>(_ type: T.Type, _ frame: Frame) throws -> T {
    do {
      return try ServiceJSON.decode(type, from: frame.bytes)
    } catch {
      throw refusal([frame])
    }
  }

  private func refusal(_ answer: [Frame]) -> EngineAnswerError {
    if let body = answer.last,
      let refusal = try? ServiceJSON.decode(RequestRefusal.self, from: body.bytes)
    {
      return EngineAnswerError("the engine says: \(refusal.error)")
    }
    return EngineAnswerError("the answer is not one of an engine")
  }
}

/// An answer that cannot be used.
public struct EngineAnswerError: Error, CustomStringConvertible, Sendable {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
