import Foundation
import Service
import Synchronization
import Transport

/// What looks like an engine from afar: answers every question with the same status, and publishes the same messages again and
/// again until told to be silent.
final class FakeEngine: Sendable {
  let at: [String]
  private let folder: Folder
  private let isSilent = Atomic<Bool>(false)
  private let isStopped = Atomic<Bool>(false)

  /// - Parameters:
  ///   - status: one JSON object.
  ///   - messages: their frames, the topic first.
  init(status: String, messages: [[[UInt8]]] = []) throws {
    folder = try Folder()
    let address = try EngineAddress(folder.path)
    at = ["--at", address.description]
    let context = try Context()
    let requests = try Self.socket(.reply, address.requests, in: context)
    let output = try Self.socket(.publish, address.output, in: context)
    let (answerer, publisher) = (Holder(requests), Holder(output))
    Thread { [self] in
      while !isStopped.load(ordering: .relaxed) {
        guard (try? answerer.socket.receive(timeout: .milliseconds(50))) != nil else { continue }
        _ = try? answerer.socket.send([Frame(adopting: Array(status.utf8))])
      }
    }.start()
    Thread { [self] in
      while !isStopped.load(ordering: .relaxed) {
        Thread.sleep(forTimeInterval: 0.03)
        guard !isSilent.load(ordering: .relaxed) else { continue }
        for message in messages {
          _ = try? publisher.socket.send(message.map { Frame(adopting: $0) })
        }
      }
    }.start()
  }

  /// Publishes no more.
  func beSilent() { isSilent.store(true, ordering: .relaxed) }

  /// To be called at the end: the threads hold the engine until then.
  func stop() { isStopped.store(true, ordering: .relaxed) }

  private static func socket(
    _ kind: SocketKind, _ endpoint: String, in context: Context
  ) throws -> Socket {
    let socket = try Socket(kind, in: context)
    _ = try socket.bind(endpoint)
    return socket
  }

  /// Hands a socket to its thread, which is the only one to touch it from then on.
  private final class Holder: @unchecked Sendable {
    let socket: Socket

    init(_ socket: consuming Socket) { self.socket = socket }
  }
}
