/// What the network makes of a stream at a time.
public struct Prediction: Equatable, Sendable {
  /// A labelled or announced stretch of a stream.
  public struct Trial: Codable, Equatable, Sendable {
    /// Begin in stream time, microseconds.
    public var begin: Int64
    /// What the label calls it.
    public var name: String?
    /// The class to learn, where it is known.
    public var label: Int?
  }

  /// End of the latest step in stream time, microseconds.
  public var t: Int64
  /// The class of the highest score, the lowest one of several.
  public var predicted: Int
  /// For every class its score over the trial so far (outside trials: over the past, fading), by the configured
  /// decision: a mean, largest or latest potential, a number of spikes, or how early the first one was.
  public var scores: [Float]
  /// Steps since the trial began, or since the score was last cleared.
  public var steps: Int
  /// Addresses that spiked in these steps.
  public var inputSpikes: Int
  /// Hidden spikes in these steps.
  public var hiddenSpikes: Int
  /// Mean loss of the steps that had a label.
  public var loss: Float?
  public var trial: Trial?
  /// Whether the trial has ended with this prediction.
  public var isFinal: Bool
  /// Whether the model learned from the trial.
  public var learned: Bool

  /// Whether the prediction is right, where the label is known.
  public var isCorrect: Bool? { trial?.label.map { $0 == predicted } }
}
