/// What a running engine can be told to do, besides what is about checkpoints: ``EngineClient/save(timeout:)`` and those
/// that follow it. Each answers with a sentence of what was done, or is refused with the reason.
public enum EngineCommand: Equatable, Sendable {
  /// Labelled trials that begin from now on are predicted only, or learned from again.
  case pause, resume
  /// Multiplies the configured learning rate by 0 to 100, from the next update on.
  case learningRate(factor: Double)
  /// Clears membranes and traces of all streams, and drops their open trials.
  case resetState
  /// A copy of the weights as they are predicts beside the learning ones, until `unfreeze`; its predictions come on
  /// `prediction/<model>.frozen/`.
  case freeze, unfreeze

  var request: EngineRequest {
    switch self {
    case .pause: .init(request: .pause)
    case .resume: .init(request: .resume)
    case .learningRate(let factor): .init(request: .learningRate, value: factor)
    case .resetState: .init(request: .resetState)
    case .freeze: .init(request: .freeze)
    case .unfreeze: .init(request: .unfreeze)
    }
  }
}
