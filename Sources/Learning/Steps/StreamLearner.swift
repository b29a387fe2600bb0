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
/// - A label that comes late is learned from the kept events of its trial; see `LateLabels.swift`.
/// - A loss that is known at a trial's end is learned there, from the kept events of the trial.
/// - A silence longer than the configured gap clears membranes and traces instead of being stepped through.
public final class StreamLearner {
  /// More labels than this are not kept waiting.
  static let longestLabelQueue = 4096

  /// The model, shared with other streams.
  public let network: Network<Float>
  /// The sensor whose events are taken.
  public let geometry: SensorGeometry
  /// Whether labelled trials are learned from. Takes effect at the next trial.
  public var isLearning: Bool
  /// Whether learning is left out for want of time: at once for the trial that is under way, and for those that begin
  /// before it ends. They are predicted all the same, and counted.
  public var isShedding = false {
    didSet { if isShedding, !oldValue { shedOpenTrial() } }
  }
  /// Whether streams go back for late labels though nothing is learned, so that trials are judged as those of a stream
  /// that learns.
  public var rewindsUnlearned = false
  public internal(set) var counters = StreamCounters()
  /// Is told of every step.
  public var observer: (any StepObserver)?

  let state: NetworkState<Float>
  /// For trials that are over while another one is under way; made when it is first needed.
  lazy var lateState: NetworkState<Float> = {
    let late = network.makeState()
    // A place that follows from the stream's own, so that a stream that was restored has it again.
    late.order = -1 - state.order
    return late
  }()
  let maxGap: Int64
  private let predictEvery: Int
  private let scoreDecay: Float
  /// Whether trials are learned as a whole when they end.
  let learnsAtEnd: Bool
  var stepper: Stepper
  var replayStepper: Stepper
  var reorder: ReorderBuffer
  var history: EventHistory
  var labels: [QueuedLabel] = []
  var waiting: [StreamLabel] = []
  var newestEvent: Int64?
  /// All events before this time have come, as far as was told.
  var watermark: Int64?
  /// Time of the label that began the latest trial.
  var newestLabel: Int64?
  var trial: OpenTrial?
  /// The latest trials that have ended, by the times of their labels.
  var pastTrials: [PastTrial] = []
  /// The latest of the labels that ``pastTrials`` no longer remembers.
  var forgottenLabel: Int64?
  /// Steps that were run once more for labels that came late.
  var replayedSteps = 0
  var score: ScoreKeeper
  /// Whether events are run through once more.
  var isReplaying = false

  struct QueuedLabel: Codable {
    var label: StreamLabel
    /// When it acts: at its time, or later if that has passed.
    var begin: Int64
  }

  struct OpenTrial: Codable {
    var description: Prediction.Trial
    /// The time that its label names.
    var labelTime: Int64
    var end: Int64?
    var learns: Bool
    /// Whether it would have been learned from, had there been time.
    var isShed = false
  }

  struct PastTrial: Codable {
    var labelTime: Int64
    var begin: Int64
    var end: Int64
    var isLabelled: Bool
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
    learnsAtEnd = configuration.loss.kind.isKnownAtEnd
    maxGap = configuration.stream.maxGap * 1000
    stepper = Stepper(dt: configuration.stepMicroseconds, addresses: geometry.addressCount)
    replayStepper = stepper
    reorder = ReorderBuffer(window: configuration.stream.reorderWindow)
    history = EventHistory(capacity: configuration.stream.historyEvents)
    scoreDecay = Float(
      Double.exponential(-configuration.milliseconds / configuration.stream.scoreTau))
    score = ScoreKeeper(decision: configuration.decision, classes: configuration.classes)
  }

  /// The score of every class as it is now; zeros between trials that clear it.
  public var scores: [Float] { score.scores }

  // MARK: - What arrives

  /// Takes labels in. They act once the stream reaches their time.
  public func add(labels new: [StreamLabel]) {
    let room = Self.longestLabelQueue - labels.count - waiting.count
    waiting.append(contentsOf: new.prefix(max(0, room)))
    counters.droppedLabels += max(0, new.count - max(0, room))
  }

