import Events
import Learning

/// What lies between the intake of sources and the engine's thread: silence, and the joining of sources.
struct LiveTime {
  private let inbox: Inbox<StreamItem>
  private let overload: EngineConfiguration.Overload.Policy
  private let metrics: Metrics
  private var watch: SilenceWatch
  private var merge: SourceMerge?
  private var toldOverflows = 0

  /// - Parameter parts: of the checkpoint from which the engine goes on.
  /// - Throws: ``ConfigurationError``, ``DecodingError``.
  init(
    _ configuration: EngineConfiguration, resuming parts: [String: CheckpointPart],
    inbox: Inbox<StreamItem>, metrics: Metrics
  ) throws {
    self.inbox = inbox
    overload = configuration.overload.policy
    self.metrics = metrics
    watch = SilenceWatch(configuration.live)
    merge = SourceMerge(configuration)
    try merge?.restore(
      parts, seen: configuration.modelGeometry(), classes: configuration.learner.classes)
    toldOverflows = merge?.overflows ?? 0
    if let name = merge?.name { metrics.update { $0.sources[name] = .init(session: 1) } }
  }

  /// What waits here, for a checkpoint.
  func parts() throws -> [String: CheckpointPart] {
    guard let merge else { return [:] }
    return [merge.partName: try merge.part()]
  }

  /// How long to wait for messages.
  var timeout: Duration? { watch.timeout }
  /// See ``SilenceWatch/watched``.
  var watched: Duration { watch.watched }

  /// Hands on a message of events.
  mutating func deliver(_ message: SourceIntake.Accepted, of source: String, session: Int) {
    guard merge?.members.contains(source) == true else {
      return push(
        .init(
          session: session, sequence: message.sequence, restarted: message.restarted,
          clockWentBack: message.clockWentBack, events: message.events, labels: message.labels,
          watermark: message.watermark, end: message.end),
        of: source)
    }
    let arrivals = merge?.take(message, of: source, session: session, at: watch.watched) ?? []
    pushJoined(arrivals, messages: 1)
  }

  /// Hands on labels that came without events.
  mutating func deliver(_ labels: [StreamLabel], of source: String) {
    guard let name = merge?.name, source == name || merge?.members.contains(source) == true else {
      push(.labels(source: source, labels: labels))
      return
    }
    for arrival in merge?.take(labels, of: source) ?? [] {
      if arrival.bringsLabelsOnly {
        push(.labels(source: name, labels: arrival.labels))
      } else {
        pushJoined([arrival], messages: 0)
      }
    }
  }

  /// Notes a wait for messages, before they are taken.
  mutating func listened(since begin: ContinuousClock.Instant) { watch.listened(since: begin) }

  /// Ends a turn of waiting for messages and taking them: closes the time of those that are silent.
  mutating func turn(ranDry: Bool, _ sources: inout [String: SourceIntake]) {
    guard watch.turn(ranDry: ranDry) else { return }
    var times: [String: Int64] = [:]
    for name in sources.keys.sorted() {
      guard let (closing, time) = sources[name]?.closeSilence(watch) else { continue }
      metrics.update { $0.note(closing, upTo: time, of: name) }
      times[name] = time
      if merge?.members.contains(name) != true {
        push(.init(session: sources[name]?.session ?? 0, watermark: time), of: name)
      }
    }
    pushJoined(merge?.hush(sources, times, watch) ?? [], messages: 0)
  }

  private mutating func pushJoined(_ arrivals: [StreamItem.Arrival], messages: Int) {
    guard let merge else { return }
    let events = arrivals.reduce(0) { $0 + $1.events.count }
    if events > 0 || messages > 0 || merge.overflows > toldOverflows {
      toldOverflows = merge.overflows
      let watermark = arrivals.compactMap(\.watermark).last
      metrics.update {
        $0.sources[merge.name]?.messages += messages
        $0.sources[merge.name]?.events += events
        $0.sources[merge.name]?.time.mergeOverflows = merge.overflows
        if let watermark { $0.sources[merge.name]?.time.watermark = watermark }
      }
    }
    for arrival in arrivals { push(arrival, of: merge.name) }
  }

  private func push(_ arrival: StreamItem.Arrival, of source: String) {
    push(
      .events(source: source, arrival), bytes: arrival.events.count * EventMerger.bytesPerEvent)
  }

  /// Hands an item on, by the policy for times when the engine cannot keep up.
  func push(_ item: StreamItem, bytes: Int = 0) {
    inbox.push(item, bytes: bytes, by: overload)
  }
}
