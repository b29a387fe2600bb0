/// Half the squared distance between filtered output spikes and filtered target spikes at every step:
///
///     L = 1/2 sum_k (Y_k[t] - Y*_k[t])^2        Y* = the target spikes through eps_L
///     dL/dY_k[t] = Y_k[t] - Y*_k[t]
///
/// The van Rossum distance that ANTLR's spike-train loss is made of (Kim et al. 2020), summed over steps instead of
/// integrated. Target spikes are given for each step, or follow from a label: ``EvenTrain`` with `target` spikes for the
/// label's output and `other` for the rest. A step's loss is known in that step. Four products for each class and step.
struct SpikeTrain<Scalar: LearningScalar> {
  let filter: OutputFilter<Scalar>
  private let ofLabel: EvenTrain
  private let ofOthers: EvenTrain
  /// The outputs that should spike in this step.
  private var wanted: [Int32] = []

  init(_ configuration: LearnerConfiguration, scale: LossScale) {
    filter = OutputFilter(configuration)
    ofLabel = EvenTrain(spikes: scale.target, horizon: scale.horizon)
    ofOthers = EvenTrain(spikes: scale.other, horizon: scale.horizon)
    wanted.reserveCapacity(scale.classes)
  }

  func reset() { filter.reset() }

  /// Writes dL/dY of `step` into `error`.
  mutating func evaluate(
    _ output: LaneVector<Scalar>, target: Target, step: Int, error: LaneVector<Scalar>
  ) -> Scalar {
    switch target {
    case .train(let spikes): filter.step(spikes)
    case .label(let label):
      wanted.removeAll(keepingCapacity: true)
      let (labelSpikes, othersSpike) = (ofLabel.spikes(in: step), ofOthers.spikes(in: step))
      for index in 0..<output.count where index == label ? labelSpikes : othersSpike {
        wanted.append(Int32(index))
      }
      filter.step(wanted)
    }
    return MeanSquare.evaluate(output, target: filter.output, error: error)
  }
}
