/// What a trial should have come to.
public enum ReferenceTarget: Sendable {
  /// One class for the whole trial.
  case label(Int)
  /// The class of each step, for losses of filtered outputs; steps with a negative one are not learned from, and come
  /// before all others.
  case labels([Int])
  /// Target spikes for each step and output, for `spike_train`.
  case trains([[Bool]])

  /// The class of a step; nil where nothing is learned.
  func label(_ step: Int) -> Int? {
    switch self {
    case .label(let label): label
    case .labels(let labels): labels[step] < 0 ? nil : labels[step]
    case .trains: nil
    }
  }

  func isLearned(_ step: Int) -> Bool {
    if case .labels(let labels) = self { labels[step] >= 0 } else { true }
  }
}
