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

  func note(_ past: PastTrial) {
    pastTrials.append(past)
    if pastTrials.count > Self.longestPast { pastTrials.removeFirst() }
  }

  func mergeWaitingLabels(_ emit: (Prediction) -> Void) {
    guard !waiting.isEmpty else { return }
    var rewindTo: Int64?
    for label in waiting.sorted(by: { $0.t < $1.t }) {
      guard let newest = newestEvent, label.t <= newest else {
        enqueue(label, begin: label.t)
        continue
      }
      counters.lateLabels += 1
      if let begin = takeLate(label, newest, emit) { rewindTo = min(rewindTo ?? begin, begin) }
    }
    waiting.removeAll(keepingCapacity: true)
    if let rewindTo { rewind(to: rewindTo, emit) }
  }

  private func enqueue(_ label: StreamLabel, begin: Int64) {
    let position = labels.firstIndex { ($0.begin, $0.label.t) > (begin, label.t) }
    labels.insert(QueuedLabel(label: label, begin: begin), at: position ?? labels.endIndex)
  }

  /// - Returns: where the stream has to go back to, if it has to.
  private func takeLate(
    _ label: StreamLabel, _ newest: Int64, _ emit: (Prediction) -> Void
  ) -> Int64? {
    let canGoBack =
      network.configuration.stream.resetAtTrial && history.reaches(label.t) && isLearning
    if let open = trial, open.labelTime == label.t {
      // The label of this trial again, or at last.
      guard open.description.label == nil, label.label != nil else { return nil }
      return name(open, label, newest, canGoBack)
    }
    let isOver =
      (label.end ?? .max) <= newest || (newestLabel ?? .min) > label.t
      || pastTrials.contains { $0.labelTime >= label.t }
    if isOver {
      learnPast(label, canGoBack)
      return nil
    }
    guard canGoBack, label.label != nil else {
      enqueue(label, begin: newest + 1)
      return nil
    }
    enqueue(label, begin: label.t)
    guard let open = trial else { return label.t }
    if network.configuration.optimiser.update == .trial || !open.learns,
      history.reaches(open.description.begin)
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
    _ open: OpenTrial, _ label: StreamLabel, _ newest: Int64, _ canGoBack: Bool
  ) -> Int64? {
    var named = open
    named.description.label = label.label
    named.description.name = label.name ?? named.description.name
    let hasEnded = (label.end ?? .max) <= newest
    if hasEnded {
      named.end = newest + 1
      if canGoBack, let value = label.label, let end = label.end {
        learnApart(value, from: open.description.begin, to: end)
      }
    } else {
      named.end = label.end ?? named.end
      named.learns = isLearning
    }
    trial = named
    guard !hasEnded, canGoBack, !learnsAtEnd, history.reaches(open.description.begin) else {
      return nil
    }
    trial = nil
    let again = StreamLabel(
      t: named.labelTime, label: named.description.label, end: named.end,
      name: named.description.name)
    enqueue(again, begin: named.description.begin)
    return named.description.begin
  }

  private func learnPast(_ label: StreamLabel, _ canGoBack: Bool) {
    let known = pastTrials.firstIndex { $0.labelTime == label.t }
    if let known, pastTrials[known].wasLearned { return }
    // It ends where it says, or where the next trial began.
    let begins = (pastTrials.map(\.labelTime) + [newestLabel].compactMap { $0 })
    guard canGoBack, let value = label.label,
      let end = label.end ?? begins.filter({ $0 > label.t }).min()
    else { return }
    learnApart(value, from: label.t, to: end)
    if let known {
      pastTrials[known].wasLearned = true
    } else {
      note(PastTrial(labelTime: label.t, wasLearned: true))
    }
  }

  private func learnApart(_ label: Int, from begin: Int64, to end: Int64) {
    guard learn(label, from: begin, to: end, in: lateState) != nil else { return }
    counters.trialsLearned += 1
    lateState.reset()
  }

  /// Learns the kept events of a whole trial.
  ///
  /// - Returns: its loss; nothing if it was too long to be kept, or had no step.
  func learn(
    _ label: Int, from begin: Int64, to end: Int64, in state: NetworkState<Float>
  ) -> Float? {
    guard begin < end else { return nil }
    guard history.reaches(begin),
      let loss = network.learnTrial(
        label: label, in: state,
        steps: { body in
          history.forEachStep(
            from: begin, to: end, maxGap: maxGap, using: &replayStepper, body: body)
        })
    else {
      counters.trialsTooLong += 1
      return nil
    }
    return loss
  }

  /// Runs through the events since `begin` once more. What is queued acts as it would have acted in time.
  private func rewind(to begin: Int64, _ emit: (Prediction) -> Void) {
    isReplaying = true
    defer { isReplaying = false }
    stepper.discard()
    state.reset()
    score.clear()
    (newestEvent, newestLabel) = (nil, nil)
    history.forEach { time, address in
      if time >= begin { place(time, address, emit) }
    }
  }
}
