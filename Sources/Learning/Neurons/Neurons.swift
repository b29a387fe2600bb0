/// The neurons of one layer: currents, membranes, and the spikes of the latest two steps.
///
///     I_j[t] = a_I r_j I_j[t-1] + sum_i w_ij S_i[t]
///     V_j[t] = a_V q_j V_j[t-1] + b_V I_j[t] + bias_j       (reset subtract: - theta_j S_j[t-1], and q_j = 1)
///     A_j[t] = rho A_j[t-1] + S_j[t-1]
///     S_j[t] = 1 if V_j[t] >= theta_j + beta A_j[t] and nothing keeps j from spiking
///
/// An input spike acts in the step in which it arrives; a reset acts one step after the spike. The current-based neuron is
/// that of Kim et al. 2020 (ANTLR, equations 1 to 3), the adaptive one that of Bellec et al. 2020 (equations 6 to 8),
/// with the symbols of the page <doc:OneStep>.
public final class Neurons<Scalar: LearningScalar> {
  /// Membrane potentials V.
  public let membrane: LaneVector<Scalar>
  /// Synaptic currents I.
  public let current: LaneVector<Scalar>
  /// Rises of the thresholds, A.
  public let adaptation: LaneVector<Scalar>
  /// V - theta - beta A.
  let distance: LaneVector<Scalar>
  /// P, what was left of the membrane before the latest step.
  let previous: LaneVector<Scalar>
  /// a_V q and a_I r: what is kept of membrane and current from the last step to this one.
  let keptMembrane: LaneVector<Scalar>
  let keptCurrent: LaneVector<Scalar>
  /// Summed input of the step; zero between steps.
  let input: LaneVector<Scalar>
  /// Neurons that spiked in the latest step, ascending.
  public internal(set) var spikes: [Int32] = []
  /// Neurons that spiked in the step before, ascending.
  public internal(set) var earlierSpikes: [Int32] = []
  /// Neurons that could not spike in the latest step.
  private(set) var blocked: [Int32] = []
  /// Spikes of each neuron since the reset, up to the largest number that fits.
  public internal(set) var spikeCounts: [Int32]
  /// Steps for which each neuron is still refractory.
  var rest: [Int32]
  let model: NeuronModel<Scalar>
  private let count: Int

  init(_ model: NeuronModel<Scalar>, count: Int) {
    self.model = model
    self.count = count
    membrane = LaneVector(count: count)
    current = LaneVector(count: count)
    adaptation = LaneVector(count: count)
    distance = LaneVector(count: count)
    previous = LaneVector(count: count)
    keptMembrane = LaneVector(count: count)
    keptCurrent = LaneVector(count: count)
    input = LaneVector(count: count)
    spikeCounts = [Int32](repeating: 0, count: count)
    rest = [Int32](repeating: 0, count: count)
    spikes.reserveCapacity(count)
    earlierSpikes.reserveCapacity(count)
    keepEverything()
  }

  func reset() {
    for vector in [membrane, current, adaptation, distance, previous, input] { vector.clear() }
    spikes.removeAll(keepingCapacity: true)
    earlierSpikes.removeAll(keepingCapacity: true)
    blocked.removeAll(keepingCapacity: true)
    for index in 0..<count {
      spikeCounts[index] = 0
      rest[index] = 0
    }
    keepEverything()
  }

  /// Without spikes nothing is gated.
  private func keepEverything() {
    let (membraneDecay, currentDecay) = (model.kernel.membraneDecay, model.kernel.currentDecay)
    for index in 0..<count {
      keptMembrane.scalars[index] = membraneDecay
      keptCurrent.scalars[index] = currentDecay
    }
  }

  /// Takes spikes of a step over as if they had just happened, from a checkpoint.
  func restore(spikes: [Int32], earlier: [Int32]) {
    self.spikes = spikes
    earlierSpikes = earlier
    keepEverything()
    gate(earlier, membrane: 0, current: 0)
  }

  /// One step. Consumes ``input``.
  ///
  /// - Parameters:
  ///   - threshold: theta, one row.
  ///   - bias: one row, or nothing.
  func step(threshold: RowMatrix<Scalar>, bias: RowMatrix<Scalar>?) {
    swap(&spikes, &earlierSpikes)
    if model.isSpiking {
      restoreGates()
      recallMembrane(threshold)
    }
    integrate(bias)
    guard model.isSpiking else { return }
    if !model.reset.clearsMembrane {
      for index in earlierSpikes {
        membrane.scalars[Int(index)] -= threshold.scalars(ofRow: 0)[Int(index)]
      }
    }
    measure(threshold)
    fire()
  }

