extension ScoreKeeper {
  /// All that scores so far depend on, as plain numbers for a checkpoint. Floats are bit patterns, so that every bit
  /// survives a text.
  public struct Contents: Codable, Equatable, Sendable {
    /// One number for each class, by decision.
    public var values: [UInt32]
    public var weight: UInt32
    public var lossSum: UInt32
    public var steps: Int
    public var lossSteps: Int
    public var inputSpikes: Int
    public var hiddenSpikes: Int

    private enum CodingKeys: String, CodingKey {
      case values, weight, steps
      case lossSum = "loss_sum"
      case lossSteps = "loss_steps"
      case inputSpikes = "input_spikes"
      case hiddenSpikes = "hidden_spikes"
    }
  }
}
