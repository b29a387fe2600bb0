import Learning

/// How a learner computes, where there is a choice: one variant of each case is measured for each of them.
struct BenchCompute: Hashable {
  /// How the traces of synapses are kept.
  enum Eligibility: String, CaseIterable {
    /// Every synapse of a presynaptic neuron that has spiked is visited in every step.
    case dense
  }

  var eligibility = Eligibility.dense
  /// Threads that one learner computes on.
  var threads = 1

  /// What there is to measure where these numbers of threads may be used.
  static func choices(threads: [Int]) -> [BenchCompute] {
    // A learner computes on one thread.
    [BenchCompute()]
  }

  /// What tells a case apart from that of the first choice.
  var suffix: String {
    var parts: [String] = []
    if eligibility != BenchCompute().eligibility { parts.append(eligibility.rawValue) }
    if threads > 1 { parts.append("\(threads)t") }
    return parts.map { "/" + $0 }.joined()
  }

  /// `configuration`, computed this way.
  func applied(to configuration: LearnerConfiguration) -> LearnerConfiguration {
    configuration
  }
}
