import Events
import Foundation
import Service
import Synchronization
import Transport

/// Messages of events through a local socket, as they come to the engine: an XPUB that waits for a SUB, written by one
/// thread, and received and decoded by another.
struct BenchSockets: BenchWorkload {
  func groups(_ settings: BenchSettings) -> [BenchGroup] {
    let variants: [(Int, EventMessageWriter.HeaderForm)] = [
      (14, .binary), (14, .json), (1000, .binary), (10_000, .binary),
    ]
    return [
      BenchGroup(
        cases: variants.map { events, form in
          let suffix = form == .json ? "/json" : ""
          return BenchCase("socket/\(events)\(suffix)", unit: "message", threads: 2) {
            try BenchSocketSubject(settings.samples, eventsPerMessage: events, form)
          }
        })
    ]
  }
}

private final class BenchSocketSubject: BenchSubject {
  private static let source = "bench"

  private let folder: String
  private let receiver: BenchReceiver
  private let publisher: EventPublisher
  private var writer: EventMessageWriter
  private var batch = EventBatch()
  private let size: Int
  private var next = 0

  init(
    _ samples: BenchSamples, eventsPerMessage size: Int, _ form: EventMessageWriter.HeaderForm
  ) throws {
    self.size = size
    // Local sockets have short paths.
    folder = "/tmp/aff-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let context = try Context()
    receiver = try BenchReceiver(endpoint: "ipc://\(folder)/events", in: context)
    publisher = try EventPublisher(
      endpoint: "ipc://\(folder)/events", in: context, policy: .lossless)
    writer = EventMessageWriter(source: Self.source, geometry: .nmnist, headerForm: form)
    var index = 0
    while batch.count < max(4 * size, 1 << 16) {
      var events = samples[index].events
      events.shift(by: Int64(index) * BenchStrokes.length)
      batch.append(events)
      index += 1
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A subscription is passed on by a subscriber that looks at its socket, so the receiver must be running.
  private func connect() throws {
    let topic = Topic.events(source: Self.source).bytes
    guard !publisher.isSubscribed(to: topic) else { return }
    guard try publisher.waitForSubscriber(to: topic, timeout: .seconds(10)) else {
      throw BenchError("the subscriber at \(folder) was not heard of for 10 s")
    }
  }

  func run(_ count: Int) throws -> BenchWork {
    receiver.start(count)
    try connect()
    for _ in 0..<count {
      if next + size > batch.count { next = 0 }
      let frames = try writer.events(
        batch, range: next..<next + size, tBase: batch.t[next])
      try publisher.send(frames)
      next += size
    }
    var work = BenchWork()
    work.events = try receiver.finish()
    guard work.events == count * size else {
      throw BenchError("\(work.events) of \(count * size) events came through the socket")
    }
    (work.units, work.messages) = (count, count)
    work.bytes = work.events * 8
    return work
  }
}

/// Takes messages from a socket on a thread of its own, and decodes them.
private final class BenchReceiver: Sendable {
  private let socket: Socket
  private let result = Mutex<Result<Int, any Error>>(.success(0))
  private let end = DispatchSemaphore(value: 0)
  private let limits = EventMessage.Limits(geometry: .nmnist, classes: BenchStrokes.classes)

  init(endpoint: String, in context: Context) throws {
    var options = SocketOptions()
    options.receiveHighWaterMark = EngineConfiguration().limits.queue
    socket = try Socket(.subscribe, in: context, options: options)
    for prefix in Topic.inboundPrefixes { try socket.subscribe(prefix) }
    try socket.bind(endpoint)
  }

  /// Begins to take `count` messages in.
  func start(_ count: Int) {
    let thread = Thread { [self] in
      let outcome = Result { try receive(count) }
      result.withLock { $0 = outcome }
      end.signal()
    }
    thread.start()
  }

  /// Waits for the last message.
  ///
  /// - Returns: the events of all of them.
  func finish() throws -> Int {
    end.wait()
    return try result.withLock { $0 }.get()
  }

  private func receive(_ count: Int) throws -> Int {
    var events = 0
    for _ in 0..<count {
      guard let frames = try socket.receive(timeout: .seconds(10)), frames.count == 3 else {
        throw BenchError("no whole message for 10 s")
      }
      events += try frames[0].withUnsafeBytes { topic in
        try frames[1].withUnsafeBytes { header in
          try frames[2].withUnsafeBytes { payload in
            try Self.count(EventMessage.decode([topic, header, payload], limits: limits))
          }
        }
      }
    }
    return events
  }

  private static func count(_ message: EventMessage) -> Int {
    guard case .events(_, _, let events, _) = message else { return 0 }
    return events.count
  }
}
