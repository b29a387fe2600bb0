/// Softmax cross-entropy at every step, on the readout's potentials:
///
///     p_k = exp(y_k) / sum_m exp(y_m)        L = -log p_c        dL/dy_k = p_k - [k = c]
enum SoftmaxCrossEntropy {
  /// Writes dL/dy into `error`.
  ///
  /// - Returns: the loss of this step.
  static func evaluate<Scalar: LearningScalar>(
    _ potential: LaneVector<Scalar>, target: Int, error: LaneVector<Scalar>
  ) -> Scalar {
    let y = potential.scalars
    let gradient = error.scalars
    let count = potential.count
    var largest = y[0]
    for index in 1..<count { largest = Swift.max(largest, y[index]) }
    var sum: Scalar = 0
    for index in 0..<count {
      gradient[index] = Scalar.exponential(y[index] - largest)
      sum += gradient[index]
    }
    for index in 0..<count { gradient[index] /= sum }
    gradient[target] -= 1
    return Scalar.logarithm(sum) - (y[target] - largest)
  }
}
