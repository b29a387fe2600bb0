import Events
import Learning
import Synchronization

/// What the engine's thread sends out: predictions, changes of the weights, answers.
extension EngineLoop {
  func publish(_ prediction: Prediction, _ source: EngineSource) {
    let message = PredictionMessage(
      prediction, model: configuration.model, source: source.name, sequence: predictions,
      weightsSequence: weightsSequence)
    predictions += 1
    send(message)
    if prediction.isFinal, let correct = prediction.isCorrect {
      metrics.count(correct: correct)
      watch.note(isCorrect: correct)
    }
    if prediction.isFinal, let loss = prediction.loss { metrics.sight.note(loss: loss) }
    countLearned(source)
  }

  func send(_ message: PredictionMessage) {
    // Those amid a trial tell what the next one tells better.
    guard message.isFinal || !outbox.isHalfFull else {
      output.predictionsDropped += 1
      return
    }
    outbox.push(.prediction(message, received: received), rings: false)
    if bell.note() { outbox.ring() }
  }

  /// Numbers the weights anew if the stream has learned a trial: one that ended, or one whose label came late.
  func countLearned(_ source: EngineSource) {
    let trials = source.learner.counters.trialsLearned
    let new = trials - source.trialsLearned
    guard new > 0 else { return }
    source.trialsLearned = trials
    pace.note(trials: new)
    cutDeltaIfDue()
  }

  func cutDeltaIfDue(isIdle: Bool = false) {
    let wasHeld = pace.isHeld
    let isFollowed = metrics.wantsWeights.load(ordering: .relaxed)
    if pace.goes(to: outbox, isFollowed: isFollowed, isIdle: isIdle) { cutDelta() }
    if pace.isHeld, !wasHeld { output.deltasDelayed += 1 }
  }

  /// Gives the weights a new number, and tells whoever follows them what changed.
  func cutDelta() {
    pace.noteTold()
    let base = weightsSequence
    weightsSequence += 1
    metrics.update { $0.weightsSequence = weightsSequence }
    guard configuration.weights.everyTrials > 0, metrics.wantsWeights.load(ordering: .relaxed)
    else {
      network.forgetChanges()
      return
    }
    let header = WeightsHeader(
      model: configuration.model, engine: metrics.engine, kind: .delta, sequence: weightsSequence,
      baseSequence: base)
    let delta = network.deltaMessage()
    outbox.deltas.add(delta.size)
    outbox.push(.delta(header, delta))
  }

  /// Whether a change of the weights may set out at all: who follows without reading is not to fill the memory, whatever is
  /// asked for.
  var mayCutDelta: Bool {
    configuration.weights.everyTrials == 0 || !metrics.wantsWeights.load(ordering: .relaxed)
      || !DeltaPace.isOver(outbox)
  }

  static let tooManyDeltas = "too many weight changes are on their way to followers"

  func answer(_ question: StreamItem.Question) {
    if keeper.take(question) { return }
    // What is told gets a number of its own if anything has changed: deltas continue from it.
    let isNumbered = !network.hasChanges || mayCutDelta
    if network.hasChanges, isNumbered { cutDelta() }
    switch question.request.request {
    case .snapshot where !isNumbered, .freeze where !isNumbered:
      outbox.push(
        .reply(question.envelope + [RequestOutcome.refused(Self.tooManyDeltas).json]))
    case .status:
      var status = metrics.status(inbox: inbox, outbox: outbox)
      status.weightsSequence = weightsSequence
      status.weightsDigest = network.weightsDigest
      outbox.push(.reply(question.envelope + [ServiceJSON.encode(status)]))
    case .snapshot:
      let header = WeightsHeader(
        model: configuration.model, engine: metrics.engine, kind: .full, sequence: weightsSequence,
        baseSequence: nil)
      outbox.push(snapshot(header, question.envelope))
    default:
      let outcome =
        control.carryOut(question.request, sources.values, weightsSequence: weightsSequence)
        ?? .refused("\(question.request.request.rawValue) is not possible")
      outbox.push(.reply(question.envelope + [outcome.json]))
    }
  }

  private func snapshot(_ header: WeightsHeader, _ envelope: [[UInt8]]) -> OutgoingItem {
    let weights = network.fullMessage()
    guard outbox.snapshots.count < Outbox.mostSnapshots * weights.size else {
      let refusal = RequestOutcome.refused(
        "\(Outbox.mostSnapshots) snapshots are on their way to those who asked already")
      return .reply(envelope + [refusal.json])
    }
    outbox.snapshots.add(weights.size)
    return .snapshot(envelope, header, weights)
  }
}
