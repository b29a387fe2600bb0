import Events
import Learning
import Logging
import Synchronization
import Transport

/// The ingest thread: owns the inbound socket, checks and orders every message, and hands it to the engine's thread.
///
/// A message that is refused is counted, named in the log and dropped; nothing of it is used. When the engine cannot
/// keep up, this thread waits, libzmq's queues fill, and the publishers feel it; or, if it is told to shed, the oldest events
/// that wait are dropped.
final class IngestLoop: Sendable {
  private let socket: Socket
  /// Who comes and goes; watched by the publishing thread.
  let connections: ConnectionWatch
  private let wakeup: Wakeup
  private let stopped = Atomic<Bool>(false)
  private let sessions = Atomic<Int>(0)
  private let metrics: Metrics
  private let keeper: CheckpointKeeper
  /// What ``run()`` begins with: sources that go on from a checkpoint, and what waited to be joined.
  private let beginning: Mutex<(sources: [String: SourceIntake], live: LiveTime)?>
  /// Messages that libzmq holds for each publisher at most.
  private let queueLimit: Int
  private let limits: EventMessage.Limits
  /// What every source begins with.
  private let transforms: TransformChain
  private let disorder: Int64
  private let liveSettings: EngineConfiguration.Live
  private let format: MessageFormat
  private let sourceLimit: Int
  private let sourceIdle: Duration
  private let logger: Logger
  /// Where the engine listens, wildcards filled in.
  let endpoints: [String]

  init(
    _ configuration: EngineConfiguration, _ security: EngineSecurity, in context: Context,
    inbox: Inbox<StreamItem>, metrics: Metrics, keeper: CheckpointKeeper,
    resuming parts: [String: CheckpointPart], logger: Logger
  ) throws {
    var limits = EventMessage.Limits(
      geometry: try configuration.sensor.geometry(), classes: configuration.learner.classes,
      longestSpan: Int64(configuration.limits.messageSpan) * 1_000_000)
    transforms = try configuration.transformChain()
    disorder = configuration.learner.stream.reorderWindow
    let resumed = try IntakeParts.sources(
      in: parts, transforms: transforms, live: configuration.live, disorder: disorder)
    sessions.store(IntakeParts.sessions(in: parts), ordering: .relaxed)
    queueLimit = configuration.limits.queue
    // Some encodings hold several events in a byte; memory is to be bounded by what arrives.
    limits.mostEvents = configuration.limits.messageBytes
    self.limits = limits
    format = configuration.endpoints.format
    sourceLimit = configuration.limits.sources
    sourceIdle = .seconds(configuration.limits.sourceIdle)
    self.metrics = metrics
    self.keeper = keeper
    self.logger = logger
    liveSettings = configuration.live
    beginning = Mutex(
      (resumed, try LiveTime(configuration, resuming: parts, inbox: inbox, metrics: metrics)))
    wakeup = try Wakeup()
    var options = SocketOptions()
    options.receiveHighWaterMark = configuration.limits.queue
    options.maxMessageSize = configuration.limits.messageBytes
    security.secure(&options, for: .events)
    // No heartbeats here: while the engine holds a publisher back, nothing is read, and the answers to
    // heartbeats would wait with the rest until the connection is given up, and messages with it.
    socket = try Socket(.subscribe, in: context, options: options)
    connections = try ConnectionWatch(socket, .events, in: context)
    for prefix in format.prefixes { try socket.subscribe(prefix) }
    var endpoints: [String] = []
    for endpoint in configuration.endpoints.events {
      endpoints.append(try socket.attach(endpoint, default: .bind))
    }
    self.endpoints = endpoints
  }

  /// Ends ``run()`` from another thread.
  func stop() {
    stopped.store(true, ordering: .releasing)
    wakeup.signal()
  }

  /// Works until ``stop()``.
  func run() throws {
    // Taken, not copied: what transforms remember of each pixel, and what waits to be joined, is to be here only.
    guard var (sources, live) = beginning.withLock({ $0.take() }) else { return }
    defer { sendMark(sources, live, isLast: true) }
    var draining = Draining()
    var log = RateLimitedLog(logger)
    var items = [
      socket.pollItem(for: .readable),
      PollItem(fileDescriptor: wakeup.fileDescriptor),
      PollItem(fileDescriptor: keeper.bell.fileDescriptor),
    ]
    while !stopped.load(ordering: .acquiring) {
      let begin = ContinuousClock.now
      try Poller.wait(&items, timeout: keeper.isDraining ? .zero : live.timeout)
      live.listened(since: begin)
      keeper.bell.clear()
      // A bounded number each round: under load the socket may never run dry.
      var count = 0
      while count < 64, !stopped.load(ordering: .acquiring),
        let frames = try socket.receive(wait: false, maxFrames: 5)
      {
        take(frames, &sources, &live, &log)
        count += 1
      }
      live.turn(ranDry: count < 64, &sources)
      if keeper.takeMark() { sendMark(sources, live, isLast: false) }
      guard keeper.isDraining else { continue }
      let held = queueLimit * max(1, metrics.status.connects)
      if draining.isOver(taking: count, isDry: count < 64, of: held) { return }
    }
  }

