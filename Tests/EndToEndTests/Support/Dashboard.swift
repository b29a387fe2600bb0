import Foundation

/// `afferent-watch --http` on a free port, and requests to it byte by byte.
/// Nothing of it changes after it has started.
final class Dashboard: @unchecked Sendable {
  let program: Program
  let port: UInt16

  convenience init(_ daemon: Daemon) throws { try self.init(at: daemon.at) }

  init(at engine: [String]) throws {
    let program = try Program("afferent-watch", ["--http", "127.0.0.1:0"] + engine)
    self.program = program
    port = try wait(for: "the dashboard's address; it says \(program.errors)") {
      guard program.isRunning else { throw Stuck(description: program.errors) }
      guard let rest = program.errors.split(separator: "http://127.0.0.1:").last,
        program.errors.contains("shows the engine")
      else { return nil }
      return UInt16(rest.prefix { $0.isNumber })
    }
  }

  var url: String { "http://127.0.0.1:\(port)/" }

  /// The answer to a request: its status line and head, and its body.
  func get(
    _ path: String, method: String = "GET", host: String = "127.0.0.1"
  ) throws -> (head: String, body: String) {
    let answer = try send("\(method) \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\n\r\n")
    let parts = answer.components(separatedBy: "\r\n\r\n")
    return (parts[0], parts.dropFirst().joined(separator: "\r\n\r\n"))
  }

  /// Sends text and reads until the connection ends, or until what has come is enough.
  func send(_ text: String, isEnough: (String) -> Bool = { _ in false }) throws -> String {
    let descriptor = try connect()
    defer { close(descriptor) }
    _ = text.withCString { Foundation.send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      answer += buffer[..<count]
      if isEnough(String(decoding: answer, as: UTF8.self)) { break }
    }
    return String(decoding: answer, as: UTF8.self)
  }

  /// A connection that its owner closes. Reading from it ends after ten seconds of silence.
  func connect() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var time = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    inet_pton(AF_INET, "127.0.0.1", &place.sin_addr)
    let result = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Stuck(description: "no connection to port \(port)") }
    return descriptor
  }
}
