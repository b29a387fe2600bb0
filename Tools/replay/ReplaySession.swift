import ArgumentParser
import Events
import Foundation
import Service
import ToolSupport
import Transport

/// One run of the tool: sends, listens to predictions meanwhile, waits for the acknowledgement.
final class ReplaySession {
  private let options: Replay
  private let playlist: Playlist
  private let publisher: EventPublisher
  private let client: EngineClient?
  private let predictions: OutputSubscriber?
  private let topic: [UInt8]
  private var writer: EventMessageWriter
  private var transforms: TransformChain
  private var pacer: Pacer
  private var scorer: Scorer
  private var result = ReplayResult()
  private var streamTime: Int64 = 0
  /// Messages that the engine had refused before.
  private var refusedBefore = 0

  init(_ options: Replay) throws {
    self.options = options
    playlist = try Playlist(options.paths)
    let context = try Context()
    publisher = try EventPublisher(
      endpoint: options.engine.at.events, in: context, policy: .lossless)
    client =
      options.noAck ? nil : try EngineClient(options.engine.at.requests, in: context)
    predictions =
      options.noAck
      ? nil
      : try OutputSubscriber(
        options.engine.at.output, topics: ["prediction/"], in: context)
    topic = Topic.events(source: options.source).bytes
    transforms = try options.transform.chain(options.geometry)
    writer = EventMessageWriter(
      source: options.source, geometry: transforms.output, encoding: options.encoding,
      headerForm: options.header)
    pacer = Pacer(options.speed)
    scorer = Scorer(source: options.source)
  }

  func run() throws -> ReplayResult {
    let before = try connect()
    let total = playlist.count * options.passes
    let bar = ProgressBar("replay", total: total)
    let begin = ContinuousClock.now
    for pass in 0..<options.passes {
      for item in playlist.order(seed: options.inOrder ? nil : options.seed, pass: pass) {
        try send(item, pass: pass)
        result.recordings += 1
        bar.update(result.recordings, scorer.remark)
      }
    }
    bar.finish()
    if let client { try waitForAcknowledgement(client, before) }
    result.seconds = (ContinuousClock.now - begin).inSeconds
    // Predictions are sent before their message is acknowledged; only the socket lies between.
    try listen(for: scorer.missing > 0 ? .seconds(2) : .zero)
    result.scores = scorer.scores(unlabelled: options.unlabelled)
    return result
  }

  // MARK: - Sending

  /// Waits for a listener. Returns the engine's session of this source before the first message.
  private func connect() throws -> Int? {
    guard try publisher.waitForSubscriber(to: topic, timeout: .seconds(options.wait)) else {
      Terminal.note(
        "afferent-replay: nobody listens at \(options.engine.at.events) within "
          + "\(options.wait) s: is the engine running?")
      throw ExitStatus.noAnswer
    }
    let status = try client?.status(timeout: .seconds(options.wait))
    refusedBefore = status?.refusedMessages ?? 0
    return status?.sources[options.source]?.session
  }

  private func send(_ item: Playlist.Item, pass: Int) throws {
    var events = try RecordingReader.readAll(path: item.path)
    // Recordings have their own clocks: times are transformed before they go on the stream's.
    transforms.restart()
    try transforms.apply(to: &events)
    let begin = streamTime
    events.shift(by: begin)
    let name = options.passes > 1 ? "\(item.name)#\(pass + 1)" : item.name
    let label = StreamLabel(t: begin, label: options.unlabelled ? nil : item.label, name: name)
    scorer.expect(name, label: item.label)
    var first = 0
    repeat {
      let end = cut(events, from: first)
      try send(
        writer.events(
          events, range: first..<end, tBase: begin, labels: first == 0 ? [label] : []))
      first = end
    } while first < events.count
    result.events += events.count
    let end = max(begin, events.t.max() ?? begin) + 1
    pacer.wait(until: end)
    try send(writer.endOfRecording(at: end))
    // Recordings begin on whole milliseconds, so that numbers stay readable.
    streamTime = (end + 999) / 1000 * 1000 + Int64(options.pauseMs) * 1000
  }

  /// The end of the message that begins with event `first`: full, or, in real time, 5 ms long.
  private func cut(_ events: EventBatch, from first: Int) -> Int {
    let full = min(first + options.eventsPerMessage, events.count)
    guard pacer.isPaced, first < full else { return full }
    let horizon = events.t[first] + 5000
    var end = first + 1
    while end < full, events.t[end] < horizon { end += 1 }
    pacer.wait(until: events.t[end - 1])
    return end
  }

  private func send(_ frames: [[UInt8]]) throws {
    result.messages += 1
    result.bytes += frames.reduce(0) { $0 + $1.count }
    var failure: (any Error)?
    let deadline = ContinuousClock.now + .seconds(options.wait)
    let sent = try publisher.send(frames) {
      do { try listen(for: .zero) } catch { failure = error }
      return failure == nil && ContinuousClock.now < deadline
    }
    if let failure { throw failure }
    guard sent else {
      Terminal.note(
        "afferent-replay: the engine has taken nothing for \(options.wait) s; "
          + "stopped at message \(writer.nextSequence - 1)")
      throw ExitStatus.noAnswer
    }
    try listen(for: .zero)
  }

  // MARK: - Listening

  private func listen(for timeout: Duration) throws {
    guard let predictions else { return }
    let deadline = ContinuousClock.now + timeout
    while true {
      let left = max(.zero, ContinuousClock.now.duration(to: deadline))
      guard let prediction = try predictions.prediction(timeout: left) else { return }
      scorer.take(prediction)
      if scorer.missing == 0, timeout > .zero { return }
    }
  }

  /// Waits until the engine has worked off the last message, as long as it makes progress.
  private func waitForAcknowledgement(_ client: EngineClient, _ before: Int?) throws {
    guard writer.nextSequence > 0 else { return }
    var done = -1
    var acknowledged: UInt64?
    var deadline = ContinuousClock.now + .seconds(options.wait)
    while true {
      let status = try client.status(timeout: .seconds(options.wait))
      if let source = status.sources[options.source], source.session != before {
        acknowledged = source.acknowledged
        if source.acknowledged == writer.nextSequence - 1 {
          result.acknowledge(source)
          return
        }
        if source.eventsDone > done {
          done = source.eventsDone
          deadline = ContinuousClock.now + .seconds(options.wait)
        }
      }
      if status.refusedMessages > refusedBefore, let reason = status.lastRefusal {
        Terminal.note("afferent-replay: the engine refuses what is sent: \(reason)")
        throw ExitStatus.checkFailed
      }
      guard ContinuousClock.now < deadline else {
        Terminal.note(
          "afferent-replay: no acknowledgement of message \(writer.nextSequence - 1) "
            + "within \(options.wait) s; acknowledged: "
            + "\(acknowledged.map(String.init) ?? "none")")
        throw ExitStatus.noAnswer
      }
      try listen(for: .milliseconds(5))
    }
  }
}
