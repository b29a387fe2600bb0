/// e-prop for LIF neurons in its plain form: every live synapse is brought forward in every step.
///
/// With x_i the presynaptic trace, psi_j the surrogate and l_j the learning signal (Bellec et al. 2020, equations 3,
/// 22 and 28; the reset is not differentiated):
///
///     x_i[t]  = a x_i[t-1] + S_i[t]
///     e_ij[t] = kappa e_ij[t-1] + psi_j[t] x_i[t]
///     g_ij   += l_j[t] e_ij[t]
///
/// For one hidden layer and a leaky readout of decay kappa, g is the gradient of the summed loss.
///
/// A row lives from its first input spike until neither its trace nor a bound on its eligibilities exceeds
/// ``negligible``; then both are set to zero. Rows that never spiked cost nothing. In a row whose input keeps spiking,
/// eligibilities of neurons far from their threshold decay alone; now and then those that have vanished are set to zero.
///
/// - Complexity: 5 operations a step for each synapse of a live row; 2 numbers of state for each synapse.
final class DenseEprop<Scalar: LearningScalar>: Eligibility {
  /// Below this a trace is zero: after 28 time constants, and far above numbers too small for full speed.
  static var negligible: Scalar { 1e-12 }

  let gradient: GradientSums<Scalar>
  private let inputDecay: Scalar
  private let filterDecay: Scalar
  private let largestSurrogate: Scalar
  private let eligibility: RowMatrix<Scalar>
  private let trace: LaneVector<Scalar>
  private let bound: LaneVector<Scalar>
  private var live: RowSet
  /// Steps between two looks for eligibilities that have vanished.
  private static var sweepInterval: Int { 512 }
  private var stepsSinceSweep = 0

  /// - Parameters:
  ///   - inputDecay: a, the decay of the postsynaptic membrane in one step.
  ///   - filterDecay: kappa, the decay of the readout in one step.
  ///   - largestSurrogate: the largest value of psi.
  init(
    inputs: Int, neurons: Int, inputDecay: Scalar, filterDecay: Scalar, largestSurrogate: Scalar
  ) {
    self.inputDecay = inputDecay
    self.filterDecay = filterDecay
    self.largestSurrogate = largestSurrogate
    gradient = GradientSums(rows: inputs, columns: neurons)
    eligibility = RowMatrix(rows: inputs, columns: neurons)
    trace = LaneVector(count: inputs)
    bound = LaneVector(count: inputs)
    live = RowSet(rows: inputs)
  }

  func deliver(
    _ active: [Int32], weights: Connection<Scalar>, into current: LaneVector<Scalar>
  ) {
    Kernels.addRows(active, of: weights.weights, to: current)
  }

  func learn(
    _ active: [Int32], surrogate: LaneVector<Scalar>, learningSignal: LaneVector<Scalar>,
    weights: Connection<Scalar>, rate: Scalar?
  ) {
    // Pointers, for the compiler checks every access to a class's variables while the program runs.
    let trace = trace.scalars
    let bound = bound.scalars
    let sums = gradient.sums
    for row in live.members { trace[Int(row)] *= inputDecay }
    for row in active {
      trace[Int(row)] += 1
      live.insert(row)
    }
    if rate == nil { gradient.touch(live.members) }
    live.filter { row in
      let index = Int(row)
      bound[index] = filterDecay * bound[index] + largestSurrogate * trace[index]
      guard trace[index] > Self.negligible || bound[index] > Self.negligible else {
        forget(row)
        return false
      }
      if let rate {
        weights.markChanged(row)
        Kernels.descend(
          weights.weights.row(index), eligibility: eligibility.row(index), decay: filterDecay,
          trace: trace[index], surrogate: surrogate, learningSignal: learningSignal, rate: rate)
      } else {
        Kernels.accumulate(
          into: sums.row(index), eligibility: eligibility.row(index), decay: filterDecay,
          trace: trace[index], surrogate: surrogate, learningSignal: learningSignal)
      }
      return true
    }
    stepsSinceSweep += 1
    if stepsSinceSweep == Self.sweepInterval { sweep() }
  }

  private func sweep() {
    stepsSinceSweep = 0
    for row in live.members {
      let e = eligibility.row(Int(row))
      for lane in 0..<eligibility.lanes { e[lane] = Kernels.withoutVanishing(e[lane]) }
    }
  }

  private func forget(_ row: Int32) {
    trace.scalars[Int(row)] = 0
    bound.scalars[Int(row)] = 0
    eligibility.clear(row: Int(row))
  }

  func settle(_ weights: Connection<Scalar>) {}

  func clearTraces() {
    for row in live.members { forget(row) }
    live.removeAll()
    stepsSinceSweep = 0
  }
}
