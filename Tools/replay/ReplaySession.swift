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
  private let bar: ProgressBar
  /// Made when the sensor is known: with the first recording.
  private var writer: ReplayWriter?
  private var pacer: Pacer
  private var scorer: Scorer
  private var result = ReplayResult()
  private var streamTime: Int64 = 0
  /// Messages that the engine has worked off already, in the session that goes on.
  private var done: UInt64 = 0
  /// Messages that the engine had refused before.
  private var refusedBefore = 0

  init(_ options: Replay) throws {
    self.options = options
    playlist = try Playlist(options.paths)
    let context = try Context()
    publisher = try options.engine.keys.publisher(
      options.engine.at.events, in: context, policy: .lossless)
    client = options.noAck ? nil : try options.engine.client(in: context)
    predictions =
      options.noAck ? nil : try options.engine.subscriber(["prediction/"], in: context)
    topic = Topic.events(source: options.source).bytes
    bar = ProgressBar("replay", total: playlist.count * options.passes)
    pacer = Pacer(options.speed)
    scorer = Scorer(source: options.source)
  }

  func run() throws -> ReplayResult {
    let before = try connect()
    let begin = ContinuousClock.now
    for pass in 0..<options.passes {
      for recording in playlist.order(seed: options.inOrder ? nil : options.seed, pass: pass) {
        try send(recording, pass: pass)
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
          + "\(options.wait) s: is the engine running\(options.engine.keys.hint)?")
      throw ExitStatus.noAnswer
    }
    let status =
      try options.resume ? restingStatus() : client?.status(timeout: .seconds(options.wait))
    refusedBefore = status?.refusedMessages ?? 0
    let source = status?.sources[options.source]
    guard options.resume, let acknowledged = source?.acknowledged else { return source?.session }
    // The session goes on: its numbers are ours from the first message on.
    done = acknowledged &+ 1
    return nil
  }

  /// The status of an engine that has worked off what it had taken in: what is sent again would be a duplicate.
  private func restingStatus() throws -> EngineStatus? {
    guard let client else { return nil }
    let deadline = ContinuousClock.now + .seconds(options.wait)
    var last = try client.status(timeout: .seconds(options.wait))
    while ContinuousClock.now < deadline {
      Thread.sleep(forTimeInterval: 0.1)
      let status = try client.status(timeout: .seconds(options.wait))
      let (now, before) = (status.sources[options.source], last.sources[options.source])
      if now == before, status.queue.messages == 0 { return status }
      last = status
    }
    return last
  }

  private func send(_ recording: LabelledRecording, pass: Int) throws {
    let player = try RecordingPlayer(
      recording, at: streamTime, geometry: options.geometry, assuming: writer?.sensor ?? .nmnist,
      suffix: options.passes > 1 ? "#\(pass + 1)" : "")
    let writer = try writer ?? ReplayWriter(options, sensor: player.geometry)
    self.writer = writer
    try writer.begin(player)
    // In real time messages are 5 ms long.
    let span = pacer.isPaced ? 5000 : RecordingPlayer.longestPiece
    while var piece = try writer.next(of: player, within: span) {
      // What is skipped is played all the same: so the rest is cut, numbered and transformed as it was.
      let isDone = writer.nextSequence < done
      if !isDone, let last = piece.range.last { pacer.wait(until: player.events.t[last]) }
      for index in piece.labels.indices {
        if !isDone {
          scorer.expect(piece.labels[index].name ?? "", label: piece.labels[index].label)
        }
        if options.unlabelled { piece.labels[index].label = nil }
      }
      try send(writer.message(piece, of: player), isDone: isDone)
      result.note(events: piece.range.count, isDone: isDone)
      bar.update(result.recordings, part: player.progress, scorer.remark)
    }
    let isDone = writer.nextSequence < done
    if !isDone { pacer.wait(until: player.end) }
    try send(writer.end(of: player), isDone: isDone)
    streamTime = player.next(after: options.pauseMs)
  }

  private func send(_ frames: [[UInt8]], isDone: Bool) throws {
    guard !isDone else { return }
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
          + "stopped at message \(result.messages - 1)")
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
    guard let writer else { return }
    guard done <= writer.nextSequence else {
      Terminal.note(
        "afferent-replay: the engine has worked off message \(done - 1) of \(options.source); "
          + "these recordings make \(writer.nextSequence) messages")
      throw ExitStatus.checkFailed
    }
    var eventsDone = -1
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
        if source.eventsDone > eventsDone {
          eventsDone = source.eventsDone
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