  /// Sends a cut through what this thread knows; see ``CheckpointMark``.
  private func sendMark(
    _ sources: [String: SourceIntake], _ live: LiveTime, isLast: Bool
  ) {
    guard keeper.store != nil else { return }
    do {
      let mark = CheckpointMark(
        intake: try IntakeParts.parts(
          of: sources, sessions: sessions.load(ordering: .relaxed)
        ).merging(live.parts()) { $1 },
        status: metrics.status, isLast: isLast)
      live.push(.mark(mark))
    } catch {
      keeper.fail(error)
    }
  }

  private func take(
    _ frames: [Frame], _ sources: inout [String: SourceIntake], _ live: inout LiveTime,
    _ log: inout RateLimitedLog
  ) {
    do {
      guard frames.count <= 4 else {
        throw WireError(.frames, "more than 4 frames; no message takes so many")
      }
      let message = try Frame.withBytes(of: frames) { buffers throws(WireError) in
        try format.decode(buffers, limits: limits)
      }
      switch message {
      case nil: break
      case .labels(let source, let labels):
        if source != liveSettings.mergedName { try admit(source, &sources, live) }
        metrics.update { $0.messages += 1 }
        live.deliver(streamTime(labels, of: sources[source]), of: source)
      case .events(let source, let header, let events, let labels):
        try admit(source, &sources, live)
        // Taken out: what transforms remember of each pixel must not be copied.
        if var intake = sources.removeValue(forKey: source) {
          defer { sources[source] = intake }
          try take(source, header, events, labels, &intake, &live, &log)
        }
      }
    } catch let error as WireError {
      refuse(error, frames, &log)
    } catch {
      refuse(WireError(.header, "\(error)"), frames, &log)
    }
  }

  private func take(
    _ source: String, _ header: EventHeader, _ events: EventBatch, _ labels: [StreamLabel],
    _ intake: inout SourceIntake, _ live: inout LiveTime, _ log: inout RateLimitedLog
  ) throws(WireError) {
    let received = events.count
    guard let message = try intake.receive(header, events, labels, at: live.watched) else {
      metrics.update {
        $0.duplicates += 1
        $0.sources[source]?.duplicates += 1
      }
      log.warn("duplicate", "\(source): message \(header.sequence ?? 0) came twice; dropped")
      return
    }
    if message.restarted || intake.session == 0 { intake.session = nextSession() }
    let session = intake.session
    metrics.update { $0.note(message, of: source, received: received, session: session) }
    if message.missing > 0 {
      log.warn(
        "gap", "\(source): \(message.missing) messages before \(message.sequence) did not arrive")
    }
    if message.clockWentBack, !message.restarted {
      log.warn("clock", "\(source): the clock went back; the stream begins anew")
    }
    live.deliver(message, of: source, session: session)
  }

  /// Labels in stream time. Of the joined name no source is known whose clock they could be told by.
  private func streamTime(_ labels: [StreamLabel], of source: SourceIntake?) -> [StreamLabel] {
    source?.streamTime(labels)
      ?? labels.map { $0.moved(by: transforms.time) }
  }

  /// Makes room for a source, if need be in place of one whose recording has ended.
  private func admit(
    _ source: String, _ sources: inout [String: SourceIntake], _ live: LiveTime
  ) throws(WireError) {
    guard sources[source] == nil else { return }
    guard source != liveSettings.mergedName else {
      throw WireError(.sources, "a source \"\(source)\" that is the name of a joined stream")
    }
    if sources.count >= sourceLimit {
      let now = ContinuousClock.now
      let idle = sources.filter { $0.value.isIdle && now - $0.value.lastMessage >= sourceIdle }
      guard let idle = idle.min(by: { $0.value.lastMessage < $1.value.lastMessage })?.key else {
        throw WireError(.sources, "a source \"\(source)\" besides \(sourceLimit) that are at work")
      }
      sources[idle] = nil
      metrics.update { $0.sources[idle] = nil }
      live.push(.forget(source: idle))
    }
    // A session begins with the first events: labels alone are none yet.
    sources[source] = SourceIntake(
      session: 0, transforms: transforms, live: liveSettings, disorder: disorder)
    metrics.update { $0.sources[source] = .init(session: 0) }
  }

  private func nextSession() -> Int {
    sessions.add(1, ordering: .relaxed).newValue
  }

  private func refuse(_ error: WireError, _ frames: [Frame], _ log: inout RateLimitedLog) {
    let topic = frames.first.map { String(decoding: $0.bytes.prefix(80), as: UTF8.self) } ?? ""
    let text = "message on \"\(topic)\" refused: \(error)".withoutControls
    metrics.update {
      $0.refused[error.reason.rawValue, default: 0] += 1
      $0.lastRefusal = text
    }
    log.warn(error.reason.rawValue, text)
  }
}
