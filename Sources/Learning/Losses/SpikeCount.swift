/// Half the squared distance of the outputs' spike counts n from their targets n*, which are `target` spikes for the
/// label's output and `other` for the rest.
///
/// `spike_count` is known at the trial's end:
///
///     L = 1/2 sum_k (n_k - n*_k)^2        dL/dS_k[t] = n_k - n*_k        dL/dt_k = 0
///
/// as ANTLR's count loss (Kim et al. 2020) and snnTorch's mse_count_loss (Eshraghian et al. 2021), there as rates.
/// `spike_count_online` is known at every step, against targets that grow with time; t counts steps from 1:
///
///     L = 1/H sum_t 1/2 sum_k d_k[t]^2        d_k[t] = n_k[t] - n*_k min(1, t/H)        dL/dY_k[t] = d_k[t] / H
///
/// A few operations for each class, once a trial or once a step.
enum SpikeCount {
  /// Writes dL/dS, the same at every step of the trial, into `spikeError`.
  static func evaluate<Scalar: LearningScalar>(
    counts: [Int32], label: Int, scale: LossScale, spikeError: LaneVector<Scalar>
  ) -> Scalar {
    var sum: Scalar = 0
    for index in counts.indices {
      let distance = Scalar(counts[index]) - Scalar(scale.wanted(index, label))
      spikeError.scalars[index] = distance
      sum += distance * distance
    }
    return sum / 2
  }

  /// Writes dL/dY of `step`, counted from 0, into `error`.
  static func evaluate<Scalar: LearningScalar>(
    online count: LaneVector<Scalar>, label: Int, step: Int, scale: LossScale,
    error: LaneVector<Scalar>
  ) -> Scalar {
    let due = scale.due(in: step)
    let horizon = Scalar(scale.horizon)
    var sum: Scalar = 0
    for index in 0..<count.count {
      let distance = count.scalars[index] - Scalar(scale.wanted(index, label) * due)
      error.scalars[index] = distance / horizon
      sum += distance * distance
    }
    return sum / 2 / horizon
  }
}
