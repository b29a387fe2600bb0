import Glibc

extension Attachment {
  /// Reads CZMQ's mark: `@tcp://...` binds, `>tcp://...` connects, and an endpoint without a mark
  /// does what `default` says.
  ///
  /// - Returns: what to do, and the endpoint without the mark.
  public static func read(
    _ endpoint: String, default fallback: Attachment
  ) -> (way: Attachment, endpoint: String) {
    switch endpoint.first {
    case "@": (.bind, String(endpoint.dropFirst()))
    case ">": (.connect, String(endpoint.dropFirst()))
    default: (fallback, endpoint)
    }
  }
}

/// From where a bound endpoint can be reached.
public enum EndpointReach: Sendable {
  /// Nobody outside this process.
  case process
  /// Local sockets: whoever may open the file.
  case file
  /// Everybody on this machine.
  case machine
  /// Everybody who can route a packet here.
  case network

  /// Only what is certainly closer counts as such: of TCP the loopback addresses 127.0.0.0/8 and
  /// ::1, written as numbers. Wildcards, names of interfaces, and transports that are unknown here
  /// count as the network.
  public init(ofBound endpoint: String) {
    if endpoint.hasPrefix("inproc://") {
      self = .process
    } else if endpoint.hasPrefix("ipc://@") {
      // Linux's abstract names have no owner and no mode.
      self = .machine
    } else if endpoint.hasPrefix("ipc://") {
      self = .file
    } else {
      self = Self.isLoopback(endpoint) ? .machine : .network
    }
  }

  private static func isLoopback(_ endpoint: String) -> Bool {
    let scheme = "tcp://"
    guard endpoint.hasPrefix(scheme), let colon = endpoint.lastIndex(of: ":") else { return false }
    let start = endpoint.index(endpoint.startIndex, offsetBy: scheme.count)
    guard start <= colon else { return false }
    let host = endpoint[start..<colon]
    if host == "[::1]" { return true }
    var address = in_addr()
    guard inet_pton(AF_INET, String(host), &address) == 1 else { return false }
    return UInt32(bigEndian: address.s_addr) >> 24 == 127
  }
}
