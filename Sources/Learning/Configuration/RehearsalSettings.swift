extension LearnerConfiguration {
  /// Past trials that are kept and learned once more between new ones; see ``Rehearsal``.
  public struct Rehearsal: Codable, Equatable, Sendable {
    /// Trials that are kept; 0 switches it off.
    public var trials = 0
    /// Kept trials that are learned once more after each new one.
    public var perTrial = 1
    /// Most events of a kept trial, 12 bytes each; longer ones are not kept.
    public var eventsPerTrial = 65_536
    /// Longest trial that is kept, in milliseconds.
    public var longest = 10_000

    /// What kept trials may take, in bytes.
    public var memoryBound: Int { trials * eventsPerTrial * EventHistory.bytesPerEvent }

    private enum CodingKeys: String, CodingKey {
      case trials
      case perTrial = "per_trial"
      case eventsPerTrial = "events_per_trial"
      case longest = "longest_ms"
    }
  }

  func checkRehearsal() throws(ConfigurationError) {
    try check("rehearsal.trials", rehearsal.trials, in: 0...100_000)
    try check("rehearsal.per_trial", rehearsal.perTrial, in: 1...100)
    try check("rehearsal.events_per_trial", rehearsal.eventsPerTrial, in: 1...10_000_000)
    try check("rehearsal.longest_ms", rehearsal.longest, in: 1...3_600_000)
    guard rehearsal.trials > 0 else { return }
    let mebibytes = rehearsal.memoryBound >> 20
    try refuse(
      mebibytes > 16_384,
      "rehearsal: \(rehearsal.trials) trials of \(rehearsal.eventsPerTrial) events may take \(mebibytes) MiB, allowed are "
        + "16384; use fewer trials or events_per_trial")
    try refuse(
      stream.historyEvents == 0,
      "rehearsal keeps trials from the kept events of the stream; use stream.history_events above 0"
    )
    try refuse(
      !stream.resetAtTrial,
      "rehearsal learns trials from a cleared state, as if each stood alone; use stream.reset_at_trial: true"
    )
  }
}

/// Files of earlier versions say nothing of it.
extension KeyedDecodingContainer {
  func decode(
    _ type: LearnerConfiguration.Rehearsal.Type, forKey key: Key
  ) throws -> LearnerConfiguration.Rehearsal {
    try decodeIfPresent(type, forKey: key) ?? LearnerConfiguration.Rehearsal()
  }
}
