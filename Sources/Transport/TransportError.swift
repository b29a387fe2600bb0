import CZMQ
import Glibc

/// What went wrong, where, and what the user can do about it.
public struct TransportError: Error, Equatable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// Another socket or process has the address.
    case addressInUse
    /// The address does not belong to this machine.
    case addressNotAvailable
    /// The endpoint is not written as it should be.
    case invalidEndpoint
    /// libzmq does not know the part before `://`.
    case unknownProtocol
    /// This kind of socket cannot use the protocol.
    case incompatibleProtocol
    /// The folder of an `ipc` path does not exist.
    case pathMissing
    /// Something that is not a socket is at the `ipc` path.
    case pathOccupied
    /// An `ipc` path of more than 107 bytes.
    case pathTooLong
    /// The system denies access, to a folder or to a port.
    case permissionDenied
    /// The given time passed.
    case timedOut
    /// The context was shut down: the time to stop.
    case terminated
    /// The call would have had to wait.
    case wouldBlock
    /// A mandatory `router` has no peer of that identity.
    case unroutable
    /// A `request` or `reply` socket was used out of turn.
    case wrongState
    /// The socket is not bound or connected to that endpoint.
    case notAttached
    /// The socket is closed.
    case closed
    /// A CURVE key that is none, or a pair that does not match.
    case invalidKey
    /// An option out of range, or one that does not fit the kind of socket.
    case invalidOption
    /// Not in this libzmq, or not with this kind of socket.
    case unsupported
    /// The context or the process has no room for another socket.
    case tooManySockets
    /// Any other errno.
    case system(Int32)
  }

  public let code: Code
  /// What was tried, such as "bind".
  public let operation: String
  /// Where it was tried.
  public let endpoint: String?
  /// Why it failed, in words.
  public let reason: String

  public init(_ code: Code, operation: String, endpoint: String? = nil, reason: String) {
    self.code = code
    self.operation = operation
    self.endpoint = endpoint
    self.reason = reason
  }

  /// One line for the user.
  public var description: String {
    switch (code, endpoint) {
    case (.timedOut, _): reason
    case (.invalidEndpoint, let endpoint?): "bad endpoint \"\(endpoint)\": \(reason)"
    case (_, let endpoint?): "cannot \(operation) \(endpoint): \(reason)"
    case (_, nil): "cannot \(operation): \(reason)"
    }
  }
}

extension TransportError {
  /// The error for an errno of libzmq.
  init(errno: Int32, operation: String, endpoint: String? = nil) {
    let known = Self.known(errno, operation)
    let text = String(cString: zmq_strerror(errno))
    self.init(
      known?.code ?? .system(errno), operation: operation, endpoint: endpoint,
      reason: known?.reason ?? "\(text) (errno \(errno))")
  }

  private static func known(_ errno: Int32, _ operation: String) -> (code: Code, reason: String)? {
    switch errno {
    case EADDRINUSE: (.addressInUse, "the address is in use by another process or socket")
    case EADDRNOTAVAIL: (.addressNotAvailable, "the address does not belong to this machine")
    case EPROTONOSUPPORT:
      (.unknownProtocol, "the protocol is unknown; use tcp://, ipc:// or inproc://")
    case ENOCOMPATPROTO:
      (.incompatibleProtocol, "this kind of socket cannot use the protocol; use tcp:// or ipc://")
    case ENAMETOOLONG:
      (.pathTooLong, "the path is too long; the system allows \(LocalPath.limit) bytes")
    case EACCES, EPERM: (.permissionDenied, "the system denies it to this user")
    case ETIMEDOUT: (.timedOut, "cannot \(operation): the time is over")
    case ETERM: (.terminated, "the context was shut down")
    case EAGAIN: (.wouldBlock, "it would have to wait")
    case EHOSTUNREACH: (.unroutable, "no peer of that identity is connected")
    case EFSM: (.wrongState, "a question and its answer take turns, and it is the other's turn")
    case ENOENT: (.notAttached, "the socket is not attached there")
    case ENOTSOCK: (.closed, "the socket is closed")
    case EMFILE, ENFILE:
      (.tooManySockets, "there are too many open sockets; close some, or raise ulimit -n")
    case ENOTSUP: (.unsupported, "this libzmq (\(Transport.version)) cannot do it")
    default: nil
    }
  }
}
