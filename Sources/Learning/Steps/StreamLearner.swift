import Events

/// Drives a network along one stream: events become steps, labels become trials, steps become predictions and learning.
///
/// Only stream time decides what happens: the same events and labels give the same bits, however they were cut into
/// messages and however fast they came.
///
/// - A trial begins where a label says, with a step of its own, and ends at the label's end, at the next label or with
///   the recording. With a label it is learned from; without, it is predicted only.
/// - Between trials time goes on: the steps after a trial follow its last one.
/// - An event whose step has closed is dropped and counted.
/// - A label that comes late acts from the next event on, unless its trial is over.
/// - A silence longer than the configured gap clears membranes and traces instead of being stepped through.
public final class StreamLearner {
  /// More labels than this are not kept waiting.
  static let longestLabelQueue = 4096

  public let network: Network<Float>
  public let geometry: SensorGeometry
  /// Whether labelled trials are learned from. Takes effect at the next trial.
  public var isLearning: Bool
  public private(set) var counters = StreamCounters()

  private let state: NetworkState<Float>
  private let maxGap: Int64
  private let predictEvery: Int
  private let scoreDecay: Float
  private var stepper: Stepper
  private var reorder: ReorderBuffer
  private var labels: [QueuedLabel] = []
  private var waiting: [StreamLabel] = []
  private var newestEvent: Int64?
  /// Time of the label that began the latest trial.
  private var newestLabel: Int64?
  private var trial: OpenTrial?
  private var score: ScoreKeeper

  private struct QueuedLabel {
    var label: StreamLabel
    /// When it acts: at its time, or later if that has passed.
    var begin: Int64
  }

  private struct OpenTrial {
    var description: Prediction.Trial
    var end: Int64?
    var learns: Bool
  }

  /// - Parameters:
  ///   - network: shared by all streams; used by one thread.
  ///   - predictEvery: steps between predictions, 0 for predictions at the end of trials only.
  public init(
    network: Network<Float>, geometry: SensorGeometry, isLearning: Bool = true,
    predictEvery: Int = 0
  ) {
    precondition(
      network.input.weights.rows == geometry.addressCount,
      "a network of \(network.input.weights.rows) inputs for a \(geometry) sensor")
    self.network = network
    self.geometry = geometry
    self.isLearning = isLearning
    self.predictEvery = predictEvery
    let configuration = network.configuration
    state = network.makeState()
    maxGap = configuration.stream.maxGap * 1000
    stepper = Stepper(dt: configuration.stepMicroseconds, addresses: geometry.addressCount)
    reorder = ReorderBuffer(window: configuration.stream.reorderWindow)
    let milliseconds = Double(configuration.stepMicroseconds) / 1000
    scoreDecay = Float(Double.exponential(-milliseconds / configuration.stream.scoreTau))
    score = ScoreKeeper(decision: configuration.decision, classes: configuration.classes)
  }

  // MARK: - What arrives

  /// Takes labels in. They act once the stream reaches their time.
  public func add(labels new: [StreamLabel]) {
    let room = Self.longestLabelQueue - labels.count - waiting.count
    waiting.append(contentsOf: new.prefix(max(0, room)))
    counters.droppedLabels += max(0, new.count - max(0, room))
  }

  /// Takes events in.
  public func add(events batch: EventBatch, emit: (Prediction) -> Void) {
    mergeWaitingLabels()
    batch.forEachAddress(geometry) { time, address in
      reorder.insert(time: time, address: address) { time, address in
        place(time, address, emit)
      }
    }
  }

  /// Ends the recording at `end` (exclusive), or after its last event: its last step closes and its trial ends. Labels
  /// that begin later are kept, and are read on the clock of what comes.
  public func endRecording(at end: Int64?, emit: (Prediction) -> Void) {
    mergeWaitingLabels()
    reorder.flush { time, address in place(time, address, emit) }
    // An end before the last event would lose that event; a recording without events has one step.
    let afterEvents = newestEvent.map { $0 + 1 }
    let first = stepper.openStep ?? labels.first?.begin ?? 0
    let end = max(end ?? afterEvents ?? first + 1, afterEvents ?? Int64.min)
    applyLabels(upTo: end - 1, emit)
    endTrialIfOver(at: end, emit)
    finishSteps(before: end, emit)
    endTrial(emit)
    stepper.discard()
    (newestEvent, newestLabel) = (nil, nil)
    // What comes next has another clock: nothing decays over the time between.
    score.clear()
    if network.configuration.stream.resetAtTrial { state.clearDynamics() }
  }

  /// Begins anew because the publisher did: an unfinished trial is dropped. Labels that have arrived since the last
  /// events are kept, for they belong to what comes.
  public func restart() {
    counters.restarts += 1
    counters.lateEvents += reorder.count
    reorder.removeAll()
    labels.removeAll()
    stepper.discard()
    (newestEvent, newestLabel) = (nil, nil)
    trial = nil
    state.reset()
    score.clear()
  }

  // MARK: - Events

  @inline(__always)
  private func place(_ time: Int64, _ address: Int32, _ emit: (Prediction) -> Void) {
    if let first = labels.first, first.begin <= time { applyLabels(upTo: time, emit) }
    endTrialIfOver(at: time, emit)
    if let open = stepper.openStep {
      guard time >= open else {
        counters.lateEvents += 1
        return
      }
      if time >= open + stepper.dt { advance(to: time, emit) }
    } else {
      stepper.start(at: gridTime(time))
    }
    newestEvent = max(newestEvent ?? time, time)
    counters.events += 1
    stepper.insert(address)
  }

