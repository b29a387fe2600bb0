import Events
import Learning
import Logging
import Synchronization

/// The engine's thread: owns the network and every stream's state, and is the only writer of weights.
final class EngineLoop: @unchecked Sendable {
  // Everything but `inbox`, `outbox` and `metrics` is touched by `run()` only, after `init`.
  let configuration: EngineConfiguration
  let geometry: SensorGeometry
  let network: Network<Float>
  let inbox: Inbox<StreamItem>
  let outbox: Outbox
  let metrics: Metrics
  let keeper: CheckpointKeeper
  /// What goes into checkpoints besides streams and counters.
  let parts: [any EnginePart]
  private let logger: Logger
  private(set) var sources: [String: EngineSource] = [:]
  /// What sources did that made room for others.
  var retired = StreamCounters()
  var predictions: UInt64 = 0
  var weightsSequence: UInt64 = 0
  var pace: DeltaPace
  var output = EngineStatus.Output()
  var lost = StreamItem.Lost()
  let control: EngineControl
  var busy = Duration.zero
  var bell = PredictionBell()
  /// When the message that is worked off was received.
  var received: ContinuousClock.Instant?
  let watch: LearningWatch

  init(
    _ configuration: EngineConfiguration, network: Network<Float>, geometry: SensorGeometry,
    inbox: Inbox<StreamItem>, outbox: Outbox, metrics: Metrics, keeper: CheckpointKeeper,
    logger: Logger
  ) {
    self.configuration = configuration
    self.geometry = geometry
    self.network = network
    self.inbox = inbox
    self.outbox = outbox
    self.metrics = metrics
    self.keeper = keeper
    self.logger = logger
    watch = LearningWatch(configuration, network: network, metrics: metrics, logger: logger)
    parts = watch.parts
    pace = DeltaPace(every: configuration.weights.everyTrials)
    control = EngineControl(
      configuration, network: network, geometry: geometry, metrics: metrics)
    network.forgetChanges()
  }

  /// Works until the inbox is closed and empty.
  func run() {
    while true {
      // Changes that are held back go out when they can, also if nothing comes any more.
      switch inbox.pop(within: pace.isHeld ? .seconds(1) : nil) {
      case .item(let item): work(on: item)
      case .nothing: break
      case .end: return
      }
      if pace.isHeld { cutDeltaIfDue(isIdle: inbox.depth.items == 0) }
    }
  }

  private func work(on item: StreamItem) {
    switch item {
    case .events(let name, let arrival): take(arrival, from: source(name))
    case .labels(let name, let labels): source(name).add(labels: labels)
    case .forget(let name):
      if let counters = sources.removeValue(forKey: name)?.learner.counters {
        retired += counters
      }
    case .request(let question): answer(question)
    case .mark(let mark): keep(mark)
    case .model(let question, let path, let file): load(file, from: path, for: question)
    }
  }

  func source(_ name: String) -> EngineSource {
    if let source = sources[name] { return source }
    let source = control.makeSource(name)
    sources[name] = source
    return source
  }

  private func take(_ arrival: StreamItem.Arrival, from source: EngineSource) {
    let begin = ContinuousClock.now
    received = arrival.received
    source.activity.prepare(
      source.learner, isWanted: metrics.wantsActivity.load(ordering: .relaxed))
    control.adapt(
      toFullness: inbox.fullness, hasLost: arrival.lost.messages > 0, sources.values)
    if arrival.restarted { source.restart() }
    run(arrival, through: source.learner) { prediction in
      source.frozen?.note(prediction)
      publish(prediction, source)
    }
    if let frozen = source.frozen {
      run(arrival, through: frozen.learner) { prediction in
        frozen.compare(prediction)
        send(frozen.copy.message(prediction, source: source.name))
      }
      frozen.endMessage()
    }
    countLearned(source)
    watch.update()
    if bell.end() { outbox.ring() }
    if !outbox.isHalfFull,
      let picture = source.activity.picture(of: source.learner, named: source.name, configuration)
    {
      outbox.push(.activity(picture))
    }
    received = nil
    busy += begin.duration(to: .now)
    source.note(arrival)
    acknowledge(arrival, source)
  }

  private func run(
    _ arrival: StreamItem.Arrival, through learner: StreamLearner, emit: (Prediction) -> Void
  ) {
    if arrival.clockWentBack, !arrival.restarted { learner.restart() }
    learner.add(labels: arrival.labels)
    learner.add(events: arrival.events, emit: emit)
    if let watermark = arrival.watermark { learner.advance(to: watermark, emit: emit) }
    if let end = arrival.end { learner.endRecording(at: end.time, emit: emit) }
  }

  private func acknowledge(_ arrival: StreamItem.Arrival, _ source: EngineSource) {
    let totals = sources.values.reduce(into: retired) { $0 += $1.learner.counters }
    lost.messages += arrival.lost.messages
    lost.events += arrival.lost.events
    metrics.update {
      tell(totals, &$0)
      $0.frozen = control.frozen?.status
      $0.acknowledge(arrival, by: source)
    }
  }

  /// What this thread has counted.
  func tell(_ totals: StreamCounters, _ status: inout EngineStatus) {
    status.stream = totals
    status.busy = busy.seconds
    status.weightsSequence = weightsSequence
    status.output = output
    status.overload.trialsShed = totals.trialsShed
    status.overload.messagesShed = lost.messages
    status.overload.eventsShed = lost.events
  }
}

extension StreamCounters {
  /// Sums of numbers from an edited checkpoint may be nonsense, but must not trap.
  static func += (left: inout StreamCounters, right: StreamCounters) {
    left.events &+= right.events
    left.lateEvents &+= right.lateEvents
    left.steps &+= right.steps
    left.trials &+= right.trials
    left.trialsLearned &+= right.trialsLearned
    left.trialsTooLong &+= right.trialsTooLong
    left.trialsShed &+= right.trialsShed
    left.stateResets &+= right.stateResets
    left.lateLabels &+= right.lateLabels
    left.droppedLabels &+= right.droppedLabels
    left.timeJumps &+= right.timeJumps
    left.restarts &+= right.restarts
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
