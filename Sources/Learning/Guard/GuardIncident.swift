/// Something that ``CollapseGuard`` found wrong, and what it did.
public struct GuardIncident: Codable, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: String, Codable, CaseIterable, Sendable {
    /// A gradient with infinities or without a value.
    case gradientNotFinite = "gradient_not_finite"
    /// A gradient far larger than those of the recent past.
    case gradientTooLarge = "gradient_too_large"
    /// Weights with infinities or without a value.
    case weightsNotFinite = "weights_not_finite"
    /// Weights far larger than at the last good copy.
    case weightsTooLarge = "weights_too_large"
    /// A hidden layer that hardly spikes.
    case silent
    /// A hidden layer that spikes without pause.
    case saturated
    /// Large gradients have come for so long that they are taken for the new normal.
    case accepted
  }

  public var reason: Reason
  /// A norm, or a mean rate in spikes a second.
  public var value: Double
  /// What it may be.
  public var limit: Double
  /// Trials learned before.
  public var learnedTrials: Int
  /// What the learning rate is multiplied by from now on.
  public var rateFactor: Double
  /// Whether weights and optimiser are those of the last good copy now.
  public var rolledBack: Bool

  private enum CodingKeys: String, CodingKey {
    case reason, value, limit
    case learnedTrials = "learned_trials"
    case rateFactor = "rate_factor"
    case rolledBack = "rolled_back"
  }

  public var description: String {
    let measure = reason == .silent || reason == .saturated ? " Hz" : ""
    let what = reason.rawValue.split(separator: "_").joined(separator: " ")
    let action =
      reason == .accepted
      ? "taken for normal now" : rolledBack ? "rolled back to the last good copy" : "update refused"
    return
      "\(what): \(value)\(measure), limit \(limit)\(measure), after \(learnedTrials) trials; \(action), "
      + "learning rate x \(rateFactor)"
  }
}
