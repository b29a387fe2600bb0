/// Half the squared distance of first spikes from their target times:
///
///     L = 1/2 sum_k ((t_k - t*_k) dt / tau)^2        t_k = T for a silent output
///     dL/dt_k = (t_k - t*_k) (dt / tau)^2 at the first spike of k
///
/// snnTorch's mse_temporal_loss (Eshraghian et al. 2021), in units of tau. t_k is the step of the first spike, from 0; t* is
/// `target` ms for the label's output and `other` ms for the rest.
///
/// `spike_time` is known at the trial's end, T its number of steps. `spike_time_online` judges each first spike when it
/// happens, which gives the same gradient; its loss so far has T = H, the expected number of steps. A few operations for
/// each class, once a trial or once a step.
enum SpikeTime {
  /// Writes dL/dt of every output that has spiked into `timeError`, 0 for the others.
  ///
  /// - Parameter end: T.
  static func evaluate<Scalar: LearningScalar>(
    _ first: FirstSpikes, end: Double, label: Int, scale: LossScale,
    timeError: LaneVector<Scalar>
  ) -> Scalar {
    let unit = Scalar(scale.stepOverTau)
    var sum: Scalar = 0
    for index in first.step.indices {
      let steps = first.time(index, silent: end) - scale.wantedStep(index, label)
      let distance = Scalar(steps) * unit
      timeError.scalars[index] = first.step[index] < 0 ? 0 : distance * unit
      sum += distance * distance
    }
    return sum / 2
  }
}
