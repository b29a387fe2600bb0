import Events
import Foundation

extension StreamLearner {
  /// What is no list of numbers.
  struct Position: Codable {
    var counters: StreamCounters
    var openStep: Int64?
    var reorder: ReorderBuffer.Position
    var labels: [QueuedLabel]
    var waiting: [StreamLabel]
    var newestEvent: Int64?
    var watermark: Int64?
    var newestLabel: Int64?
    var trial: OpenTrial?
    var pastTrials: [PastTrial]
    var forgottenLabel: Int64?
    var replayedSteps: Int
    var score: ScoreKeeper.Contents
    var forgotten: Int64?
  }

  /// Takes down where the stream stands, between two of its events: membranes, traces, summed gradients, the open step and
  /// trial, the score, labels and events that wait, and the events that are kept. The weights are the network's; save both
  /// at once. Together with them a stream goes on from here with the same bits as one that never stopped.
  public func snapshot() throws -> CheckpointPart {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let (held, kept) = (reorder.contents, history.contents)
    let position = Position(
      counters: counters, openStep: stepper.openStep, reorder: held.position, labels: labels,
      waiting: waiting,
      newestEvent: newestEvent, watermark: watermark, newestLabel: newestLabel, trial: trial,
      pastTrials: pastTrials,
      forgottenLabel: forgottenLabel, replayedSteps: replayedSteps,
      score: score.contents, forgotten: history.forgotten)
    var tensors = state.matrices.map {
      Safetensors.Tensor(
        name: $0.name, shape: [$0.matrix.rows, $0.matrix.columns], floats: $0.matrix.contents)
    }
    tensors += state.lists.map {
      Safetensors.Tensor(name: $0.name, shape: [$0.values.count], integers: $0.values)
    }
    let longs = [
      ("kept.times", kept.times), ("held.times", held.times), ("held.numbers", held.numbers),
    ]
    let integers = [
      ("kept.addresses", kept.addresses), ("held.addresses", held.addresses),
      ("pending", stepper.pending),
    ]
    tensors += longs.map { .init(name: $0.0, shape: [$0.1.count], longs: $0.1) }
    tensors += integers.map { .init(name: $0.0, shape: [$0.1.count], integers: $0.1) }
    return CheckpointPart(
      tensors: tensors, text: String(decoding: try encoder.encode(position), as: UTF8.self))
  }

  /// Goes on from `snapshot`, on a network that holds the model it was taken with. Of streams that were saved together either
  /// all are to be restored or none: each brings the weights as they were stored, to which what all of them have pending
  /// is added.
  ///
  /// - Throws: ``ConfigurationError`` for what is missing or does not fit the configuration; nothing has changed then.
  public func restore(_ snapshot: CheckpointPart) throws(ConfigurationError) {
    let position: Position
    do {
      position = try JSONDecoder().decode(Position.self, from: Data(snapshot.text.utf8))
    } catch {
      throw ConfigurationError("the stream's position cannot be read: \(error)")
    }
    let tensors = Dictionary(
      snapshot.tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let addresses = geometry.addressCount
    func areAddresses(_ list: [Int32]) -> Bool {
      list.allSatisfy { $0 >= 0 && Int($0) < addresses }
    }
    guard let times = tensors["kept.times"]?.longs,
      let kept = tensors["kept.addresses"]?.integers, times.count == kept.count,
      let heldTimes = tensors["held.times"]?.longs, let numbers = tensors["held.numbers"]?.longs,
      let held = tensors["held.addresses"]?.integers,
      let pending = tensors["pending"]?.integers,
      areAddresses(kept), areAddresses(held), areAddresses(pending)
    else { throw ConfigurationError("the stream's kept events do not fit the configuration") }
    let classes = network.configuration.classes
    let given =
      [position.trial?.description.label] + position.labels.map(\.label.label)
      + position.waiting.map(\.label)
    guard given.compactMap({ $0 }).allSatisfy({ (0..<classes).contains($0) }) else {
      throw ConfigurationError("the stream has a label outside of \(classes) classes")
    }
    var (restored, restoredReorder) = (score, reorder)
    guard position.counters.isPlausible, (0...(1 << 60)).contains(position.replayedSteps),
      restoredReorder.restore(
        .init(times: heldTimes, addresses: held, numbers: numbers, position: position.reorder))
    else { throw ConfigurationError("the stream has impossible numbers") }
    try restored.restore(position.score)
    try state.restore { tensors[$0] }
    (score, reorder) = (restored, restoredReorder)
    counters = position.counters
    stepper.restore(openStep: position.openStep, pending: pending)
    labels = position.labels
    waiting = position.waiting
    (newestEvent, newestLabel) = (position.newestEvent, position.newestLabel)
    watermark = position.watermark
    trial = position.trial
    pastTrials = position.pastTrials
    (forgottenLabel, replayedSteps) = (position.forgottenLabel, position.replayedSteps)
    history.restore(times: times, addresses: kept, forgotten: position.forgotten)
  }
}