  /// `spikes` still holds the spikes of two steps ago: their gates open again, those of the last step close.
  private func restoreGates() {
    guard model.reset.clearsMembrane else { return }
    gate(spikes, membrane: model.kernel.membraneDecay, current: model.kernel.currentDecay)
    gate(earlierSpikes, membrane: 0, current: 0)
  }

  private func gate(_ neurons: [Int32], membrane: Scalar, current: Scalar) {
    guard model.reset.clearsMembrane else { return }
    for index in neurons {
      keptMembrane.scalars[Int(index)] = membrane
      if model.reset.clearsCurrent { keptCurrent.scalars[Int(index)] = current }
    }
  }

  /// P = V[t-1] after its reset.
  private func recallMembrane(_ threshold: RowMatrix<Scalar>) {
    let (v, p) = (membrane.lanes, previous.lanes)
    for lane in 0..<membrane.laneCount { p[lane] = v[lane] }
    for index in earlierSpikes.lazy.map(Int.init) {
      if model.reset.clearsMembrane {
        previous.scalars[index] = 0
      } else {
        previous.scalars[index] -= threshold.scalars(ofRow: 0)[index]
      }
    }
  }

  private func integrate(_ bias: RowMatrix<Scalar>?) {
    let (v, i, source) = (membrane.lanes, current.lanes, input.lanes)
    let (keptV, keptI) = (keptMembrane.lanes, keptCurrent.lanes)
    let scale = model.kernel.scale
    if model.kernel.currentDecay == 0 {
      for lane in 0..<membrane.laneCount {
        v[lane] = Kernels.withoutVanishing(v[lane] * keptV[lane] + source[lane])
        source[lane] = .zero
      }
    } else {
      for lane in 0..<membrane.laneCount {
        i[lane] = Kernels.withoutVanishing(i[lane] * keptI[lane] + source[lane])
        v[lane] = Kernels.withoutVanishing(v[lane] * keptV[lane] + i[lane] * scale)
        source[lane] = .zero
      }
    }
    guard let bias = bias?.row(0) else { return }
    for lane in 0..<membrane.laneCount { v[lane] += bias[lane] }
  }

  private func measure(_ threshold: RowMatrix<Scalar>) {
    let (v, d, theta) = (membrane.lanes, distance.lanes, threshold.row(0))
    if model.isAdaptive {
      let a = adaptation.lanes
      for lane in 0..<membrane.laneCount {
        a[lane] = Kernels.withoutVanishing(a[lane] * model.adaptationDecay)
      }
      for index in earlierSpikes { adaptation.scalars[Int(index)] += 1 }
      for lane in 0..<membrane.laneCount {
        d[lane] = v[lane] - theta[lane] - a[lane] * model.adaptation
      }
    } else {
      for lane in 0..<membrane.laneCount { d[lane] = v[lane] - theta[lane] }
    }
  }

  private func fire() {
    spikes.removeAll(keepingCapacity: true)
    let d = distance.scalars
    if model.canBeBlocked {
      blocked.removeAll(keepingCapacity: true)
      for index in 0..<count {
        let isResting = rest[index] > 0
        if isResting { rest[index] -= 1 }
        if isResting || (model.isSingleSpike && spikeCounts[index] > 0) {
          blocked.append(Int32(index))
        } else if d[index] >= 0 {
          spikes.append(Int32(index))
          rest[index] = model.refractorySteps
        }
      }
    } else {
      for index in 0..<count where d[index] >= 0 { spikes.append(Int32(index)) }
    }
    for index in spikes.lazy.map(Int.init) where spikeCounts[index] < .max {
      spikeCounts[index] += 1
    }
  }

  /// psi of every neuron; zero where it could not spike.
  func evaluate(_ surrogate: SurrogateGradient, into psi: LaneVector<Scalar>) {
    surrogate.evaluate(distance: distance, into: psi)
    for index in blocked { psi.scalars[Int(index)] = 0 }
  }

  /// T_j = -S_j / max(V_j - P_j, floor), the derivative of the spike's time with respect to the membrane (Kim et al. 2020).
  ///
  /// - Parameter factors: holds those of the step before, and then of this one.
  func evaluateTiming(into factors: LaneVector<Scalar>) {
    factors.clear()
    for index in spikes.lazy.map(Int.init) {
      let slope = membrane.scalars[index] - previous.scalars[index]
      factors.scalars[index] = -1 / max(slope, model.slopeFloor)
    }
  }
}
