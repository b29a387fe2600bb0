import Learning

/// How a learner computes, where there is a choice: one variant of each case is measured for each of them.
struct BenchCompute: Hashable {
  typealias Eligibility = LearnerConfiguration.Compute.Eligibility

  /// How the traces of synapses are kept.
  var eligibility = Eligibility.eventDriven
  /// Threads that one learner computes on.
  var threads = 1

  /// What there is to measure where these numbers of threads may be used.
  static func choices(threads: [Int], dense: Bool) -> [BenchCompute] {
    threads.map { BenchCompute(threads: $0) } + (dense ? [BenchCompute(eligibility: .dense)] : [])
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
    var configuration = configuration
    configuration.compute.eligibility = eligibility
    configuration.compute.threads = threads
    return configuration
  }
}
