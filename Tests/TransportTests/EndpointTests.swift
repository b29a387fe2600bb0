import Foundation
import Testing
import Transport

@Suite struct EndpointTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let way: Way
    let endpoint: String
    let code: TransportError.Code
    let says: String

    init(_ way: Way, _ endpoint: String, _ code: TransportError.Code, _ says: String) {
      (self.way, self.endpoint, self.code, self.says) = (way, endpoint, code, says)
    }

    var testDescription: String { "\(way) \(endpoint)" }
  }

  static let mistakes = [
    Mistake(.bind, "", .invalidEndpoint, "bad endpoint \"\": it is empty"),
    Mistake(.bind, "tcp:/1", .invalidEndpoint, "bad endpoint \"tcp:/1\": write it as"),
    Mistake(.connect, "127.0.0.1:5580", .invalidEndpoint, "for example tcp://127.0.0.1:5580"),
    Mistake(.connect, "://x", .invalidEndpoint, "write it as transport://address"),
    Mistake(.connect, "tcp://", .invalidEndpoint, "there is nothing after ://"),
    Mistake(.connect, "inproc://", .invalidEndpoint, "there is nothing after ://"),
    Mistake(.bind, "tcp://127.0.0.1", .invalidEndpoint, "the port is missing"),
    Mistake(.bind, "tcp://:5580", .invalidEndpoint, "the host is missing"),
    Mistake(.bind, "tcp://127.0.0.1:", .invalidEndpoint, "the port is \"\"; it must be 0 to"),
    Mistake(.bind, "tcp://127.0.0.1:65536", .invalidEndpoint, "the port is \"65536\""),
    Mistake(.bind, "tcp://127.0.0.1:http", .invalidEndpoint, "0 to 65535, or * for any free one"),
    Mistake(.connect, "tcp://127.0.0.1:0", .invalidEndpoint, "it must be 1 to 65535"),
    Mistake(.connect, "tcp://127.0.0.1:*", .invalidEndpoint, "the port is \"*\""),
    Mistake(.connect, "tcp://*:5580", .invalidEndpoint, "give the one to connect to"),
    Mistake(.connect, "tcp://a b:5580", .invalidEndpoint, "a b is not the address or name"),
    Mistake(.bind, "inproc://a\0b", .invalidEndpoint, "zero byte"),
    Mistake(.bind, "tcp://localhost:5580", .addressNotAvailable, "localhost is neither"),
    Mistake(.bind, "tcp://192.0.2.7:5580", .addressNotAvailable, "192.0.2.7 is neither"),
    Mistake(.bind, "http://127.0.0.1:80", .unknownProtocol, "use tcp://, ipc:// or inproc://"),
    Mistake(.bind, "udp://127.0.0.1:5580", .incompatibleProtocol, "use tcp:// or ipc://"),
  ]

  @Test(arguments: mistakes) func mistakesAreExplained(_ mistake: Mistake) throws {
    let socket = try Socket(.pull, in: try Context())
    let error = failure { try socket.attach(mistake.endpoint, default: mistake.way) }
    #expect(error?.code == mistake.code)
    #expect(error?.endpoint == mistake.endpoint)
    #expect(
      error?.description.contains(mistake.says) == true, "\(error?.description ?? "no error")")
  }

  @Test func attachmentMarks() throws {
    let context = try Context()
    let (first, second) = ("inproc://first", "inproc://second")
    let binding = try Socket(.pull, in: context)
    #expect(try binding.attach("@" + first, default: .connect) == first)
    #expect(try binding.attach(second, default: .bind) == second)
    let connecting = try Socket(.push, in: context)
    #expect(try connecting.attach(">" + first, default: .bind) == first)
    #expect(try connecting.send("a"))
    #expect(try binding.texts() == ["a"])
    try connecting.disconnect(first)
    #expect(try connecting.attach(second, default: .connect) == second)
    #expect(try connecting.send("b"))
    #expect(try binding.texts() == ["b"])
  }

  @Test func wildcardsAreFilledIn() throws {
    let context = try Context()
    let socket = try Socket(.pull, in: context)
    let endpoint = try socket.bind("tcp://127.0.0.1:*")
    let port = try #require(Int(endpoint.split(separator: ":").last ?? ""))
    #expect(endpoint == "tcp://127.0.0.1:\(port)" && port > 0)
    #expect(try socket.bind("tcp://*:0").hasPrefix("tcp://0.0.0.0:"))
    let path = try socket.bind("ipc://*")
    #expect(path.hasPrefix("ipc://") && path != "ipc://*")
    #expect(try socket.bind("ipc://@afferent-\(port)") == "ipc://@afferent-\(port)")
  }

  @Test func bracketedAddressesAreIPv6() throws {
    let context = try Context()
    let pull = try Socket(.pull, in: context)
    var endpoint = ""
    let error = failure { endpoint = try pull.bind("tcp://[::1]:*") }
    if error?.code == .addressNotAvailable { return }  // a machine without IPv6
    #expect(endpoint.hasPrefix("tcp://[::1]:"))
    let push = try Socket(.push, in: context)
    try push.connect(endpoint)
    #expect(try push.send("six"))
    #expect(try pull.texts() == ["six"])
  }

  @Test func leavingAnEndpoint() throws {
    let context = try Context()
    let socket = try Socket(.pull, in: context)
    let endpoint = try socket.bind("tcp://127.0.0.1:*")
    try socket.unbind(endpoint)
    #expect(failure { try socket.unbind(endpoint) }?.code == .notAttached)
    let error = failure { try socket.disconnect("tcp://127.0.0.1:1") }
    #expect(
      error?.description
        == "cannot disconnect from tcp://127.0.0.1:1: the socket is not attached there")
  }

  @Test(arguments: Carrier.allCases) func aLiveServerKeepsItsAddress(_ carrier: Carrier) throws {
    let (context, folder) = (try Context(), try Folder())
    let server = try Socket(.pull, in: context)
    let endpoint = try server.bind(carrier.endpoint(in: folder))
    let rival = try Socket(.pull, in: context)
    let error = failure { try rival.bind(endpoint) }
    #expect(error?.code == .addressInUse)
    #expect(
      error?.description.hasPrefix("cannot bind \(endpoint): the address is in use") == true)

    let client = try Socket(.push, in: context)
    try client.connect(endpoint)
    #expect(try client.send("still there"))
    #expect(try server.texts() == ["still there"])
  }

  @Test func aStaleSocketFileIsTakenOver() throws {
    let (context, folder) = (try Context(), try Folder())
    let path = "\(folder.path)/stale"
    // A server that was killed: it bound, and never removed its file.
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafeBytes(of: &address) {
      Glibc.bind(
        descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
    }
    #expect(bound == 0)
    #expect(listen(descriptor, 1) == 0)
    let server = try Socket(.pull, in: context)
    #expect(failure { try server.bind("ipc://\(path)") }?.code == .addressInUse)
    close(descriptor)
    #expect(FileManager.default.fileExists(atPath: path))

    try server.bind("ipc://\(path)")
    let client = try Socket(.push, in: context)
    try client.connect("ipc://\(path)")
    #expect(try client.send("hello"))
    #expect(try server.texts() == ["hello"])
  }

  @Test func aPlainFileIsNotDestroyed() throws {
    let (context, folder) = (try Context(), try Folder())
    let path = "\(folder.path)/recording.es"
    #expect(FileManager.default.createFile(atPath: path, contents: Data("precious".utf8)))
    let server = try Socket(.pull, in: context)
    let error = failure { try server.bind("ipc://\(path)") }
    #expect(error?.code == .pathOccupied)
    #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
    #expect(failure { try server.bind("ipc://\(folder.path)") }?.code == .pathOccupied)
  }

  @Test func badPathsAreExplained() throws {
    let (context, folder) = (try Context(), try Folder())
    let server = try Socket(.pull, in: context)
    let missing = failure { try server.bind("ipc://\(folder.path)/x/events") }
    #expect(missing?.code == .pathMissing)
    #expect(
      missing?.description == "cannot bind ipc://\(folder.path)/x/events: the folder "
        + "\(folder.path)/x does not exist")

    #expect(FileManager.default.createFile(atPath: "\(folder.path)/file", contents: nil))
    let notFolder = failure { try server.bind("ipc://\(folder.path)/file/events") }
    #expect(notFolder?.code == .pathMissing)

    let start = "\(folder.path)/"
    let longest = start + String(repeating: "x", count: 107 - start.utf8.count)
    try server.bind("ipc://\(longest)")
    for way in Way.allCases {
      let tooLong = failure { try server.attach("ipc://\(longest)x", default: way) }
      #expect(tooLong?.code == .pathTooLong)
      #expect(tooLong?.reason == "the path has 108 bytes; the system allows 107")
    }
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may write anywhere"))
  func deniedFoldersAreNamed() throws {
    let server = try Socket(.pull, in: try Context())
    let error = failure { try server.bind("ipc:///proc/events") }
    #expect(error?.code == .permissionDenied)
    #expect(error?.description.contains("a file in /proc") == true)
  }
}
