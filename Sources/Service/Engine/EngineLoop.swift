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
  private let inbox: Inbox<StreamItem>
  private let outbox: Outbox
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
  var trialsSinceDelta = 0
  private var busy = Duration.zero
  private var bell = PredictionBell()
  /// When the message that is worked off was received.
  private var received: ContinuousClock.Instant?
  private let watch: LearningWatch

  init(
    _ configuration: EngineConfiguration, network: Network<Float>, geometry: SensorGeometry,
    inbox: Inbox<StreamItem>, outbox: Outbox, metrics: Metrics, keeper: CheckpointKeeper,
    logger: Logger
  ) {
    self.configuration = configuration
    self.network = network
    self.geometry = geometry
    self.inbox = inbox
    self.outbox = outbox
    self.metrics = metrics
    self.keeper = keeper
    self.logger = logger
    watch = LearningWatch(configuration, network: network, metrics: metrics, logger: logger)
    parts = watch.parts
    network.forgetChanges()
  }

  /// Works until the inbox is closed and empty.
  func run() {
    while let item = inbox.pop() {
      switch item {
      case .events(let name, let arrival): take(arrival, from: source(name))
      case .labels(let name, let labels): source(name).learner.add(labels: labels)
      case .forget(let name):
        if let counters = sources.removeValue(forKey: name)?.learner.counters {
          retired += counters
        }
      case .request(let question): answer(question)
      case .mark(let mark): keep(mark)
      case .model(let question, let path, let file): load(file, from: path, for: question)
      }
    }
  }

  func source(_ name: String) -> EngineSource {
    if let source = sources[name] { return source }
    let learner = StreamLearner(
      network: network, geometry: geometry, isLearning: configuration.learning.enabled,
      predictEvery: configuration.predictionSteps)
    let source = EngineSource(name, learner)
    sources[name] = source
    return source
  }

  private func take(_ arrival: StreamItem.Arrival, from source: EngineSource) {
    let begin = ContinuousClock.now
    let learner = source.learner
    received = arrival.received
    source.activity.prepare(
      learner, isWanted: metrics.wantsActivity.load(ordering: .relaxed))
    if arrival.restarted { source.restart() } else if arrival.clockWentBack { learner.restart() }
    learner.add(labels: arrival.labels)
    learner.add(events: arrival.events) { publish($0, source) }
    if let watermark = arrival.watermark {
      learner.advance(to: watermark) { publish($0, source) }
    }
    if let end = arrival.end { learner.endRecording(at: end.time) { publish($0, source) } }
    countLearned(source)
    watch.update()
    if bell.end() { outbox.ring() }
    if let picture = source.activity.picture(of: learner, named: source.name, configuration) {
      outbox.push(.activity(picture))
    }
    received = nil
    busy += begin.duration(to: .now)
    source.note(arrival)
    acknowledge(arrival, source)
  }

  private func acknowledge(_ arrival: StreamItem.Arrival, _ source: EngineSource) {
    let totals = sources.values.reduce(into: retired) { $0 += $1.learner.counters }
    let seconds = busy.seconds
    metrics.update {
      $0.stream = totals
      $0.busy = seconds
      $0.weightsSequence = weightsSequence
      $0.acknowledge(arrival, by: source)
    }
  }

  // MARK: - What goes out

  private func publish(_ prediction: Prediction, _ source: EngineSource) {
    let message = PredictionMessage(
      prediction, model: configuration.model, source: source.name, sequence: predictions,
      weightsSequence: weightsSequence)
    predictions += 1
    outbox.push(.prediction(message, received: received), rings: false)
    if bell.note() { outbox.ring() }
    if prediction.isFinal, let correct = prediction.isCorrect {
      metrics.count(correct: correct)
      watch.note(isCorrect: correct)
    }
    if prediction.isFinal, let loss = prediction.loss { metrics.sight.note(loss: loss) }
    countLearned(source)
  }

  /// Numbers the weights anew if the stream has learned a trial: one that ended, or one whose label came late.
  private func countLearned(_ source: EngineSource) {
    let trials = source.learner.counters.trialsLearned
    let new = trials - source.trialsLearned
    guard new > 0 else { return }
    source.trialsLearned = trials
    trialsSinceDelta += new
    let every = configuration.weights.everyTrials
    if every == 0 || trialsSinceDelta >= every { cutDelta() }
  }

  /// Gives the weights a new number, and tells whoever follows them what changed.
  func cutDelta() {
    trialsSinceDelta = 0
    let base = weightsSequence
    weightsSequence += 1
    guard configuration.weights.everyTrials > 0, metrics.wantsWeights.load(ordering: .relaxed)
    else {
      network.forgetChanges()
      return
    }
    let header = WeightsHeader(
      model: configuration.model, engine: metrics.engine, kind: .delta, sequence: weightsSequence,
      baseSequence: base)
    outbox.push(.delta(header, network.deltaMessage()))
  }

  private func answer(_ question: StreamItem.Question) {
    if keeper.take(question) { return }
    // What is told gets a number of its own if anything has changed: deltas continue from it.
    if network.hasChanges { cutDelta() }
    switch question.request.request {
    case .status:
      var status = metrics.status(inbox: inbox, outbox: outbox)
      status.weightsSequence = weightsSequence
      status.weightsDigest = network.weightsDigest
      outbox.push(.reply(question.envelope + [ServiceJSON.encode(status)]))
    case .snapshot:
      let header = WeightsHeader(
        model: configuration.model, engine: metrics.engine, kind: .full, sequence: weightsSequence,
        baseSequence: nil)
      outbox.push(
        .reply(
          question.envelope + [ServiceJSON.encode(header), network.fullMessage().encoded()]))
    default:
      let refusal = RequestRefusal(error: "\(question.request.request.rawValue) is not possible")
      outbox.push(.reply(question.envelope + [ServiceJSON.encode(refusal)]))
    }
  }
}

extension StreamCounters {
  static func += (left: inout StreamCounters, right: StreamCounters) {
    left.events += right.events
    left.lateEvents += right.lateEvents
    left.steps += right.steps
    left.trials += right.trials
    left.trialsLearned += right.trialsLearned
    left.trialsTooLong += right.trialsTooLong
    left.lateLabels += right.lateLabels
    left.droppedLabels += right.droppedLabels
    left.timeJumps += right.timeJumps
    left.restarts += right.restarts
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
