import Events
import Foundation
import Learning

/// What operators ask of a running engine, and how streams are to be treated since. Belongs to the engine's thread.
final class EngineControl: EnginePart {
  let name = "control"
  private let configuration: EngineConfiguration
  private let geometry: SensorGeometry
  private let network: Network<Float>
  private let metrics: Metrics
  /// Whether an operator has paused learning, whatever the configuration says.
  private var isPaused = false
  private var isShedding = false
  private(set) var frozen: FrozenCopy?

  init(
    _ configuration: EngineConfiguration, network: Network<Float>, geometry: SensorGeometry,
    metrics: Metrics
  ) {
    self.configuration = configuration
    self.network = network
    self.geometry = geometry
    self.metrics = metrics
  }

  private var isLearning: Bool { configuration.learning.enabled && !isPaused }

  private struct Kept: Codable {
    var isPaused: Bool
    var rateFactor: Double
  }

  /// What operators have asked for stays asked for; frozen copies are not kept.
  func part() throws -> CheckpointPart {
    let kept = Kept(isPaused: isPaused, rateFactor: network.rateFactor)
    return CheckpointPart(text: String(decoding: try JSONEncoder().encode(kept), as: UTF8.self))
  }

  /// Learning goes on only where both the configuration and the operator want it. To be called before streams are made.
  func restore(_ part: CheckpointPart) throws {
    let kept = try JSONDecoder().decode(Kept.self, from: Data(part.text.utf8))
    guard (0...EngineRequest.largestRateFactor).contains(kept.rateFactor) else {
      throw ConfigurationError("a learning rate times \(kept.rateFactor)")
    }
    isPaused = kept.isPaused
    network.rateFactor = kept.rateFactor
    metrics.update {
      $0.learning = isLearning
      $0.learningRateFactor = kept.rateFactor
    }
  }

  /// A source whose first message has come.
  func makeSource(_ name: String) -> EngineSource {
    let learner = StreamLearner(
      network: network, geometry: geometry, isLearning: isLearning,
      predictEvery: configuration.predictionSteps)
    learner.isShedding = isShedding
    let source = EngineSource(name, learner)
    source.frozen = frozen?.stream(beside: learner)
    return source
  }

  /// Carries a request out. Nothing if it is not one of those.
  func carryOut(
    _ request: EngineRequest, _ sources: some Collection<EngineSource>, weightsSequence: UInt64
  ) -> RequestOutcome? {
    let outcome = outcome(of: request, sources, weightsSequence)
    if case .done = outcome { metrics.noteRequest() }
    return outcome
  }

  private func outcome(
    of request: EngineRequest, _ sources: some Collection<EngineSource>, _ weightsSequence: UInt64
  ) -> RequestOutcome? {
    switch request.request {
    case .pause: return setPaused(true, sources)
    case .resume: return setPaused(false, sources)
    case .learningRate: return setRate(request.value)
    case .resetState:
      for source in sources {
        source.learner.resetState()
        source.frozen?.learner.resetState()
      }
      return .done(
        "membranes and traces are cleared, open trials dropped; streams: \(sources.count)")
    case .freeze: return freeze(sources, weightsSequence)
    case .unfreeze: return unfreeze(sources)
    case .status, .snapshot, .save, .load, .drain: return nil
    }
  }

  private func setPaused(
    _ pauses: Bool, _ sources: some Collection<EngineSource>
  ) -> RequestOutcome {
    guard pauses || configuration.learning.enabled else {
      return .refused(
        "learning.enabled is false: this engine was started to predict only (--no-learning)")
    }
    isPaused = pauses
    let learns = isLearning
    for source in sources { source.learner.isLearning = learns }
    metrics.update { $0.learning = learns }
    return .done("learning is \(learns ? "on" : "off") from the next trial on")
  }

  private func setRate(_ factor: Double?) -> RequestOutcome {
    let most = EngineRequest.largestRateFactor
    guard let factor, (0...most).contains(factor) else {
      let given = factor.map { "value is \($0)" } ?? "value is missing"
      return .refused(
        "\(given), allowed is 0 to \(most); it multiplies the configured learning rate")
    }
    network.rateFactor = factor
    metrics.update { $0.learningRateFactor = factor }
    return .done("the learning rate is \(factor) times the configured one")
  }

  private func freeze(
    _ sources: some Collection<EngineSource>, _ weightsSequence: UInt64
  ) -> RequestOutcome {
    if let frozen {
      return .refused(
        "weights \(frozen.status.weightsSequence) are frozen already; unfreeze them first")
    }
    let copy: FrozenCopy
    do {
      copy = try FrozenCopy(network, weightsSequence: weightsSequence, configuration)
    } catch {
      return .refused("the weights cannot be copied: \(error)")
    }
    frozen = copy
    for source in sources { source.frozen = copy.stream(beside: source.learner) }
    metrics.update { $0.frozen = copy.status }
    return .done(
      "weights \(weightsSequence) predict on prediction/\(configuration.model)"
        + "\(PredictionMessage.frozenSuffix)/ too")
  }

  private func unfreeze(_ sources: some Collection<EngineSource>) -> RequestOutcome {
    guard let copy = frozen else { return .refused("no weights are frozen") }
    frozen = nil
    for source in sources { source.frozen = nil }
    metrics.update { $0.frozen = nil }
    return .done("weights \(copy.status.weightsSequence) predict no longer")
  }

  // MARK: - Overload

  /// Sheds learning, or takes it up again, as full as the queue before the engine is.
  ///
  /// - Parameter hasLost: whether events have been dropped just now.
  func adapt(
    toFullness fullness: Double, hasLost: Bool, _ sources: some Collection<EngineSource>
  ) {
    guard configuration.overload.policy == .shed else { return }
    let sheds = fullness > 0.5 || hasLost || (isShedding && fullness >= 0.125)
    guard sheds != isShedding else { return }
    isShedding = sheds
    for source in sources { source.learner.isShedding = sheds }
    metrics.update { $0.overload.shedding = sheds }
  }
}
