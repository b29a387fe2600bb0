/// How the eligibility of a connection's synapses is computed.
public enum EligibilityKind: String, Codable, Sendable {
  /// Every live synapse in every step; see `DenseEligibility`.
  case dense
  /// When an input spikes, from sums of the postsynaptic neurons; see `EventDrivenEligibility`.
  case events = "event_driven"
  /// As a product of a sum for each postsynaptic and a trace for each presynaptic neuron; see `RankOneEligibility`.
  case rankOne = "rank_one"
}

/// Decides how the eligibility of each connection is computed.
struct EligibilityPlan {

  private let configuration: LearnerConfiguration

  init(_ configuration: LearnerConfiguration) {
    self.configuration = configuration
  }

  /// Shortest chunk, in steps, that is worth its end.
  static var shortestChunk: Int { 4 }

  /// How to compute `form`.
  ///
  /// Dense are, because the faster forms would not be exact, or not faster:
  ///
  /// - neurons with adaptive thresholds: a trace of theirs decays by rho - beta psi_j[t], which may come near to zero, so
  ///   nothing that was divided by its running product could be got back;
  /// - membranes or fed kernels without memory, and decays so fast that sums would lose more than
  ///   ``PrefixSums/lostBits`` within four steps: their traces are gone as soon;
  /// - updates fewer than four steps apart, which ask for all weights each time;
  /// - weights that descend at every step and carry errors back at every step, so that all are read: those between hidden
  ///   layers, and those of spiking readouts. A leaky readout's gradient is a product of two vectors, and needs no reading.
  ///
  /// - Parameter carriesErrors: whether learning goes back through the connection.
  func kind<Scalar: LearningScalar>(
    _ form: EligibilityForm<Scalar>, carriesErrors: Bool
  ) -> EligibilityKind {
    let optimiser = configuration.optimiser
    guard configuration.compute.eligibility == .eventDriven, !form.isAdaptive,
      form.membraneDecay > 0, form.filter.map({ $0.membraneDecay > 0 }) ?? true,
      PrefixSums.length(form) >= Self.shortestChunk,
      optimiser.update != .steps || optimiser.everySteps >= Self.shortestChunk
    else { return .dense }
    if form.filter == nil, !form.gatesMembrane, !form.excludesSelf { return .rankOne }
    return optimiser.update == .step && carriesErrors ? .dense : .events
  }

  /// In how many parts threads share a layer of `neurons`: one where weights do not descend at every step from sums.
  func parts<Scalar: LearningScalar>(
    _ form: EligibilityForm<Scalar>, neurons: Int, carriesErrors: Bool
  ) -> Int {
    let isWorthIt =
      neurons >= LaneTeam.smallest * 8 && configuration.optimiser.update == .step
      && kind(form, carriesErrors: carriesErrors) == .events
    return isWorthIt ? configuration.compute.threads : 1
  }

  /// The eligibility of `connection`.
  ///
  /// - Parameter sums: of the postsynaptic layer, for all kinds but dense.
  func make<Scalar: LearningScalar>(
    _ kind: EligibilityKind, _ form: EligibilityForm<Scalar>, _ sums: PrefixSums<Scalar>?,
    _ connection: Connection<Scalar>
  ) -> Eligibility<Scalar> {
    let descends = configuration.optimiser.update == .step
    switch (kind, sums) {
    case (.events, let sums?):
      return .events(
        EventDrivenEligibility(form, sums: sums, connection: connection, descends: descends))
    case (.rankOne, let sums?):
      return .rankOne(
        RankOneEligibility(sums: sums, connection: connection, descends: descends))
    default:
      return .dense(
        DenseEligibility(
          form, rows: connection.stored.rows, columns: connection.stored.columns))
    }
  }
}
