import Events
import Learning
import Logging
import Synchronization
import Transport

/// The publishing thread: owns the output socket and the request socket.
///
/// A consumer that is too slow loses messages, never the engine its pace: the output socket drops what a full queue
/// cannot take, and sequence numbers tell the consumer.
final class PublishLoop: Sendable {
  private let output: Socket
  private let requests: Socket
  /// Of these two sockets, and of the one on which events come in.
  private let connections: [ConnectionWatch]
  private let inbox: Inbox<StreamItem>
  private let outbox: Outbox
  private let metrics: Metrics
  private let model: String
  private let weightsTopic: [UInt8]
  private let activityTopic: [UInt8]
  private let statusEvery: Duration
  private let tellsActivity: Bool
  private let stopped = Atomic<Bool>(false)
  private let logger: Logger
  /// Where output and requests are served, wildcards filled in.
  let outputEndpoints: [String]
  let requestEndpoints: [String]

  init(
    _ configuration: EngineConfiguration, _ security: EngineSecurity, in context: Context,
    inbound: ConnectionWatch, inbox: Inbox<StreamItem>, outbox: Outbox, metrics: Metrics,
    logger: Logger
  ) throws {
    self.inbox = inbox
    self.outbox = outbox
    self.metrics = metrics
    self.logger = logger
    model = configuration.model
    weightsTopic = Array("weights/\(model)/".utf8)
    activityTopic = Array("activity/\(model)/".utf8)
    statusEvery = .milliseconds(configuration.status.every)
    tellsActivity = configuration.activity.every > 0
    var options = SocketOptions()
    options.sendHighWaterMark = configuration.limits.outputQueue
    options.maxMessageSize = 1 << 16
    options.linger = .seconds(1)
    security.secure(&options, for: .output)
    output = try Socket(.xpub, in: context, options: options)
    options.sendHighWaterMark = 1000
    security.secure(&options, for: .requests)
    requests = try Socket(.router, in: context, options: options)
    connections = [
      inbound, try ConnectionWatch(output, .output, in: context),
      try ConnectionWatch(requests, .requests, in: context),
    ]
    var endpoints: [String] = []
    for endpoint in configuration.endpoints.output {
      endpoints.append(try output.attach(endpoint, default: .bind))
    }
    outputEndpoints = endpoints
    endpoints = []
    for endpoint in configuration.endpoints.requests {
      endpoints.append(try requests.attach(endpoint, default: .bind))
    }
    requestEndpoints = endpoints
  }

  /// Ends ``run()`` once everything in the outbox is sent.
  func stop() {
    stopped.store(true, ordering: .releasing)
    outbox.wakeup.signal()
  }

  /// Works until ``stop()``.
  func run() throws {
    var items = [
      output.pollItem(for: .readable), requests.pollItem(for: .readable),
      PollItem(fileDescriptor: outbox.wakeup.fileDescriptor),
    ]
    items += connections.map(\.pollItem)
    var log = RateLimitedLog(logger)
    var weights = Subscriptions(to: "weights/\(model)/")
    var activity = Subscriptions(to: "activity/\(model)/")
    var nextStatus = ContinuousClock.now
    while true {
      let stopping = stopped.load(ordering: .acquiring)
      // A bounded number each round here too: under load the outbox may never be empty.
      var count = 0
      while stopping || count < 256, let item = outbox.popIfPresent() {
        try send(item)
        count += 1
      }
      let now = ContinuousClock.now
      if now >= nextStatus || stopping {
        try publishStatus()
        nextStatus = now + statusEvery
      }
      if stopping { return }
      try Poller.wait(&items, timeout: count < 256 ? now.duration(to: nextStatus) : .zero)
      outbox.wakeup.clear()
      for watch in connections { try watch.note(metrics, &log) }
      // A bounded number each round: who asks without end must not keep the rest from being served.
      for _ in 0..<64 {
        guard let message = try output.receive(wait: false, maxFrames: 2) else { break }
        weights.note(message)
        activity.note(message)
        metrics.wantsWeights.store(weights.isWanted, ordering: .relaxed)
        metrics.wantsActivity.store(tellsActivity && activity.isWanted, ordering: .relaxed)
      }
      for _ in 0..<64 {
        guard let message = try requests.receive(wait: false, maxFrames: 9) else { break }
        try answer(message)
      }
    }
  }

  private func send(_ item: OutgoingItem) throws {
    switch item {
    case .prediction(let message, let received):
      let json = message.json
      try publish([Array("prediction/\(message.model)/".utf8), json])
      try publish([Array("latest/\(message.model)/ ".utf8) + json])
      if let received { metrics.sight.notePrediction(of: received) }
    case .activity(let message): try publish([activityTopic] + message.frames)
    case .delta(let header, let rows):
      try output.send(
        frames([weightsTopic, ServiceJSON.encode(header)], rows, outbox.deltas), wait: false)
    case .snapshot(let envelope, let header, let weights):
      try requests.send(
        frames(envelope + [ServiceJSON.encode(header)], weights, outbox.snapshots), wait: false)
    case .reply(let frames): try requests.send(frames.map { Frame(adopting: $0) }, wait: false)
    }
  }

  /// A message that ends with `tensors`, which are under way until libzmq has passed them on.
  private func frames(
    _ head: [[UInt8]], _ tensors: Safetensors, _ underWay: BytesUnderWay
  ) -> [Frame] {
    let size = tensors.size
    let body = Frame(adopting: tensors.encoded()) { underWay.remove(size) }
    return head.map { Frame(adopting: $0) } + [body]
  }

  private func publish(_ frames: [[UInt8]]) throws {
    try output.send(frames.map { Frame(adopting: $0) }, wait: false)
  }

  private func publishStatus() throws {
    try publish([
      Array("status/\(model)/".utf8),
      ServiceJSON.encode(metrics.status(inbox: inbox, outbox: outbox)),
    ])
  }

  /// Questions come from a REQ (identity, empty frame, question) or a DEALER (with or without the empty frame).
  private func answer(_ message: [Frame]) throws {
    guard let question = message.last, message.count >= 2 else { return }
    // Of a message of many frames only what leads the answer back is kept.
    let isRequest = message[1].count == 0
    guard message.count <= 8 else {
      return try refuse(
        "more than 8 frames, a question has at most 7",
        message.prefix(isRequest ? 2 : 1).map(\.bytes))
    }
    let envelope = message.dropLast().map(\.bytes)
    guard let request = try? ServiceJSON.decode(EngineRequest.self, from: question.bytes) else {
      return try refuse(
        "not a known request, as {\"request\":\"status\"}; known: \(EngineRequest.known)", envelope)
    }
    switch request.request {
    case .status where request.digest != true:
      try send(
        .reply(envelope + [ServiceJSON.encode(metrics.status(inbox: inbox, outbox: outbox))]))
    default: try pass(.init(request: request, envelope: envelope))
    }
  }

  /// Hands a question to the engine's thread.
  private func pass(_ question: StreamItem.Question) throws {
    guard !inbox.pushUrgent(.request(question)) else { return }
    try refuse(
      "\(inbox.urgentLimit) questions are waiting already, or the engine is stopping",
      question.envelope)
  }

  private func refuse(_ reason: String, _ envelope: [[UInt8]]) throws {
    try send(.reply(envelope + [ServiceJSON.encode(RequestRefusal(error: reason))]))
  }
}
