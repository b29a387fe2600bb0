/// The head of a request of HTTP/1.1 (RFC 9112). Requests have no bodies here: only GET and HEAD are answered.
struct HTTPRequest {
  /// The longest head that is read, in bytes.
  static let longestHead = 8192

  var method: String
  /// Without the query.
  var path: String
  /// Name and port as the browser wrote them.
  var host: String
  /// Whether the page of another origin asks, as browsers tell (W3C Fetch Metadata); others than browsers say nothing.
  var isFromElsewhere: Bool

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
    func values(_ name: String) -> [String] {
      lines.dropFirst().map { $0.lowercased() }.filter { $0.hasPrefix(name) }.map {
        $0.dropFirst(name.count).filter { $0 != " " && $0 != "\t" }
      }
    }
    let hosts = values("host:")
    // More than one host is an attempt to confuse.
    guard hosts.count == 1 else { return nil }
    host = hosts[0]
    isFromElsewhere = !values("sec-fetch-site:").allSatisfy {
      $0 == "same-origin" || $0 == "none"
    }
  }

  /// The host without a port and brackets.
  var hostName: String {
    if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
    return String(host.prefix { $0 != ":" })
  }
}
