import Glibc

/// The file of an `ipc` endpoint. `@name` is Linux's abstract namespace and `*` a path of libzmq's
/// choice; neither is a file that could be in the way.
struct LocalPath {
  private let path: String

  /// The bytes that fit into `sockaddr_un.sun_path` before its terminating zero.
  static let limit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  init(_ path: Substring, of endpoint: String, _ operation: String) throws(TransportError) {
    self.path = String(path)
    let count = path.utf8.count
    guard count <= Self.limit else {
      throw TransportError(
        .pathTooLong, operation: operation, endpoint: endpoint,
        reason: "the path has \(count) bytes; the system allows \(Self.limit)")
    }
  }

  /// Throws if binding would take the path away from somebody: libzmq unlinks whatever is there.
  func checkFree(for endpoint: String) throws(TransportError) {
    guard !path.hasPrefix("@"), path != "*" else { return }
    if try isAnswered(endpoint) {
      throw TransportError(
        .addressInUse, operation: "bind", endpoint: endpoint,
        reason: "the address is in use: a server answers there")
    }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK else { return }
    throw TransportError(
      .pathOccupied, operation: "bind", endpoint: endpoint,
      reason: "\(path) exists and is not a socket; choose another path or remove it")
  }

  /// Whether a server, of whatever kind, listens at the path. It sees a peer that hangs up at once.
  private func isAnswered(_ endpoint: String) throws(TransportError) -> Bool {
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else {
      throw TransportError(errno: errno, operation: "bind", endpoint: endpoint)
    }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafeBytes(of: &address) { bytes in
      connect(
        descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
        socklen_t(bytes.count))
    }
    // EAGAIN: a full backlog. EPROTOTYPE: a socket of another type. Both are alive.
    return result == 0 || errno == EAGAIN || errno == EPROTOTYPE
  }

  /// The error for a path that the system refused.
  func explain(_ code: Int32, _ operation: String, _ endpoint: String) -> TransportError {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let folder = parent.isEmpty ? "/" : parent
    let (error, reason): (TransportError.Code, String) =
      switch code {
      case ENOENT: (.pathMissing, "the folder \(folder) does not exist")
      case ENOTDIR: (.pathMissing, "a part of \(folder) is not a folder")
      default: (.permissionDenied, "this user may not create a file in \(folder)")
      }
    return TransportError(error, operation: operation, endpoint: endpoint, reason: reason)
  }
}
