import Learning

/// A prediction as JSON on `prediction/<model>/`, and in a single frame on `latest/<model>/`.
public struct PredictionMessage: Codable, Equatable, Sendable {
  public struct Trial: Codable, Equatable, Sendable {
    /// Begin in stream time, microseconds.
    public var begin: Int64
    public var name: String?

    private enum CodingKeys: String, CodingKey {
      case name
      case begin = "t_begin"
    }
  }

  /// What the name of the model ends with where a frozen copy predicts.
  public static let frozenSuffix = ".frozen"

  public var v = 1
  public var model: String
  public var source: String
  /// Number of the prediction; a gap means that some were lost on the way.
  public var sequence: UInt64
  /// Stream time in microseconds.
  public var t: Int64
  /// The class of the highest score.
  public var predicted: Int
  /// Mean readout of every class.
  public var scores: [Float]
  public var steps: Int
  public var hiddenSpikes: Int
  /// Number of the weights that predicted.
  public var weightsSequence: UInt64
  /// Whether the trial has ended with this prediction.
  public var isFinal: Bool
  public var trial: Trial?
  /// The label, where it is known.
  public var label: Int?
  /// Whether the prediction is right, where the label is known.
  public var isCorrect: Bool?
  /// Whether the model learned from the trial, after this prediction.
  public var learned: Bool
  /// Mean loss of the trial's steps.
  public var loss: Float?

  private enum CodingKeys: String, CodingKey {
    case v, model, source, t, scores, steps, trial, label, learned, loss
    case sequence = "seq"
    case predicted = "class"
    case hiddenSpikes = "hidden_spikes"
    case weightsSequence = "weights_seq"
    case isFinal = "final"
    case isCorrect = "correct"
  }

  init(
    v: Int, model: String, source: String, sequence: UInt64, t: Int64, predicted: Int,
    scores: [Float], steps: Int, hiddenSpikes: Int, weightsSequence: UInt64, isFinal: Bool,
    trial: Trial?, label: Int?, isCorrect: Bool?, learned: Bool, loss: Float?
  ) {
    (self.v, self.model, self.source, self.sequence, self.t) = (v, model, source, sequence, t)
    (self.predicted, self.scores, self.steps) = (predicted, scores, steps)
    (self.hiddenSpikes, self.weightsSequence) = (hiddenSpikes, weightsSequence)
    (self.isFinal, self.trial, self.label, self.isCorrect) = (isFinal, trial, label, isCorrect)
    (self.learned, self.loss) = (learned, loss)
  }

  init(
    _ prediction: Prediction, model: String, source: String, sequence: UInt64,
    weightsSequence: UInt64
  ) {
    self.model = model
    self.source = source
    self.sequence = sequence
    self.weightsSequence = weightsSequence
    t = prediction.t
    predicted = prediction.predicted
    scores = prediction.scores
    steps = prediction.steps
    hiddenSpikes = prediction.hiddenSpikes
    isFinal = prediction.isFinal
    trial = prediction.trial.map { Trial(begin: $0.begin, name: $0.name) }
    label = prediction.trial?.label
    isCorrect = prediction.isCorrect
    learned = prediction.learned
    loss = prediction.loss
  }
}
