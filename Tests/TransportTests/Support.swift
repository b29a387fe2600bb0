import Foundation
import Transport

/// A class that owns a socket and may be handed to another thread, as the users of the module do.
final class Owner: Sendable {
  let socket: Socket

  init(_ socket: consuming Socket) { self.socket = socket }
}

/// Work on a thread of its own, and its result.
final class Running<Value: Sendable>: @unchecked Sendable {
  private let finished = DispatchSemaphore(value: 0)
  private var result: Result<Value, any Error>?

  init(_ body: @escaping @Sendable () throws -> Value) {
    let thread = Thread { [self] in
      result = Result { try body() }
      finished.signal()
    }
    thread.start()
  }

  /// The result, or an error after ten seconds.
  func value() throws -> Value {
    guard finished.wait(timeout: .now() + 10) == .success, let result else { throw Stuck() }
    return try result.get()
  }

  struct Stuck: Error {}
}

/// A folder that goes away with its last reference.
final class Folder {
  let path: String

  init() throws {
    path = "/tmp/transport-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

enum Carrier: String, CaseIterable, Sendable {
  case inproc, ipc, tcp

  func endpoint(in folder: Folder) -> String {
    switch self {
    case .inproc: "inproc://there"
    case .ipc: "ipc://\(folder.path)/there"
    case .tcp: "tcp://127.0.0.1:*"
    }
  }
}

extension Socket {
  @discardableResult
  func send(_ texts: String..., wait: Bool = true) throws -> Bool {
    try send(texts.map { Frame($0) }, wait: wait)
  }

  /// The next message as text, waiting up to five seconds.
  func texts(timeout: Duration = .seconds(5)) throws -> [String?]? {
    try receive(timeout: timeout)?.map(\.string)
  }
}

/// The module's word; Swift Testing has another `Attachment`.
typealias Way = Attachment

/// The error that the body throws, or nil.
func failure(_ body: () throws -> Void) -> TransportError? {
  do {
    try body()
    return nil
  } catch {
    return error as? TransportError
  }
}
