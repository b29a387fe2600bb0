/// The head of a request of HTTP/1.1 (RFC 9112). Requests have no bodies here: only GET and HEAD are answered.
struct HTTPRequest {
  /// The longest head that is read, in bytes.
  static let longestHead = 8192

  var method: String
  /// Without the query.
  var path: String
  /// Name and port as the browser wrote them.
  var host: String

  /// - Parameter head: the bytes up to the empty line.
  /// - Returns: nothing for what is no request.
  init?(head: ArraySlice<UInt8>) {
    let text = String(decoding: head, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[1].hasPrefix("/"), words[2].hasPrefix("HTTP/1.") else {
      return nil
    }
    method = String(words[0])
    path = String(words[1].prefix { $0 != "?" })
    let hosts = lines.dropFirst().filter { $0.lowercased().hasPrefix("host:") }
    // More than one host is an attempt to confuse.
    guard hosts.count == 1 else { return nil }
    host = hosts[0].dropFirst("host:".count).filter { $0 != " " && $0 != "\t" }.lowercased()
  }

  /// The host without a port and brackets.
  var hostName: String {
    if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
    return String(host.prefix { $0 != ":" })
  }
}