  /// A stream that begins without a trial has its steps at multiples of dt.
  private func gridTime(_ time: Int64) -> Int64 {
    let remainder = time % stepper.dt
    return time - (remainder < 0 ? remainder + stepper.dt : remainder)
  }

  /// Closes the steps that end at or before `time`.
  private func advance(to time: Int64, _ emit: (Prediction) -> Void) {
    guard let open = stepper.openStep else { return }
    if time - open > maxGap {
      closeStep(emit)
      counters.timeJumps += 1
      state.clearDynamics()
      stepper.start(at: open + (time - open) / stepper.dt * stepper.dt)
      return
    }
    while let open = stepper.openStep, open + stepper.dt <= time { closeStep(emit) }
  }

  /// Closes the steps that begin before `time`, the last of which may be cut short.
  private func finishSteps(before time: Int64, _ emit: (Prediction) -> Void) {
    advance(to: time, emit)
    if let open = stepper.openStep, open < time { closeStep(emit) }
  }

  private func closeStep(_ emit: (Prediction) -> Void) {
    guard let begin = stepper.openStep else { return }
    let target = trial?.learns == true ? trial?.description.label : nil
    stepper.close { active in
      let loss = network.step(active, target: target, in: state)
      score.add(
        potential: state.readout.membrane, outputSpikes: state.readout.spikes,
        inputSpikes: active.count,
        hiddenSpikes: state.hiddenSpikeCount, loss: target == nil ? nil : loss,
        decay: trial == nil ? scoreDecay : 1)
    }
    counters.steps += 1
    if predictEvery > 0, score.steps.isMultiple(of: predictEvery) {
      emit(prediction(at: begin + stepper.dt, isFinal: false))
    }
  }

  // MARK: - Trials

  private func mergeWaitingLabels() {
    guard !waiting.isEmpty else { return }
    for label in waiting {
      var begin = label.t
      if let newest = newestEvent, label.t <= newest {
        counters.lateLabels += 1
        begin = newest + 1
        if let open = trial, open.description.label == nil, label.t == newestLabel,
          label.label != nil
        {
          nameTrial(label, after: newest)
          continue
        }
        // Over: it has ended, another trial has begun since, or it is the label of that trial again.
        if let end = label.end, end <= begin { continue }
        if let newestLabel, label.t <= newestLabel { continue }
      }
      let position = labels.firstIndex { ($0.begin, $0.label.t) > (begin, label.t) }
      labels.insert(QueuedLabel(label: label, begin: begin), at: position ?? labels.endIndex)
    }
    waiting.removeAll(keepingCapacity: true)
  }

  private func applyLabels(upTo time: Int64, _ emit: (Prediction) -> Void) {
    while let next = labels.first, next.begin <= time {
      labels.removeFirst()
      endTrialIfOver(at: next.begin, emit)
      finishSteps(before: next.begin, emit)
      endTrial(emit)
      beginTrial(next.label, at: next.begin)
    }
  }

  private func beginTrial(_ label: StreamLabel, at begin: Int64) {
    newestLabel = label.t
    if network.configuration.stream.resetAtTrial { state.reset() }
    score.clear()
    stepper.start(at: begin)
    trial = OpenTrial(
      description: .init(begin: begin, name: label.name, label: label.label), end: label.end,
      learns: isLearning && label.label != nil)
  }

  /// A label that comes while its trial is under way. What it says has ended already is judged, but not learned from.
  private func nameTrial(_ label: StreamLabel, after newest: Int64) {
    guard var named = trial else { return }
    named.description.label = label.label
    named.description.name = label.name ?? named.description.name
    if let end = label.end { named.end = max(end, newest + 1) }
    named.learns = isLearning && (label.end ?? Int64.max) > newest
    trial = named
  }

  @inline(__always)
  private func endTrialIfOver(at time: Int64, _ emit: (Prediction) -> Void) {
    guard let end = trial?.end, end <= time else { return }
    finishSteps(before: end, emit)
    endTrial(emit)
    stepper.start(at: end)
  }

  private func endTrial(_ emit: (Prediction) -> Void) {
    guard let ended = trial else { return }
    counters.trials += 1
    let learned = ended.learns && score.lossSteps > 0
    let last = stepper.openStep ?? ended.description.begin
    var final = prediction(at: last, isFinal: true)
    if learned {
      counters.trialsLearned += 1
      network.endTrial(in: state)
    }
    final.learned = learned
    trial = nil
    score.clear()
    emit(final)
  }

  private func prediction(at time: Int64, isFinal: Bool) -> Prediction {
    Prediction(
      t: time, predicted: score.best, scores: score.scores, steps: score.steps,
      inputSpikes: score.inputSpikes, hiddenSpikes: score.hiddenSpikes, loss: score.meanLoss,
      trial: trial?.description, isFinal: isFinal, learned: false)
  }
}

extension EventBatch {
  @inline(__always)
  fileprivate func forEachAddress(_ geometry: SensorGeometry, body: (Int64, Int32) -> Void) {
    for index in indices {
      body(t[index], geometry.address(x: x[index], y: y[index], on: on[index]))
    }
  }
}
