import Foundation
import Synchronization

/// Accepts connections, each on a thread of its own, a bounded number at once.
///
/// A page, its parts and a stream of events for a handful of people need no more, and nothing that arrives takes memory beyond
/// one head of a request a connection.
final class HTTPListener: Sendable {
  static let mostConnections = 64

  private let descriptor: Int32
  let address: HTTPAddress
  private let open = Atomic<Int>(0)

  /// - Parameter address: port 0 takes a free one.
  /// - Throws: ``HTTPError``.
  init(_ address: HTTPAddress) throws(HTTPError) {
    descriptor = socket(address.isIPv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Self.failure("socket", address) }
    var yes: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard Self.bind(descriptor, address) == 0, listen(descriptor, 64) == 0 else {
      let failure = Self.failure("listen", address)
      close(descriptor)
      throw failure
    }
    self.address = address.with(port: Self.port(descriptor) ?? address.port)
  }

  deinit { close(descriptor) }

  /// Accepts connections for as long as the program runs.
  func run(_ serve: @escaping @Sendable (HTTPConnection) -> Void) {
    Self.thread("http") { [self] in
      while true {
        let peer = accept(descriptor, nil, nil)
        guard peer >= 0 else {
          // Out of descriptors, perhaps: the others have to end first.
          Thread.sleep(forTimeInterval: 0.05)
          continue
        }
        let connection = HTTPConnection(peer)
        guard open.add(1, ordering: .relaxed).newValue <= Self.mostConnections else {
          open.subtract(1, ordering: .relaxed)
          connection.close()
          continue
        }
        Self.thread("browser") { [self] in
          serve(connection)
          connection.close()
          open.subtract(1, ordering: .relaxed)
        }
      }
    }
  }

  static func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = "afferent-\(name)"
    thread.start()
  }

  private static func failure(_ call: String, _ address: HTTPAddress) -> HTTPError {
    HTTPError("cannot \(call) at \(address): \(String(cString: strerror(errno)))")
  }

  private static func bind(_ descriptor: Int32, _ address: HTTPAddress) -> Int32 {
    if address.isIPv6 {
      var place = sockaddr_in6()
      place.sin6_family = sa_family_t(AF_INET6)
      place.sin6_port = address.port.bigEndian
      inet_pton(AF_INET6, address.host, &place.sin6_addr)
      return bind(descriptor, &place)
    }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = address.port.bigEndian
    inet_pton(AF_INET, address.host, &place.sin_addr)
    return bind(descriptor, &place)
  }

  private static func bind<Place>(_ descriptor: Int32, _ place: inout Place) -> Int32 {
    withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.bind(descriptor, $0, socklen_t(MemoryLayout<Place>.size))
      }
    }
  }

  /// The port that a socket was given. It lies at the same place in both kinds of addresses.
  private static func port(_ descriptor: Int32) -> UInt16? {
    var place = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let result = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return result == 0 ? UInt16(bigEndian: place.sin6_port) : nil
  }
}
