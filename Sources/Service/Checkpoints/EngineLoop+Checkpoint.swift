import Events
import Foundation
import Learning

/// The engine's thread's side of a checkpoint.
extension EngineLoop {
  private static let streamPrefix = "stream/"

  /// Copies everything that the engine knows at the mark, and hands it to be written.
  func keep(_ mark: CheckpointMark) {
    let begin = ContinuousClock.now
    let numbers = numbers(mark)
    let steps = sources.values.reduce(into: retired) { $0 += $1.learner.counters }.steps
    let progress = CheckpointKeeper.Progress(
      messages: numbers.messages, steps: steps, weightsSequence: weightsSequence,
      requests: metrics.requestsDone)
    guard keeper.wants(mark, progress) else { return }
    do {
      var all = mark.intake
      for (name, source) in sources {
        all[Self.streamPrefix + name] = try source.learner.snapshot()
      }
      for part in parts + [control] { all[part.name] = try part.part() }
      all[KeptNumbers.name] = CheckpointPart(
        text: String(decoding: try JSONEncoder().encode(numbers), as: UTF8.self))
      let contents = try Checkpoint.contents(of: network, geometry: geometry, parts: all)
      keeper.write(contents, progress, copied: begin.duration(to: .now))
    } catch {
      keeper.fail(error)
    }
  }

  /// Goes on from the parts of a checkpoint whose model the network holds. Called before the threads start.
  ///
  /// - Throws: ``ConfigurationError`` with the name of the part that cannot be used; the engine cannot be used then.
  func restore(_ saved: [String: CheckpointPart]) throws(ConfigurationError) {
    func take(_ name: String, _ body: (CheckpointPart) throws -> Void) throws(ConfigurationError) {
      guard let part = saved[name] else { return }
      do { try body(part) } catch { throw ConfigurationError("\(name): \(error)") }
    }
    try take(control.name) { try control.restore($0) }
    for name in saved.keys where name.hasPrefix(Self.streamPrefix) {
      let source = source(String(name.dropFirst(Self.streamPrefix.count)))
      try take(name) { try source.learner.restore($0) }
    }
    try take(KeptNumbers.name) { part in
      let numbers = try JSONDecoder().decode(KeptNumbers.self, from: Data(part.text.utf8))
      try numbers.validate(transforms: configuration.transforms)
      restore(numbers)
    }
    for part in parts { try take(part.name) { try part.restore($0) } }
    // Who follows the weights of this engine begins with a snapshot.
    network.forgetChanges()
  }

  private func numbers(_ mark: CheckpointMark) -> KeptNumbers {
    var status = mark.status
    let now = metrics.status
    var kept: [String: KeptNumbers.Source] = [:]
    for (name, source) in sources {
      var seen = status.sources.removeValue(forKey: name) ?? .init(session: source.session)
      (seen.acknowledged, seen.eventsDone) = (source.acknowledged, source.eventsDone)
      seen.lateEvents = source.lateEvents
      kept[name] = .init(
        status: seen, earlierLate: source.earlierLate, trialsLearned: source.trialsLearned)
    }
    // Members of a joined stream have no stream of their own that remembers.
    for (name, seen) in now.sources where status.sources[name]?.session == seen.session {
      status.sources[name]?.acknowledged = seen.acknowledged
      status.sources[name]?.eventsDone = seen.eventsDone
    }
    return KeptNumbers(
      transforms: configuration.transforms.map(\.description), predictions: predictions,
      weightsSequence: weightsSequence, trialsSinceDelta: pace.trials, retired: retired,
      sources: kept, unmet: status.sources, messages: status.messages,
      refused: status.refused, eventsReceived: status.eventsReceived,
      missingMessages: status.missingMessages, duplicates: status.duplicates,
      labelledTrials: now.labelledTrials, correctTrials: now.correctTrials,
      recent: metrics.recentResults, losses: metrics.sight.losses, lost: lost, output: output,
      busy: busy.seconds)
  }

  private func restore(_ numbers: KeptNumbers) {
    (predictions, weightsSequence) = (numbers.predictions, numbers.weightsSequence)
    (pace.trials, retired) = (numbers.trialsSinceDelta, numbers.retired)
    for (name, kept) in numbers.sources {
      let source = source(name)
      (source.earlierLate, source.trialsLearned) = (kept.earlierLate, kept.trialsLearned)
      (source.session, source.acknowledged) = (kept.status.session, kept.status.acknowledged)
      source.eventsDone = kept.status.eventsDone
    }
    let totals = sources.values.reduce(into: retired) { $0 += $1.learner.counters }
    (lost, output, busy) = (numbers.lost, numbers.output, .seconds(numbers.busy))
    metrics.sight.resume(numbers.losses)
    metrics.resume(numbers.recent) {
      tell(totals, &$0)
      let sources = numbers.unmet.merging(numbers.sources.mapValues(\.status)) { $1 }
      $0.sources.merge(sources) { $1 }
      $0.messages = numbers.messages
      $0.refused = numbers.refused
      $0.eventsReceived = numbers.eventsReceived
      $0.missingMessages = numbers.missingMessages
      $0.duplicates = numbers.duplicates
      $0.labelledTrials = numbers.labelledTrials
      $0.correctTrials = numbers.correctTrials
    }
  }

  /// Takes over the weights of another checkpoint of the same model, between two messages: the streams go on, and so do
  /// the numbers of the weights.
  func load(_ file: Safetensors, from path: String, for question: StreamItem.Question) {
    let result = Result {
      guard mayCutDelta else { throw ConfigurationError(Self.tooManyDeltas) }
      try Checkpoint.load(file, from: path, into: network, geometry: geometry)
      // All rows have changed: whoever follows gets all of them.
      cutDelta()
      var receipt = CheckpointReceipt(done: "loaded", nil)
      (receipt.path, receipt.weightsSequence) = (path, weightsSequence)
      return receipt
    }
    keeper.endLoad(question, result)
  }
}
