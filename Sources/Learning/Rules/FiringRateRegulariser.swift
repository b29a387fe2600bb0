/// Draws the firing rates of a hidden layer to where they should be by adding to its learning signals:
///
///     r_j[t]  = rho r_j[t-1] + (1 - rho) S_j[t]        rho = exp(-dt / tau_rate)
///     l_j[t] += strength (r_j[t] - target)                          each neuron to a target
///     l_j[t] += ceiling max(0, 1/N sum_h r_h[t] - ceiling rate)     all neurons down, while their mean is too high
///     l_j[t] -= floor max(0, floor rate - r_j[t])                   a neuron up that hardly spikes
///
/// Rates are in spikes a step. They live with the model, not with a trial, begin at the target, and move only in steps
/// that are learned from. After Bellec et al. 2020 (supplement, firing-rate regularisation) and Zenke and Vogels 2021
/// (population ceiling, neuron floor), with running averages in place of averages over trials, and through the same
/// eligibility as the task: a neuron too far below its threshold for the surrogate is not reached.
final class FiringRateRegulariser<Scalar: LearningScalar> {
  private let strength: Scalar
  private let target: Scalar
  private let ceiling: Scalar
  private let ceilingRate: Scalar
  private let floor: Scalar
  private let floorRate: Scalar
  private let decay: Scalar
  /// Running rate of every neuron, in spikes a step.
  let rate: LaneVector<Scalar>

  /// - Parameter milliseconds: dt.
  init(neurons: Int, _ settings: LearnerConfiguration.Regulariser, milliseconds: Double) {
    func perStep(_ rate: Double) -> Scalar { Scalar(rate * milliseconds / 1000) }
    strength = Scalar(settings.strength)
    target = perStep(settings.targetRate)
    ceiling = Scalar(settings.ceiling)
    ceilingRate = perStep(settings.ceilingRate)
    floor = Scalar(settings.floor)
    floorRate = perStep(settings.floorRate)
    decay = Scalar(Double.exponential(-milliseconds / settings.tau))
    rate = LaneVector(count: neurons)
    rate.contents = [Scalar](repeating: target, count: neurons)
  }

  /// The layer's mean rate above the ceiling.
  private let excess = LaneVector<Scalar>(count: 1)

  /// Takes the spikes of a step in.
  func advance(spikes: Indices) {
    let r = rate.scalars
    for lane in 0..<rate.laneCount {
      rate.lanes[lane] = Scalar.withoutVanishing(rate.lanes[lane] * decay)
    }
    for index in spikes { r[Int(index)] += 1 - decay }
    if ceiling != 0 { excess.scalars[0] = max(0, mean - ceilingRate) }
  }

  /// Adds to the learning signal of the neurons of `lanes`.
  @inline(__always)
  func apply(to learningSignal: LaneVector<Scalar>, lanes: Range<Int>) {
    let (r, signal) = (rate.scalars, learningSignal.scalars)
    let range = (lanes.lowerBound * 8..<lanes.upperBound * 8).clamped(to: 0..<rate.count)
    if strength != 0 { for index in range { signal[index] += strength * (r[index] - target) } }
    if ceiling != 0 {
      let push = ceiling * excess.scalars[0]
      for index in range { signal[index] += push }
    }
    if floor != 0 { for index in range { signal[index] -= floor * max(0, floorRate - r[index]) } }
  }

  /// The layer's mean rate.
  var mean: Scalar {
    var sum = SIMD8<Scalar>.zero
    for lane in 0..<rate.laneCount { sum += rate.lanes[lane] }
    return Kernels.total(sum) / Scalar(rate.count)
  }
}
