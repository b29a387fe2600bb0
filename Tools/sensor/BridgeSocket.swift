import Glibc

/// A socket that a sensor sends to (UDP) or is asked for its events (TCP). It is closed with its last reference.
final class BridgeSocket {
  /// What the operating system refused.
  struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    init(_ what: String, _ code: Int32) {
      description = "\(what): \(String(cString: strerror(code)))"
    }
  }

  /// What one look brought.
  enum Reception: Equatable {
    case bytes(Int)
    case nothing
    /// The other side has closed the connection.
    case end
  }

  private let descriptor: Int32
  private let isStream: Bool
  /// Datagrams that the operating system dropped, for they were not fetched in time.
  private(set) var dropped = 0

  /// Listens for datagrams at an address of this machine.
  ///
  /// - Throws: ``Failure``.
  init(listeningAt host: String, port: UInt16) throws(Failure) {
    isStream = false
    descriptor = try Self.open(host, port, SOCK_DGRAM, passive: true) {
      descriptor, address, length in
      // As much as the system gives: a burst of a camera is larger than the usual 200 KB.
      for option in [SO_RCVBUF, SO_RCVBUFFORCE] {
        var size: Int32 = 16 << 20
        setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
      }
      var yes: Int32 = 1
      setsockopt(descriptor, SOL_SOCKET, SO_RXQ_OVFL, &yes, socklen_t(MemoryLayout<Int32>.size))
      return bind(descriptor, address, length) == 0
    }
  }

  /// Connects to a server.
  ///
  /// - Parameter timeout: in milliseconds.
  /// - Throws: ``Failure``.
  init(connectingTo host: String, port: UInt16, timeout: Int32) throws(Failure) {
    isStream = true
    descriptor = try Self.open(host, port, SOCK_STREAM, passive: false) {
      descriptor, address, length in
      if connect(descriptor, address, length) == 0 { return true }
      guard errno == EINPROGRESS else { return false }
      var item = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&item, 1, timeout) > 0 else {
        errno = ETIMEDOUT
        return false
      }
      var code: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
      errno = code
      return code == 0
    }
  }

  deinit { close(descriptor) }

  /// Opens a socket at the first address of a name that `use` can do with.
  private static func open(
    _ host: String, _ port: UInt16, _ type: __socket_type, passive: Bool,
    _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) throws(Failure) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(type.rawValue)
    hints.ai_flags = passive ? AI_PASSIVE : 0
    var list: UnsafeMutablePointer<addrinfo>?
    // Brackets only keep the colons of an address apart from that of the port.
    let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    let code = getaddrinfo(name == "*" ? nil : name, "\(port)", &hints, &list)
    guard code == 0 else {
      throw Failure("\(host):\(port): \(String(cString: gai_strerror(code)))")
    }
    defer { freeaddrinfo(list) }
    var failure = Failure("\(host):\(port)", EADDRNOTAVAIL)
    var next = list
    while let info = next?.pointee {
      next = info.ai_next
      let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
      let descriptor = socket(info.ai_family, info.ai_socktype | flags, info.ai_protocol)
      guard descriptor >= 0, let address = info.ai_addr else { continue }
      if use(descriptor, address, info.ai_addrlen) { return descriptor }
      failure = Failure("\(host):\(port)", errno)
      close(descriptor)
    }
    throw failure
  }

  /// Waits until something has come, `timeout` milliseconds at most.
  func wait(_ timeout: Int32) {
    var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = poll(&item, 1, timeout)
  }

  /// Takes a datagram, or what there is of a stream, without waiting.
  ///
  /// - Throws: ``Failure`` when the connection has broken.
  func receive(_ buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Reception {
    var vector = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
    // One control message with one number: how many datagrams were dropped so far.
    var control: (Int, Int, Int, Int) = (0, 0, 0, 0)
    let count = withUnsafeMutablePointer(to: &vector) { vector in
      withUnsafeMutableBytes(of: &control) { control in
        var message = msghdr()
        message.msg_iov = vector
        message.msg_iovlen = 1
        message.msg_control = control.baseAddress
        message.msg_controllen = control.count
        let count = recvmsg(descriptor, &message, 0)
        // The length, the level and the type, 16 bytes, come before the number.
        if count >= 0, message.msg_controllen >= 20,
          control.load(fromByteOffset: 12, as: Int32.self) == SO_RXQ_OVFL
        {
          dropped = Int(control.load(fromByteOffset: 16, as: UInt32.self))
        }
        return count
      }
    }
    if count > 0 { return .bytes(count) }
    if count == 0 { return isStream ? .end : .nothing }
    // What an unreachable peer sent back does not end the listening.
    guard errno == EAGAIN || errno == EINTR || (!isStream && errno == ECONNREFUSED) else {
      throw Failure("the connection broke", errno)
    }
    return .nothing
  }
}
