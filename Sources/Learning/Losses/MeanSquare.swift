/// Half the squared distance of the outputs from their targets at every step:
///
///     L = 1/2 sum_k (Y_k - y*_k)^2        y* = target for the label's output, other for the rest
///     dL/dY_k = Y_k - y*_k
///
/// snnTorch's mse_membrane_loss (Eshraghian et al. 2021) without its means over steps and classes. Targets are potentials
/// or, behind spiking readouts, filtered spikes; a step's loss is known in that step. One subtraction for each class.
public enum MeanSquare {
  /// Writes dL/dY into `error`.
  ///
  /// - Returns: the loss of this step.
  public static func evaluate<Scalar: LearningScalar>(
    _ output: LaneVector<Scalar>, label: Int, target: Scalar, other: Scalar,
    error: LaneVector<Scalar>
  ) -> Scalar {
    let (y, gradient) = (output.scalars, error.scalars)
    var sum: Scalar = 0
    for index in 0..<output.count {
      let distance = y[index] - (index == label ? target : other)
      gradient[index] = distance
      sum += distance * distance
    }
    return sum / 2
  }

  /// The same against a target for each output.
  static func evaluate<Scalar: LearningScalar>(
    _ output: LaneVector<Scalar>, target: LaneVector<Scalar>, error: LaneVector<Scalar>
  ) -> Scalar {
    let (y, wanted, gradient) = (output.scalars, target.scalars, error.scalars)
    var sum: Scalar = 0
    for index in 0..<output.count {
      let distance = y[index] - wanted[index]
      gradient[index] = distance
      sum += distance * distance
    }
    return sum / 2
  }
}
