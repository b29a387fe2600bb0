/// Softmax cross-entropy of how early the outputs first spike:
///
///     z_k = (T - t_k) dt / tau, 0 for a silent output        L = -log softmax(z)_c
///     dL/dt_k = -(p_k - [k = c]) dt / tau at the first spike of k
///
/// snnTorch's ce_temporal_loss (Eshraghian et al. 2021) with latencies taken from the end, and ANTLR's latency loss (Kim et
/// al. 2020). t_k is the step of the first spike, from 0; tau is the temperature in milliseconds; the gradient is one a step.
///
/// `latency` is known at the trial's end, T its number of steps. `latency_online` has T = H, the expected number, and z = 0
/// for outputs that have not spiked yet: each first spike is judged by what is known when it happens. One exponential for
/// each class, once a trial or once a step.
enum Latency {
  /// Writes dL/dt of every output that has spiked into `timeError`, 0 for the others.
  ///
  /// - Parameter end: T.
  static func evaluate<Scalar: LearningScalar>(
    _ first: FirstSpikes, end: Double, label: Int, scale: LossScale,
    timeError: LaneVector<Scalar>
  ) -> Scalar {
    let z = timeError.scalars
    for index in first.step.indices {
      z[index] = Scalar((end - first.time(index, silent: end)) * scale.stepOverTau)
    }
    let loss = SoftmaxCrossEntropy.evaluate(timeError, target: label, error: timeError)
    let slope = -Scalar(scale.stepOverTau)
    for index in first.step.indices {
      z[index] = first.step[index] < 0 ? 0 : z[index] * slope
    }
    return loss
  }
}
