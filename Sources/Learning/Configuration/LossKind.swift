/// The losses. Y are the readout's potentials; behind spiking readouts, their filtered spikes.
public enum LossKind: String, Codable, CaseIterable, Sendable {
  /// Softmax cross-entropy of Y at every step.
  case softmaxCrossEntropy = "softmax_cross_entropy"
  /// Half the squared distance of Y from its targets at every step.
  case meanSquare = "mean_square"
  /// Half the squared distance between filtered output spikes and filtered target spikes at every step.
  case spikeTrain = "spike_train"
  /// Half the squared distance of the spike counts from their targets, at the end of the trial.
  case spikeCount = "spike_count"
  /// The same at every step, against targets that grow with time.
  case spikeCountOnline = "spike_count_online"
  /// The enhanced counting loss, at the end of the trial.
  case enhancedCount = "enhanced_count"
  /// The same at every step, against targets that grow with time.
  case enhancedCountOnline = "enhanced_count_online"
  /// Softmax cross-entropy of how early the outputs first spike, at the end of the trial.
  case latency
  /// The same, each first spike judged by what is known when it happens.
  case latencyOnline = "latency_online"
  /// Half the squared distance of first spikes from their target times, at the end of the trial.
  case spikeTime = "spike_time"
  /// The same, each first spike judged when it happens.
  case spikeTimeOnline = "spike_time_online"

  /// Whether the loss is known only when the trial has ended, so that the trial is run a second time to learn from it.
  public var isKnownAtEnd: Bool {
    switch self {
    case .spikeCount, .enhancedCount, .latency, .spikeTime: true
    default: false
    }
  }

  /// Whether the loss looks at the first spikes only.
  var isOfFirstSpikes: Bool {
    switch self {
    case .latency, .latencyOnline, .spikeTime, .spikeTimeOnline: true
    default: false
    }
  }

  /// Whether the loss counts spikes.
  var isOfCounts: Bool {
    switch self {
    case .spikeCount, .spikeCountOnline, .enhancedCount, .enhancedCountOnline: true
    default: false
    }
  }

  /// Whether the loss is one of filtered outputs, which teach through that filter; the others give the error of a spike
  /// and of its time directly.
  public var isOfFilteredOutputs: Bool {
    switch self {
    case .softmaxCrossEntropy, .meanSquare, .spikeTrain, .spikeCountOnline, .enhancedCountOnline:
      true
    default: false
    }
  }

  /// Whether outputs must spike.
  var needsSpikes: Bool { self != .softmaxCrossEntropy && self != .meanSquare }
}
