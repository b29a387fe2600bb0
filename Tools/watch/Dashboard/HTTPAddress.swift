import Foundation

/// Where the dashboard is served: an IPv4 or IPv6 address and a port, as `127.0.0.1:8580` or `[::1]:8580`.
struct HTTPAddress: Equatable, CustomStringConvertible {
  static let `default` = "127.0.0.1:8580"

  /// Without brackets.
  let host: String
  let port: UInt16

  /// - Throws: ``HTTPError`` that says what is expected.
  init(_ text: String) throws(HTTPError) {
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...])
    else { throw HTTPError("\"\(text)\" is not ADDRESS:PORT, as \(Self.default)") }
    var host = String(text[..<colon])
    if host == "localhost" { host = "127.0.0.1" }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard Self.isLiteral(host) else {
      throw HTTPError("\"\(host)\" is not an IPv4 or IPv6 address, as in \(Self.default)")
    }
    (self.host, self.port) = (host, port)
  }

  private init(host: String, port: UInt16) {
    (self.host, self.port) = (host, port)
  }

  func with(port: UInt16) -> HTTPAddress { HTTPAddress(host: host, port: port) }

  var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }
  var isIPv6: Bool { host.contains(":") }
  var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether `host` is an address in numbers.
  static func isLiteral(_ host: String) -> Bool {
    var four = in_addr()
    var six = in6_addr()
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
  }
}

/// Why the dashboard cannot be served.
struct HTTPError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
