import Foundation

/// One browser's connection: one request, one answer. All waiting is bounded; a browser that takes nothing for ten seconds is
/// let go.
struct HTTPConnection {
  private static let patience = 10
  private let descriptor: Int32

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var time = timeval(tv_sec: Self.patience, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
  }

  func close() {
    _ = shutdown(descriptor, Int32(SHUT_RDWR))
    Foundation.close(descriptor)
  }

  /// Reads away what has come already: a connection that is closed over it may lose its answer.
  func drain() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    for _ in 0..<16 {
      guard recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0 else {
        return
      }
    }
  }

  /// What came instead of a request.
  enum Refusal: Error {
    case silence, tooLong, malformed
  }

  /// Reads the head of the request.
  func readRequest() throws(Refusal) -> HTTPRequest {
    var head: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 2048)
    let deadline = ContinuousClock.now + .seconds(Self.patience)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0, ContinuousClock.now < deadline else { throw .silence }
      // The end may begin in what came before.
      let from = max(0, head.count - 3)
      head += buffer[..<count]
      if let end = Self.end(of: head, from: from) {
        guard let request = HTTPRequest(head: head[..<end]) else { throw .malformed }
        return request
      }
      guard head.count < HTTPRequest.longestHead else { throw .tooLong }
    }
  }

  private static func end(of head: [UInt8], from first: Int) -> Int? {
    let end: [UInt8] = [13, 10, 13, 10]
    guard head.count >= 4 else { return nil }
    return (first...(head.count - 4)).first { head[$0..<$0 + 4].elementsEqual(end) }
  }

  /// Sends all bytes. Returns whether the browser took them.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    return bytes.withUnsafeBytes { bytes in
      while sent < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
        let count = Foundation.send(
          descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  /// Sends an answer with its body.
  func answer(
    _ status: String, type: String = "text/plain; charset=utf-8", _ body: [UInt8],
    isHead: Bool = false, extra: [String] = []
  ) {
    let lines = ["Content-Length: \(body.count)"] + extra
    guard send(Self.head(status, type: type, lines)), !isHead else { return }
    send(body)
  }

  /// The head of an answer. Nothing of another origin may be loaded, framed or kept.
  static func head(_ status: String, type: String, _ extra: [String]) -> [UInt8] {
    let lines =
      [
        "HTTP/1.1 \(status)", "Content-Type: \(type)", "Connection: close",
        "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin",
        "X-Frame-Options: DENY",
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
          + "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
          + "frame-ancestors 'none'",
      ] + extra
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }
}
