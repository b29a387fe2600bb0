import Learning

/// A copy of the weights as they were once, that predicts beside the learning ones. Belongs to the engine's thread.
final class FrozenCopy {
  private let network: Network<Float>
  private let model: String
  private let predictEvery: Int
  private var predictions: UInt64 = 0
  private var recent = (learning: RecentResults(), frozen: RecentResults())
  private(set) var status = EngineStatus.Frozen()

  /// - Throws: ``ConfigurationError``.
  init(
    _ network: Network<Float>, weightsSequence: UInt64, _ configuration: EngineConfiguration
  ) throws(ConfigurationError) {
    self.network = try Network<Float>(network)
    model = configuration.model + PredictionMessage.frozenSuffix
    predictEvery = configuration.predictionSteps
    status.weightsSequence = weightsSequence
  }

  /// The copy's own way along the stream of `learner`, from its next event on. A trial that is under way is not judged.
  func stream(beside learner: StreamLearner) -> FrozenStream {
    let own = StreamLearner(
      network: network, geometry: learner.geometry, isLearning: false, predictEvery: predictEvery)
    own.rewindsUnlearned = true
    own.add(labels: learner.pendingLabels)
    return FrozenStream(own, of: self)
  }

  /// The message that tells a prediction.
  func message(_ prediction: Prediction, source: String) -> PredictionMessage {
    defer { predictions += 1 }
    return PredictionMessage(
      prediction, model: model, source: source, sequence: predictions,
      weightsSequence: status.weightsSequence)
  }

  func count(learning: Bool, frozen: Bool) {
    status.labelledTrials += 1
    status.correctTrials += learning ? 1 : 0
    status.frozenCorrectTrials += frozen ? 1 : 0
    recent.learning.append(learning)
    recent.frozen.append(frozen)
    status.recentAccuracy = recent.learning.accuracy
    status.frozenRecentAccuracy = recent.frozen.accuracy
  }
}

/// A frozen copy on one stream.
final class FrozenStream {
  let learner: StreamLearner
  let copy: FrozenCopy
  /// Whether the learning weights were right, by the begin of the trials that ended with the present message.
  private var judged: [Int64: Bool] = [:]

  init(_ learner: StreamLearner, of copy: FrozenCopy) {
    self.learner = learner
    self.copy = copy
  }

  /// Notes a prediction of the learning weights.
  func note(_ prediction: Prediction) {
    guard prediction.isFinal, let trial = prediction.trial, let isRight = prediction.isCorrect
    else { return }
    judged[trial.begin] = isRight
  }

  /// Compares a prediction of the copy with what was noted.
  func compare(_ prediction: Prediction) {
    guard prediction.isFinal, let trial = prediction.trial, let isRight = prediction.isCorrect,
      let other = judged.removeValue(forKey: trial.begin)
    else { return }
    copy.count(learning: other, frozen: isRight)
  }

  /// Ends a message: both have seen the same, and what only one of them has judged is not compared.
  func endMessage() { judged.removeAll(keepingCapacity: true) }
}
