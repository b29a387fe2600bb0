import Foundation
import Glibc

/// A peer that speaks to a socket of the engine without libzmq, and so can say what libzmq never would.
final class RawPeer {
  private let descriptor: Int32

  /// Connects to `tcp://127.0.0.1:port`.
  init(_ endpoint: String) throws {
    guard let port = endpoint.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw Stuck(description: "\(endpoint) has no port")
    }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Stuck(description: "cannot connect to \(endpoint)") }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends bytes; false when the other side has hung up.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// Reads until the other side hangs up; false when it does not in time. The engine also hangs up, later, on a peer
  /// that does not answer its pings.
  func isHungUpOn(within timeout: Duration = .seconds(4)) -> Bool {
    let deadline = ContinuousClock.now + timeout
    var limit = timeval(tv_sec: 0, tv_usec: 100_000)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var buffer = [UInt8](repeating: 0, count: 4096)
    while ContinuousClock.now < deadline {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count == 0 || (count < 0 && errno == ECONNRESET) { return true }
    }
    return false
  }

  /// Reads exactly `count` bytes.
  func receive(_ count: Int) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    guard recv(descriptor, &buffer, count, Int32(MSG_WAITALL)) == count else {
      throw Stuck(description: "fewer than \(count) bytes came")
    }
    return buffer
  }

  /// Greets as a publisher without security, in ZMTP 3.0 (RFC 23).
  func greet() throws {
    var greeting: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 0]
    greeting += Array("NULL".utf8)
    greeting += Array(repeating: 0, count: 64 - greeting.count)
    send(greeting)
    _ = try receive(64)
    let body =
      [5] + Array("READY".utf8) + [11] + Array("Socket-Type".utf8) + [0, 0, 0, 3]
      + Array("PUB".utf8)
    send([0x04, UInt8(body.count)] + body)
  }

  /// A frame of a message.
  static func frame(_ body: [UInt8], hasMore: Bool) -> [UInt8] {
    if body.count < 256 { return [hasMore ? 1 : 0, UInt8(body.count)] + body }
    return [hasMore ? 3 : 2] + withUnsafeBytes(of: UInt64(body.count).bigEndian) { Array($0) }
      + body
  }
}
