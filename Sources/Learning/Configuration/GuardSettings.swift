extension LearnerConfiguration {
  /// When learning has gone wrong, and how it is put right; see ``CollapseGuard``.
  public struct CollapseGuard: Codable, Equatable, Sendable {
    public var enabled = false
    /// Largest norm of a gradient, in units of the largest of the recent past; 0 for no limit.
    public var gradientLimit = 8.0
    /// Largest norm of all weights, in units of the one at the last good copy; 0 for no limit.
    public var weightLimit = 2.0
    /// Least mean rate of a hidden layer in spikes a second; 0 for no limit.
    public var lowestRate = 0.05
    /// Largest mean rate of a hidden layer in spikes a second; 0 for no limit.
    public var highestRate = 150.0
    /// Updates (with `update: step`, trials) between looks at weights and rates.
    public var checkEvery = 1
    /// Good looks between copies of weights and optimiser.
    public var copyEvery = 100
    /// Good looks in which a rate that was halved doubles again.
    public var recovery = 500
    /// Gradients refused in a row after which such gradients are taken for the new normal.
    public var patience = 50

    private enum CodingKeys: String, CodingKey {
      case enabled, recovery, patience
      case gradientLimit = "gradient_limit"
      case weightLimit = "weight_limit"
      case lowestRate = "lowest_rate_hz"
      case highestRate = "highest_rate_hz"
      case checkEvery = "check_every"
      case copyEvery = "copy_every"
    }
  }

  func checkGuard() throws(ConfigurationError) {
    try check("guard.gradient_limit", collapseGuard.gradientLimit, in: 0...1e12)
    try check("guard.weight_limit", collapseGuard.weightLimit, in: 0...1e12)
    try check("guard.lowest_rate_hz", collapseGuard.lowestRate, in: 0...1e6)
    try check("guard.highest_rate_hz", collapseGuard.highestRate, in: 0...1e6)
    try check("guard.check_every", collapseGuard.checkEvery, in: 1...1_000_000)
    try check("guard.copy_every", collapseGuard.copyEvery, in: 1...1_000_000)
    try check("guard.recovery", collapseGuard.recovery, in: 1...1_000_000_000)
    try check("guard.patience", collapseGuard.patience, in: 1...1_000_000_000)
    for (name, limit) in [
      ("gradient_limit", collapseGuard.gradientLimit), ("weight_limit", collapseGuard.weightLimit),
    ] {
      try refuse(
        limit > 0 && limit <= 1,
        "guard.\(name) is \(limit): with a limit of 1 or less whatever is larger than before would be refused; use more "
          + "than 1, or 0 for no limit")
    }
    try refuse(
      collapseGuard.highestRate > 0 && collapseGuard.highestRate <= collapseGuard.lowestRate,
      "guard.highest_rate_hz is \(collapseGuard.highestRate), not above lowest_rate_hz \(collapseGuard.lowestRate)"
    )
  }
}

/// Files of earlier versions say nothing of it.
extension KeyedDecodingContainer {
  func decode(
    _ type: LearnerConfiguration.CollapseGuard.Type, forKey key: Key
  ) throws -> LearnerConfiguration.CollapseGuard {
    try decodeIfPresent(type, forKey: key) ?? LearnerConfiguration.CollapseGuard()
  }
}