  /// Takes events in.
  public func add(events batch: EventBatch, emit: (Prediction) -> Void) {
    mergeWaitingLabels(emit)
    batch.withAddresses(geometry) { times, addresses in
      if reorder.isPassage {
        place(times, addresses, emit)
      } else {
        for (time, address) in zip(times, addresses) {
          reorder.insert(time: time, address: address) { place($0, $1, emit) }
        }
      }
    }
  }

  /// Ends the recording at `end` (exclusive), or after its last event: its last step closes and its trial ends. Labels
  /// that begin later are kept, and are read on the clock of what comes.
  public func endRecording(at end: Int64?, emit: (Prediction) -> Void) {
    mergeWaitingLabels(emit)
    reorder.flush { time, address in place(time, address, emit) }
    // An end before the last event would lose that event; a recording without events has one step.
    let afterEvents = newestTime.map { $0 + 1 }
    let first = stepper.openStep ?? labels.first?.begin ?? 0
    let end = max(end ?? afterEvents ?? first + 1, afterEvents ?? Int64.min)
    applyLabels(upTo: end - 1, emit)
    endTrialIfOver(at: end, emit)
    finishSteps(before: end, emit)
    endTrial(at: end, emit)
    forgetClock()
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
    forgetClock()
    trial = nil
    state.reset()
    score.clear()
  }

  /// Times of what has been mean nothing on the clock of what comes.
  private func forgetClock() {
    stepper.discard()
    history.removeAll()
    pastTrials.removeAll()
    forgottenLabel = nil
    (newestEvent, newestLabel, watermark) = (nil, nil, nil)
  }

  // MARK: - Events

  @inline(__always)
  func place(_ time: Int64, _ address: Int32, _ emit: (Prediction) -> Void) {
    if let first = labels.first, first.begin <= time { applyLabels(upTo: time, emit) }
    endTrialIfOver(at: time, emit)
    if let open = stepper.openStep {
      guard time >= open else {
        if !isReplaying { counters.lateEvents += 1 }
        return
      }
      if time >= open + stepper.dt { closeSteps(before: time, emit) }
    } else {
      stepper.start(at: gridTime(time))
    }
    newestEvent = max(newestEvent ?? time, time)
    stepper.insert(address)
    guard !isReplaying else { return }
    counters.events += 1
    history.append(time: time, address: address)
  }

  /// The same for events in the order of their arrival: what falls into the step that is open is taken at once.
  private func place(
    _ times: UnsafeBufferPointer<Int64>, _ addresses: UnsafeBufferPointer<Int32>,
    _ emit: (Prediction) -> Void
  ) {
    var index = 0
    while index < times.count {
      // This one may close steps, and begin or end trials.
      place(times[index], addresses[index], emit)
      index += 1
      guard let open = stepper.openStep else { continue }
      let limit = min(open + stepper.dt, labels.first?.begin ?? .max, trial?.end ?? .max)
      let first = index
      var newest = Int64.min
      while index < times.count, times[index] >= open, times[index] < limit {
        newest = max(newest, times[index])
        index += 1
      }
      guard index > first else { continue }
      newestEvent = max(newestEvent ?? newest, newest)
      let run = UnsafeBufferPointer(rebasing: addresses[first..<index])
      stepper.insert(run)
      counters.events += run.count
      history.append(
        times: UnsafeBufferPointer(rebasing: times[first..<index]), addresses: run)
    }
  }

  /// A stream that begins without a trial has its steps at multiples of dt.
  func gridTime(_ time: Int64) -> Int64 {
    let remainder = time % stepper.dt
    return time - (remainder < 0 ? remainder + stepper.dt : remainder)
  }

  /// Closes the steps that end at or before `time`.
  func closeSteps(before time: Int64, _ emit: (Prediction) -> Void) {
    guard let open = stepper.openStep else { return }
    if time - open > maxGap {
      closeStep(emit)
      if !isReplaying { counters.timeJumps += 1 }
      state.clearDynamics()
      stepper.start(at: open + (time - open) / stepper.dt * stepper.dt)
      return
    }
    while let open = stepper.openStep, open + stepper.dt <= time { closeStep(emit) }
  }

