import Events

/// One layer of a network as the model holds it: its neurons' kind, their parameters, and the weights that lead to them.
public final class Layer<Scalar: LearningScalar> {
  let model: NeuronModel<Scalar>
  public let neurons: Int
  /// Whether threads share the layer.
  let isSplit: Bool
  /// Weights from the layer below, or from the input.
  public let input: Connection<Scalar>
  /// Weights of the layer onto itself, one step later; their diagonal is zero.
  public let recurrent: Connection<Scalar>?
  /// One row.
  public let bias: Connection<Scalar>?
  /// theta, one row; it moves with threshold normalisation only.
  public let threshold: Connection<Scalar>
  /// Fixed random weights between this layer and the classes, neurons x classes, for credit that needs them.
  public let feedback: RowMatrix<Scalar>?
  private let transposedFeedback: TransposedMatrix<Scalar>?

  init(
    name: String, inputName: String, _ model: NeuronModel<Scalar>, inputs: Int, neurons: Int,
    isRecurrent: Bool, hasBias: Bool, feedbackColumns: Int?, carriesErrors: Bool, parts: Int = 1
  ) {
    self.model = model
    self.neurons = neurons
    isSplit = parts > 1
    input = Connection(
      name: inputName, inputs: inputs, outputs: neurons, carriesErrors: carriesErrors,
      parts: parts)
    recurrent =
      isRecurrent
      ? Connection(
        name: "\(name).recurrent", inputs: neurons, outputs: neurons, carriesErrors: false,
        parts: parts) : nil
    bias = hasBias ? Connection(name: "\(name).bias", inputs: 1, outputs: neurons) : nil
    threshold = Connection(name: "\(name).threshold", inputs: 1, outputs: neurons)
    for index in 0..<neurons { threshold.stored[0, index] = model.threshold }
    feedback = feedbackColumns.map { RowMatrix(rows: neurons, columns: $0) }
    transposedFeedback = feedback.map { TransposedMatrix($0) }
  }

  /// What one input spike of weight 1 does to a membrane of this layer.
  public var kernel: SynapticKernel<Scalar> { model.kernel }

  /// signal_j = sum_k B_jk error_k, of fixed feedback.
  @inline(__always)
  func feedBack(
    _ error: LaneVector<Scalar>, into signal: LaneVector<Scalar>, lanes: Range<Int>
  ) {
    transposedFeedback?.refresh(lanes: lanes)
    transposedFeedback?.multiply(by: error, into: signal, lanes: lanes)
  }

  /// Notes that all lanes have been fed back.
  @inline(__always)
  func noteFedBack() {
    transposedFeedback?.noteRefreshed()
  }

  /// Notes that ``feedback`` has been replaced.
  func noteNewFeedback() {
    transposedFeedback?.distrust()
  }

  /// What is learned by gradients.
  var connections: [Connection<Scalar>] { [input, recurrent, bias].compactMap { $0 } }
}

extension RowMatrix {
  /// Fills the matrix with normal numbers of mean 0.
  func draw(deviation: Double, seed: UInt64, stream: UInt64) {
    var random = SplitMix64(seed: seed, stream: stream)
    for row in 0..<rows {
      for column in 0..<columns {
        self[row, column] = Scalar(random.nextGaussian() * deviation)
      }
    }
  }
}
