/// The enhanced counting loss (Zhu et al. 2023): as ``SpikeCount``, but too many spikes are no fault of the label's
/// output c, and too few none of the others.
///
///     d_c = min(n_c - n*_c, 0)        d_k = max(n_k - n*_k, 0) for the others
///
/// `enhanced_count` is known at the trial's end, after T steps:
///
///     L = 1/2 sum_k m_k d_k^2 / T
///     dL/dS_k[t] = m_k d_k / T        dL/dt_k[t] = -m_k d_k / (T n_k) at each of its spikes
///
/// m_k is 1, but for the label's output max(R / 10, 1), which makes up for the many outputs that push the other way. R is
/// the running ratio of the others' spikes to the label's; the network keeps it. `enhanced_count_online` has no such
/// factor and is known at every step, against targets that grow as in ``SpikeCount``:
///
///     L = 1/H sum_t 1/2 sum_k d_k[t]^2        dL/dY_k[t] = d_k[t] / H
///
/// A few operations for each class, once a trial or once a step.
public enum EnhancedCount {
  /// The running ratio R after a learned trial: 0.99 R + 0.01 others / max(n_c, 1). It begins with 1.
  ///
  /// - Parameter ratio: R so far.
  public static func updated<Scalar: LearningScalar>(
    ratio: Scalar, record: OutputRecord, label: Int
  ) -> Scalar {
    precondition(record.counts.indices.contains(label), "label \(label)")
    var others: Int64 = 0
    for index in record.counts.indices where index != label {
      others += Int64(record.counts[index])
    }
    let present = Scalar(others) / Scalar(max(record.counts[label], 1))
    return 0.99 * ratio + 0.01 * present
  }

  /// Writes dL/dS, the same at every step of the trial, and dL/dt, the same at every spike of an output.
  static func evaluate<Scalar: LearningScalar>(
    counts: [Int32], steps: Int, label: Int, ratio: Scalar, scale: LossScale,
    spikeError: LaneVector<Scalar>, timeError: LaneVector<Scalar>
  ) -> Scalar {
    let length = Scalar(steps)
    var sum: Scalar = 0
    for index in counts.indices {
      let count = Scalar(counts[index])
      let fault = fault(count - Scalar(scale.wanted(index, label)), isLabel: index == label)
      let weighted = index == label ? max(ratio / 10, 1) * fault : fault
      spikeError.scalars[index] = weighted / length
      timeError.scalars[index] = count > 0 ? -weighted / (length * count) : 0
      sum += weighted * fault
    }
    return sum / 2 / length
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
      let fault = fault(distance, isLabel: index == label)
      error.scalars[index] = fault / horizon
      sum += fault * fault
    }
    return sum / 2 / horizon
  }

  @inline(__always)
  private static func fault<Scalar: LearningScalar>(
    _ distance: Scalar, isLabel: Bool
  ) -> Scalar {
    isLabel ? min(distance, 0) : max(distance, 0)
  }
}
