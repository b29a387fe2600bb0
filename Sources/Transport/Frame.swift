import CZMQ
import Glibc

/// One part of a message: bytes that libzmq counts the users of, instead of copying them.
///
/// A frame stays as it is when it is sent and may be sent again, on several sockets too. It
/// belongs to one thread at a time.
public final class Frame {
  // On the heap, since libzmq keeps small payloads inside this struct and hands out pointers to it.
  private let message: UnsafeMutablePointer<zmq_msg_t>

  /// An empty frame: a delimiter, or the place for one that arrives.
  public init() {
    message = Self.room()
    zmq_msg_init(message)
  }

  /// A frame with its own copy of the bytes.
  public init(copying bytes: UnsafeRawBufferPointer) {
    message = Self.copy(bytes)
  }

  /// A frame with the string's UTF-8.
  public init(_ string: String) {
    var string = string
    message = string.withUTF8 { Self.copy(UnsafeRawBufferPointer($0)) }
  }

  /// A frame over the array's own storage. Nothing is copied; the storage lives until this frame
  /// is gone and libzmq has passed the bytes on.
  ///
  /// - Parameter whenGone: called then, on any thread.
  public init(adopting bytes: [UInt8], whenGone: (@Sendable () -> Void)? = nil) {
    message = Self.room()
    // The box owns the array, so its storage can neither move nor change: whoever else holds the
    // array and writes to it gets a copy.
    let box = Adopted(bytes, whenGone)
    let start = box.bytes.withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress) }
    let hint = Unmanaged.passRetained(box).toOpaque()
    let result = zmq_msg_init_data(
      message, start, bytes.count,
      { _, hint in
        // Often on one of libzmq's I/O threads.
        if let hint { Unmanaged<Adopted>.fromOpaque(hint).release() }
      }, hint)
    precondition(result == 0, "no memory for a frame")
  }

  /// The number of bytes.
  public var count: Int { zmq_msg_size(message) }

  /// Calls `body` with the bytes, which are valid only until it returns.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeRawBufferPointer(start: zmq_msg_data(message), count: count))
  }

  /// A copy of the bytes.
  public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// The bytes as text; nil unless they are valid UTF-8.
  public var string: String? { withUnsafeBytes { String(validating: $0, as: UTF8.self) } }

  private static func room() -> UnsafeMutablePointer<zmq_msg_t> {
    let message = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)
    message.initialize(to: zmq_msg_t())
    return message
  }

  private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<zmq_msg_t> {
    let message = room()
    let result = zmq_msg_init_size(message, bytes.count)
    precondition(result == 0, "no memory for a frame of \(bytes.count) bytes")
    if let source = bytes.baseAddress {
      zmq_msg_data(message)?.copyMemory(from: source, byteCount: bytes.count)
    }
    return message
  }

  deinit {
    zmq_msg_close(message)
    message.deallocate()
  }
}

extension Frame: CustomStringConvertible {
  /// The size, and never the content: it may be large, and it comes from elsewhere.
  public var description: String { "frame of \(count) bytes" }
}

extension Frame {
  /// Whether another part of the same message follows this one.
  var hasMore: Bool { zmq_msg_more(message) != 0 }

  /// Sends a second reference to the bytes, so that the frame survives. Returns 0 or the errno.
  func send(on socket: UnsafeMutableRawPointer, flags: Int32) -> Int32 {
    withUnsafeTemporaryAllocation(of: zmq_msg_t.self, capacity: 1) { space -> Int32 in
      guard let copy = space.baseAddress else { return ENOMEM }
      copy.initialize(to: zmq_msg_t())
      zmq_msg_init(copy)
      zmq_msg_copy(copy, message)
      while zmq_msg_send(copy, socket, flags) < 0 {
        let code = zmq_errno()
        guard code == EINTR else {
          zmq_msg_close(copy)
          return code
        }
      }
      return 0
    }
  }

  /// Receives into this frame. Returns 0 or the errno.
  func receive(on socket: UnsafeMutableRawPointer, flags: Int32) -> Int32 {
    while zmq_msg_recv(message, socket, flags) < 0 {
      let code = zmq_errno()
      guard code == EINTR else { return code }
    }
    return 0
  }
}

private final class Adopted {
  let bytes: [UInt8]
  private let whenGone: (@Sendable () -> Void)?

  init(_ bytes: [UInt8], _ whenGone: (@Sendable () -> Void)?) {
    self.bytes = bytes
    self.whenGone = whenGone
  }

  deinit { whenGone?() }
}
