/// What the outputs should do in a step.
public enum Target: Equatable, Sendable {
  /// The class to learn. What each output should do follows from the configuration.
  case label(Int)
  /// The outputs that should spike in this step, each once; for `spike_train` only.
  case train([Int32])
}
