import Glibc

/// The parts of an endpoint, read before libzmq sees it: libzmq says EINVAL for most mistakes, and
/// a user needs to know which one it was.
struct EndpointText {
  let whole: String
  let path: LocalPath?
  private let host: Substring

  var isIPv6: Bool { host.hasPrefix("[") }

  init(_ whole: String, for way: Attachment) throws(TransportError) {
    let operation = way == .bind ? "bind" : "connect to"
    func refusal(_ reason: String) -> TransportError {
      TransportError(.invalidEndpoint, operation: operation, endpoint: whole, reason: reason)
    }
    guard !whole.isEmpty else { throw refusal("it is empty") }
    guard !whole.utf8.contains(0) else { throw refusal("it contains a zero byte") }
    let colon = whole.firstIndex(of: ":") ?? whole.endIndex
    guard whole[colon...].hasPrefix("://"), colon != whole.startIndex else {
      throw refusal("write it as transport://address, for example tcp://127.0.0.1:5580")
    }
    let address = whole[colon...].dropFirst(3)
    guard !address.isEmpty else { throw refusal("there is nothing after ://") }

    self.whole = whole
    switch whole[..<colon] {
    case "tcp":
      path = nil
      // A connecting side may name its own address first: tcp://own;peer.
      let peer = address.split(separator: ";", omittingEmptySubsequences: false).last ?? address
      guard let split = peer.lastIndex(of: ":") else {
        throw refusal("the port is missing, as in tcp://127.0.0.1:5580")
      }
      host = peer[..<split]
      let port = peer[split...].dropFirst()
      guard !host.isEmpty else {
        throw refusal("the host is missing, as in tcp://127.0.0.1:5580")
      }
      if way == .connect, host == "*" {
        throw refusal("* stands for every address to bind; give the one to connect to")
      }
      if way == .bind, port == "*" { return }
      guard let number = UInt16(port), number > 0 || way == .bind else {
        let allowed = way == .bind ? "0 to 65535, or * for any free one" : "1 to 65535"
        throw refusal("the port is \"\(port)\"; it must be \(allowed)")
      }
    case "ipc":
      host = ""
      path = try LocalPath(address, of: whole, operation)
    default:
      host = ""
      path = nil
    }
  }

  /// The error for what `zmq_bind` or `zmq_connect` said.
  func explain(_ code: Int32, _ operation: String) -> TransportError {
    switch code {
    case EINVAL, ENODEV, ENXIO, EADDRNOTAVAIL:
      // Names are not resolved for bind, so "localhost" ends here too.
      guard !host.isEmpty else { break }
      return TransportError(
        code == EINVAL ? .invalidEndpoint : .addressNotAvailable,
        operation: operation, endpoint: whole,
        reason: operation == "bind"
          ? "\(host) is neither an address nor an interface of this machine; use 127.0.0.1, or * "
            + "for all"
          : "\(host) is not the address or name of a host")
    case ENOENT, ENOTDIR, EACCES, EPERM:
      if let path { return path.explain(code, operation, whole) }
    default:
      break
    }
    return TransportError(errno: code, operation: operation, endpoint: whole)
  }
}
