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
  /// Neurons that spiked in the latest step.
  let fired: SpikeList
  /// Neurons that spiked in the step before.
  let earlier: SpikeList
  /// Neurons that could not spike in the latest step.
  private let blocked: SpikeList
  /// Spikes of each neuron since the reset, up to the largest number that fits.
  let spikeCounts: NeuronCounts
  /// Steps for which each neuron is still refractory.
  let rest: NeuronCounts
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
    fired = SpikeList(neurons: count)
    earlier = SpikeList(neurons: count)
    blocked = SpikeList(neurons: count)
    spikeCounts = NeuronCounts(neurons: count)
    rest = NeuronCounts(neurons: count)
    keepEverything()
  }

  /// Neurons that spiked in the latest step, ascending.
  public var spikes: [Int32] { Array(fired.members) }

  func reset() {
    for vector in [membrane, current, adaptation, distance, previous, input] { vector.clear() }
    for list in [fired, earlier, blocked] { list.removeAll() }
    spikeCounts.clear()
    rest.clear()
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
    fired.replace(with: spikes)
    self.earlier.replace(with: earlier)
    keepEverything()
    gate(self.earlier, membrane: 0, current: 0)
  }

  /// One step. Consumes ``input``.
  ///
  /// - Parameters:
  ///   - threshold: theta, one row.
  ///   - bias: one row, or nothing.
  func step(threshold: RowMatrix<Scalar>, bias: RowMatrix<Scalar>?) {
    begin()
    integrate(threshold: threshold, bias: bias, lanes: 0..<membrane.laneCount)
    fire()
  }

  /// Opens a step: the spikes of the latest one become the earlier ones, and act.
  @inline(__always)
  func begin() {
    guard model.isSpiking else { return }
    gate(earlier, membrane: model.kernel.membraneDecay, current: model.kernel.currentDecay)
    earlier.replace(with: fired.members)
    gate(earlier, membrane: 0, current: 0)
  }

  @inline(__always)
  private func gate(_ neurons: SpikeList, membrane: Scalar, current: Scalar) {
    guard model.reset.clearsMembrane else { return }
    for index in neurons.members {
      keptMembrane.scalars[Int(index)] = membrane
      if model.reset.clearsCurrent { keptCurrent.scalars[Int(index)] = current }
    }
  }

  /// The neurons of `lanes` take their input, and what their spikes leave.
  @inline(__always)
  func integrate(threshold: RowMatrix<Scalar>, bias: RowMatrix<Scalar>?, lanes: Range<Int>) {
    if model.isSpiking && model.hasTiming { recallMembrane(threshold, lanes) }
    integrate(bias, lanes)
    guard model.isSpiking else { return }
    if !model.reset.clearsMembrane {
      let (v, theta) = (membrane.scalars, threshold.scalars(ofRow: 0))
      for index in earlier.members.lazy.map(Int.init) where lanes.contains(index / 8) {
        v[index] -= theta[index]
      }
    }
    measure(threshold, lanes)
  }

  /// P = V[t-1] after its reset.
  private func recallMembrane(_ threshold: RowMatrix<Scalar>, _ lanes: Range<Int>) {
    let (v, p) = (membrane.lanes, previous.lanes)
    for lane in lanes { p[lane] = v[lane] }
    let theta = threshold.scalars(ofRow: 0)
    for index in earlier.members.lazy.map(Int.init) where lanes.contains(index / 8) {
      if model.reset.clearsMembrane {
        previous.scalars[index] = 0
      } else {
        previous.scalars[index] -= theta[index]
      }
    }
  }

  @inline(__always)
  private func integrate(_ bias: RowMatrix<Scalar>?, _ lanes: Range<Int>) {
    let (v, i, source) = (membrane.lanes, current.lanes, input.lanes)
    let (keptV, keptI) = (keptMembrane.lanes, keptCurrent.lanes)
    let scale = model.kernel.scale
    if model.kernel.currentDecay == 0 {
      for lane in lanes {
        v[lane] = Scalar.withoutVanishing(v[lane] * keptV[lane] + source[lane])
        source[lane] = .zero
      }
    } else {
      for lane in lanes {
        i[lane] = Scalar.withoutVanishing(i[lane] * keptI[lane] + source[lane])
        v[lane] = Scalar.withoutVanishing(v[lane] * keptV[lane] + i[lane] * scale)
        source[lane] = .zero
      }
    }
    guard let bias = bias?.row(0) else { return }
    for lane in lanes { v[lane] += bias[lane] }
  }

  @inline(__always)
  private func measure(_ threshold: RowMatrix<Scalar>, _ lanes: Range<Int>) {
    let (v, d, theta) = (membrane.lanes, distance.lanes, threshold.row(0))
    guard model.isAdaptive else {
      for lane in lanes { d[lane] = v[lane] - theta[lane] }
      return
    }
    let a = adaptation.lanes
    for lane in lanes { a[lane] = Scalar.withoutVanishing(a[lane] * model.adaptationDecay) }
    for index in earlier.members.lazy.map(Int.init) where lanes.contains(index / 8) {
      adaptation.scalars[index] += 1
    }
    for lane in lanes { d[lane] = v[lane] - theta[lane] - a[lane] * model.adaptation }
  }

  /// Closes a step: who is above the threshold spikes.
  @inline(__always)
  func fire() {
    guard model.isSpiking else { return }
    fired.removeAll()
    if model.canBeBlocked {
      fireUnlessBlocked()
    } else {
      for lane in 0..<distance.laneCount {
        var above = Scalar.notNegative(distance.lanes[lane])
        while above != 0 {
          let index = lane * 8 + above.trailingZeroBitCount
          // Beyond the last neuron everything is zero.
          if index < count { fired.append(index) }
          above &= above - 1
        }
      }
    }
    let counts = spikeCounts.numbers
    for index in fired.members.lazy.map(Int.init) where counts[index] < .max {
      counts[index] += 1
    }
  }

  private func fireUnlessBlocked() {
    blocked.removeAll()
    let (d, rest, counts) = (distance.scalars, rest.numbers, spikeCounts.numbers)
    for index in 0..<count {
      let isResting = rest[index] > 0
      if isResting { rest[index] -= 1 }
      if isResting || (model.isSingleSpike && counts[index] > 0) {
        blocked.append(index)
      } else if d[index] >= 0 {
        fired.append(index)
        rest[index] = model.refractorySteps
      }
    }
  }

  /// psi of every neuron; zero where it could not spike.
  @inline(__always)
  func evaluate(
    _ surrogate: SurrogateGradient, into psi: LaneVector<Scalar>, lanes: Range<Int>
  ) {
    surrogate.evaluate(distance: distance, into: psi, lanes: lanes)
    for index in blocked.members where lanes.contains(Int(index) / 8) {
      psi.scalars[Int(index)] = 0
    }
  }

  /// T_j = -S_j / max(V_j - P_j, floor), the derivative of the spike's time with respect to the membrane (Kim et al. 2020).
  ///
  /// - Parameter factors: holds those of the step before, and then of this one.
  func evaluateTiming(into factors: LaneVector<Scalar>) {
    factors.clear()
    for index in fired.members.lazy.map(Int.init) {
      let slope = membrane.scalars[index] - previous.scalars[index]
      factors.scalars[index] = -1 / max(slope, model.slopeFloor)
    }
  }
}
