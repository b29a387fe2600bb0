/// Softmax cross-entropy of numbers y, such as the outputs of a step:
///
///     p_k = exp(y_k) / sum_m exp(y_m)        L = -log p_c        dL/dy_k = p_k - [k = c]
///
/// At every step it is `softmax_cross_entropy`, snnTorch's ce_rate_loss on membranes (Eshraghian et al. 2021); a step's
/// loss is known in that step. Of latencies it is ``Latency``. One exponential for each class.
public enum SoftmaxCrossEntropy {
  /// Writes dL/dy into `error`, which may be `potential` itself.
  ///
  /// - Returns: the loss of this step.
  public static func evaluate<Scalar: LearningScalar>(
    _ potential: LaneVector<Scalar>, target: Int, error: LaneVector<Scalar>
  ) -> Scalar {
    let y = potential.scalars
    let gradient = error.scalars
    let count = potential.count
    var largest = y[0]
    for index in 1..<count { largest = Swift.max(largest, y[index]) }
    let wanted = y[target] - largest
    var sum: Scalar = 0
    for index in 0..<count {
      gradient[index] = Scalar.exponential(y[index] - largest)
      sum += gradient[index]
    }
    for index in 0..<count { gradient[index] /= sum }
    gradient[target] -= 1
    return Scalar.logarithm(sum) - wanted
  }
}
