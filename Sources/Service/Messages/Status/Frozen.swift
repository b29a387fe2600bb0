extension EngineStatus {
  /// How a frozen copy of the weights does beside the learning ones: both are judged by the same trials.
  public struct Frozen: Codable, Equatable, Sendable {
    /// Number of the weights that were copied.
    public var weightsSequence: UInt64 = 0
    /// Labelled trials that began and ended since.
    public var labelledTrials = 0
    /// Of these, predicted right by the learning weights and by the copy.
    public var correctTrials = 0
    public var frozenCorrectTrials = 0
    /// The parts that were right of the last 100 trials.
    public var recentAccuracy: Double?
    public var frozenRecentAccuracy: Double?

    private enum CodingKeys: String, CodingKey {
      case weightsSequence = "weights_seq"
      case labelledTrials = "labelled_trials"
      case correctTrials = "correct_trials"
      case frozenCorrectTrials = "frozen_correct_trials"
      case recentAccuracy = "recent_accuracy"
      case frozenRecentAccuracy = "frozen_recent_accuracy"
    }
  }
}