  /// Closes the steps that begin before `time`, the last of which may be cut short.
  private func finishSteps(before time: Int64, _ emit: (Prediction) -> Void) {
    closeSteps(before: time, emit)
    if let open = stepper.openStep, open < time { closeStep(emit) }
  }

  private func closeStep(_ emit: (Prediction) -> Void) {
    guard let begin = stepper.openStep else { return }
    let label = trial?.learns == true && !learnsAtEnd ? trial?.description.label : nil
    stepper.close { active in
      let loss = network.step(active, target: label, in: state)
      score.add(
        potential: state.readout.membrane, outputSpikes: state.readout.spikes,
        inputSpikes: active.count, hiddenSpikes: state.hiddenSpikeCount,
        loss: label == nil ? nil : loss, decay: trial == nil ? scoreDecay : 1)
      if let observer, !isReplaying {
        active.withUnsafeBufferPointer {
          observer.didStep(begin: begin, active: $0, hidden: state.hidden.fired.members)
        }
      }
    }
    guard !isReplaying else { return }
    counters.steps += 1
    if predictEvery > 0, score.steps.isMultiple(of: predictEvery) {
      emit(prediction(at: begin + stepper.dt, isFinal: false))
    }
  }

  // MARK: - Trials

  func applyLabels(upTo time: Int64, _ emit: (Prediction) -> Void) {
    while let next = labels.first, next.begin <= time {
      labels.removeFirst()
      endTrialIfOver(at: next.begin, emit)
      finishSteps(before: next.begin, emit)
      endTrial(at: next.begin, emit)
      beginTrial(next.label, at: next.begin)
    }
  }

  private func beginTrial(_ label: StreamLabel, at begin: Int64) {
    newestLabel = label.t
    if network.configuration.stream.resetAtTrial { state.reset() }
    score.clear()
    stepper.start(at: begin)
    trial = OpenTrial(
      description: .init(begin: begin, name: label.name, label: label.label),
      labelTime: label.t, end: label.end, learns: learnsNow && label.label != nil,
      isShed: isLearning && isShedding && label.label != nil)
  }

  @inline(__always)
  func endTrialIfOver(at time: Int64, _ emit: (Prediction) -> Void) {
    guard let end = trial?.end, end <= time else { return }
    finishSteps(before: end, emit)
    endTrial(at: end, emit)
    stepper.start(at: end)
  }

  func endTrial(at end: Int64, _ emit: (Prediction) -> Void) {
    guard let ended = trial else { return }
    counters.trials += 1
    if ended.isShed { counters.trialsShed += 1 }
    let last = stepper.openStep ?? ended.description.begin
    var final = prediction(at: last, isFinal: true)
    if ended.learns, let label = ended.description.label {
      if learnsAtEnd {
        final.loss = learn(label, from: ended.description.begin, to: end, in: state)
          .map { $0 / Float(max(score.steps, 1)) }
        final.learned = final.loss != nil
      } else if score.lossSteps > 0 {
        network.endTrial(in: state)
        final.learned = true
      }
    }
    if final.learned, let label = ended.description.label {
      counters.trialsLearned += 1
      rehearse(after: label, from: ended.description.begin, to: end)
    }
    note(
      PastTrial(
        labelTime: ended.labelTime, begin: ended.description.begin, end: end,
        isLabelled: ended.description.label != nil))
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
  /// Calls `body` with the times and the addresses of all events.
  fileprivate func withAddresses(
    _ geometry: SensorGeometry,
    body: (UnsafeBufferPointer<Int64>, UnsafeBufferPointer<Int32>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { addresses in
      let on = Int32(truncatingIfNeeded: geometry.width * geometry.height)
      let width = Int32(truncatingIfNeeded: geometry.width)
      x.withUnsafeBufferPointer { x in
        y.withUnsafeBufferPointer { y in
          self.on.withUnsafeBufferPointer { isOn in
            for index in 0..<addresses.count {
              addresses.initializeElement(
                at: index,
                to: (isOn[index] ? on : 0) &+ Int32(y[index]) &* width &+ Int32(x[index]))
            }
          }
        }
      }
      t.withUnsafeBufferPointer { body($0, UnsafeBufferPointer(addresses)) }
    }
  }
}
