import Foundation
import Glibc

/// Plain sockets on this machine, as a sensor's software has them.
enum Sockets {
  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func with<Result>(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = address(port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private static func boundSocket(_ type: __socket_type, _ port: UInt16) throws -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(type.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    guard with(port, { bind(descriptor, $0, $1) }) == 0 else {
      close(descriptor)
      throw Stuck(description: "port \(port) cannot be bound")
    }
    var bound = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &bound) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    return (descriptor, UInt16(bigEndian: bound.sin_port))
  }

  /// A port that nobody uses just now.
  static func freePort(udp: Bool) throws -> UInt16 {
    let (descriptor, port) = try boundSocket(udp ? SOCK_DGRAM : SOCK_STREAM, 0)
    close(descriptor)
    return port
  }

  /// Sends datagrams to a port of this machine.
  static func send(_ datagrams: [[UInt8]], to port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    for datagram in datagrams {
      _ = with(port) { sendto(descriptor, datagram, datagram.count, 0, $0, $1) }
    }
  }

  /// Waits for one client, sends it `bytes`, and closes the connection.
  static func serve(_ bytes: [UInt8], at port: UInt16) throws {
    let (descriptor, _) = try boundSocket(SOCK_STREAM, port)
    defer { close(descriptor) }
    listen(descriptor, 1)
    var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&item, 1, 20_000) > 0 else { throw Stuck(description: "nobody came to \(port)") }
    let client = accept(descriptor, nil, nil)
    var sent = 0
    while sent < bytes.count {
      let count = Glibc.send(
        client, Array(bytes[sent...]), bytes.count - sent, Int32(MSG_NOSIGNAL))
      guard count > 0 else { break }
      sent += count
    }
    close(client)
  }
}
