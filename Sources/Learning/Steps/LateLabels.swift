import Events

/// Labels that come after the first events of their trial.
///
/// - If the trial they name is still under way, or would be, the stream goes back to where that trial begins and runs
///   through its events once more: afterwards everything is as if the label had come in time. (Weights that moved at every
///   step of another labelled trial meanwhile stay moved; that trial ends where it is, and only the new one is run again.)
/// - If it is over, its events are learned from apart, without touching the trial that is under way. It is not judged: its
///   prediction has been made.
/// - If its events are no longer all kept, or states are not cleared where trials begin, the label acts from the next event
///   on, and one whose trial is over does nothing.
extension StreamLearner {
  /// Trials that have ended and are remembered, to tell a label that comes again from one that comes late.
  private static var longestPast: Int { 256 }
  /// Steps that may be run once more for late labels: so many, and so many times those of the stream so far.
  static var replayAllowance: (steps: Int, times: Int) { (100_000, 4) }

  func note(_ past: PastTrial) {
    pastTrials.append(past)
    guard pastTrials.count > Self.longestPast else { return }
    let forgotten = pastTrials.removeFirst().labelTime
    forgottenLabel = max(forgottenLabel ?? forgotten, forgotten)
  }

  /// Whether the events of [begin, end) may be run once more: they are kept, and what late labels cost stays in
  /// proportion to the stream.
  private func mayReplay(from begin: Int64, to end: Int64) -> Bool {
    guard network.configuration.stream.resetAtTrial, learnsNow || rewindsUnlearned,
      history.reaches(begin)
    else { return false }
    let (span, overflow) = end.subtractingReportingOverflow(begin)
    let allowance = Self.replayAllowance
    let left = allowance.steps + allowance.times * counters.steps - replayedSteps
    return !overflow && span / stepper.dt < Int64(left)
  }

  private func charge(from begin: Int64, to end: Int64) {
    replayedSteps += Int((end - begin) / stepper.dt) + 1
  }

  func mergeWaitingLabels(_ emit: (Prediction) -> Void) {
    guard !waiting.isEmpty else { return }
    var rewindTo: Int64?
    for label in waiting.sorted(by: { $0.t < $1.t }) {
      guard let newest = newestTime, label.t <= newest else {
        enqueue(label, begin: label.t)
        continue
      }
      counters.lateLabels += 1
      if let rewindTo, label.t >= rewindTo {
        // The stream goes back to before it anyway.
        enqueue(label, begin: label.t)
        continue
      }
      if let begin = takeLate(label, newest, emit) { rewindTo = min(rewindTo ?? begin, begin) }
    }
    waiting.removeAll(keepingCapacity: true)
    if let rewindTo { rewind(to: rewindTo, emit) }
  }

  /// Puts a label where it acts. The same label again says nothing new, but the class of an announcement.
  private func enqueue(_ label: StreamLabel, begin: Int64) {
    if let known = labels.firstIndex(where: { $0.label.t == label.t }) {
      guard labels[known].label.label == nil, label.label != nil else { return }
      labels[known].label.label = label.label
      labels[known].label.end = label.end ?? labels[known].label.end
      labels[known].label.name = label.name ?? labels[known].label.name
      return
    }
    let position = labels.firstIndex { ($0.begin, $0.label.t) > (begin, label.t) }
    labels.insert(QueuedLabel(label: label, begin: begin), at: position ?? labels.endIndex)
  }

  /// - Returns: where the stream has to go back to, if it has to.
  private func takeLate(
    _ label: StreamLabel, _ newest: Int64, _ emit: (Prediction) -> Void
  ) -> Int64? {
    if let open = trial, open.labelTime == label.t {
      // The label of this trial again, or at last.
      guard open.description.label == nil, label.label != nil else { return nil }
      return name(open, label, newest)
    }
    let isOver =
      (label.end ?? .max) <= newest || (newestLabel ?? .min) > label.t
      || pastTrials.contains { $0.labelTime >= label.t }
    if isOver {
      learnPast(label)
      return nil
    }
    guard mayReplay(from: label.t, to: newest), label.label != nil else {
      enqueue(label, begin: newest + 1)
      return nil
    }
    enqueue(label, begin: label.t)
    guard let open = trial else { return label.t }
    if network.configuration.optimiser.update == .trial || !open.learns,
      mayReplay(from: open.description.begin, to: newest)
    {
      let again = StreamLabel(
        t: open.labelTime, label: open.description.label, end: open.end,
        name: open.description.name)
      trial = nil
      enqueue(again, begin: open.description.begin)
      return open.description.begin
    }
    endTrial(at: newest + 1, emit)
    return label.t
  }

  /// A label that comes while its trial is under way.
  ///
  /// What it says has ended already is learned apart; the trial is judged by it.
  private func name(
    _ open: OpenTrial, _ label: StreamLabel, _ newest: Int64
  ) -> Int64? {
    var named = open
    named.description.label = label.label
    named.description.name = label.name ?? named.description.name
    let hasEnded = (label.end ?? .max) <= newest
    if hasEnded {
      named.end = newest + 1
      if let value = label.label, let end = label.end {
        learnApart(value, from: open.description.begin, to: end)
      }
    } else {
      named.end = label.end ?? named.end
      named.learns = learnsNow
      named.isShed = isLearning && isShedding
    }
    trial = named
    guard !hasEnded, !learnsAtEnd, mayReplay(from: open.description.begin, to: newest) else {
      return nil
    }
    trial = nil
    let again = StreamLabel(
      t: named.labelTime, label: named.description.label, end: named.end,
      name: named.description.name)
    enqueue(again, begin: named.description.begin)
    return named.description.begin
  }

  private func learnPast(_ label: StreamLabel) {
    let known = pastTrials.firstIndex { $0.labelTime == label.t }
    guard let value = label.label, !(known.map { pastTrials[$0].isLabelled } ?? false),
      forgottenLabel.map({ $0 < label.t }) ?? true
    else { return }
    let begin = known.map { pastTrials[$0].begin } ?? label.t
    // It ends where it says, where it ended, or where the next trial began.
    let begins = pastTrials.map(\.labelTime) + [newestLabel].compactMap { $0 }
    guard
      let end = label.end ?? known.map({ pastTrials[$0].end })
        ?? begins.filter({ $0 > label.t }).min()
    else { return }
    learnApart(value, from: begin, to: end)
    if let known {
      pastTrials[known].isLabelled = true
    } else {
      note(PastTrial(labelTime: label.t, begin: begin, end: end, isLabelled: true))
    }
  }

  private func learnApart(_ label: Int, from begin: Int64, to end: Int64) {
    guard begin < end, isLearning else { return }
    guard !isShedding else {
      counters.trialsShed += 1
      return
    }
    guard mayReplay(from: begin, to: end) else {
      counters.trialsTooLong += 1
      return
    }
    charge(from: begin, to: end)
    guard learn(label, from: begin, to: end, in: lateState) != nil else { return }
    counters.trialsLearned += 1
    lateState.reset()
    rehearse(after: label, from: begin, to: end)
  }

  /// Runs through the events since `begin` once more. What is queued acts as it would have acted in time.
  private func rewind(to begin: Int64, _ emit: (Prediction) -> Void) {
    isReplaying = true
    defer { isReplaying = false }
    charge(from: begin, to: max(begin, newestTime ?? begin))
    stepper.discard()
    state.reset()
    score.clear()
    (newestEvent, newestLabel) = (nil, nil)
    history.forEach { time, address in
      if time >= begin { place(time, address, emit) }
    }
    if let watermark { reach(watermark, emit) }
  }
}
