/// The eligibility of every synapse of one connection, in plain form: every live synapse is brought forward in every step
/// that is learned from. It is the definition of what faster forms compute.
///
/// With x the presynaptic trace as the postsynaptic neuron carries it, psi the surrogate, T the timing factor, eps the kernel
/// that the layer feeds, and l the learning signal (the page <doc:OneStep> has the equations and their symbols):
///
///     g += l (lambda_act eps * (psi x) - lambda_tim eps* * (T x)),   or delta x without a kernel
///
/// A row lives from its first presynaptic spike until nothing in it exceeds ``negligible``, which is looked at every
/// ``sweepInterval`` steps and at every update; then it is set to zero. Rows that never spiked cost nothing.
///
/// - Complexity: for each synapse of a live row 5 operations a step for LIF neurons that feed one exponential, about 30 for the
///   hybrid rule with a reset to zero and two exponentials; none where there is no kernel and no gate.
final class DenseEligibility<Scalar: LearningScalar> {
  /// Below this a trace is zero: after 28 time constants, and far above numbers too small for full speed.
  static var negligible: Scalar { 1e-12 }
  /// Learned steps between two looks for what has vanished.
  static var sweepInterval: Int { 512 }

  let gradient: GradientSums<Scalar>
  private let form: EligibilityForm<Scalar>
  private let rows: Int
  private let laneCount: Int
  /// Traces that a row shares.
  let sharedCurrent: LaneVector<Scalar>
  let sharedMembrane: LaneVector<Scalar>
  /// Traces of each synapse, where the form has them.
  let ownCurrent: RowMatrix<Scalar>?
  let ownMembrane: RowMatrix<Scalar>?
  let adaptation: RowMatrix<Scalar>?
  /// Behind the filter: the activation path, and the timing path.
  let activationCurrent: RowMatrix<Scalar>?
  let activationPotential: RowMatrix<Scalar>?
  let timingCurrent: RowMatrix<Scalar>?
  let timingPotential: RowMatrix<Scalar>?
  /// 1 where a presynaptic neuron spiked in the step that is worked on.
  private let arrived: LaneVector<Scalar>
  /// The eligibility of one row while it is worked on.
  private let scratch: LaneVector<Scalar>
  let live: RowSet
  private(set) var stepsSinceSweep = 0

  init(_ form: EligibilityForm<Scalar>, rows: Int, columns: Int) {
    self.form = form
    self.rows = rows
    gradient = GradientSums(rows: rows, columns: columns)
    laneCount = gradient.sums.lanes
    sharedCurrent = LaneVector(count: rows)
    sharedMembrane = LaneVector(count: rows)
    func matrix(_ condition: Bool) -> RowMatrix<Scalar>? {
      condition ? RowMatrix(rows: rows, columns: columns) : nil
    }
    let hasFilter = form.filter != nil
    let isDouble = (form.filter?.currentDecay ?? 0) != 0
    ownCurrent = matrix(form.hasOwnCurrents)
    ownMembrane = matrix(form.hasOwnTraces)
    adaptation = matrix(form.isAdaptive)
    activationCurrent = matrix(form.hasActivation && hasFilter && isDouble)
    activationPotential = matrix(form.hasActivation && hasFilter)
    timingCurrent = matrix(form.hasTiming && hasFilter && isDouble)
    timingPotential = matrix(form.hasTiming && hasFilter)
    arrived = LaneVector(count: rows)
    scratch = LaneVector(count: columns)
    live = RowSet(rows: rows)
  }

  /// All traces.
  var matrices: [(name: String, matrix: RowMatrix<Scalar>)] {
    [("shared_current", sharedCurrent.matrix), ("shared_membrane", sharedMembrane.matrix)]
      + synapseMatrices
  }

  /// All traces of single synapses.
  private var synapseMatrices: [(name: String, matrix: RowMatrix<Scalar>)] {
    [
      ("own_current", ownCurrent), ("own_membrane", ownMembrane), ("adaptation", adaptation),
      ("activation_current", activationCurrent), ("activation_potential", activationPotential),
      ("timing_current", timingCurrent), ("timing_potential", timingPotential),
    ].compactMap { name, matrix in matrix.map { (name, $0) } }
  }

  /// Takes over which rows live, from a checkpoint.
  func restore(live rows: [Int32], stepsSinceSweep steps: Int) {
    live.removeAll()
    for row in rows { live.insert(row) }
    stepsSinceSweep = steps
  }

  /// Ends a step in which the presynaptic neurons in `active` spiked.
  ///
  /// - Parameter rate: with a learning rate the weights descend at once; without, the gradient is summed.
  func learn(
    _ active: Indices, _ post: PostsynapticSignals<Scalar>, weights: Connection<Scalar>,
    rate: Scalar?
  ) {
    advanceSharedTraces(active)
    let members = live.members
    if rate == nil { gradient.touch(members) } else { weights.markChanged(members) }
    // What is added to: the sums with factor 1, or the weights with minus the rate.
    let target = rate == nil ? gradient.sums : weights.stored
    let factor = rate.map { -$0 } ?? 1
    switch (form.filter, form.hasOwnTraces || form.isAdaptive) {
    case (nil, false):
      for row in members {
        Kernels.add(
          post.delta, times: factor * sharedMembrane.scalars[Int(row)], to: target.row(Int(row)))
      }
    case (let filter?, false) where filter.currentDecay == 0 && !form.hasTiming:
      for row in members {
        accumulate(Int(row), post, decay: filter.membraneDecay, into: target, factor)
      }
    default:
      for row in members { advance(Int(row), post, into: target, factor) }
    }
    for row in active { arrived.scalars[Int(row)] = 0 }
    if form.excludesSelf {
      for row in members { target.scalars(ofRow: Int(row))[Int(row)] = 0 }
    }
    stepsSinceSweep += 1
    if stepsSinceSweep == Self.sweepInterval { sweep() }
  }

  private func advanceSharedTraces(_ active: Indices) {
    // Pointers, for the compiler checks every access to a class's variables while the program runs.
    let (current, membrane) = (sharedCurrent.scalars, sharedMembrane.scalars)
    for row in active { live.insert(row) }
    for row in live.members { current[Int(row)] *= form.currentDecay }
    for row in active {
      current[Int(row)] += 1
      arrived.scalars[Int(row)] = 1
    }
    for row in live.members.lazy.map(Int.init) {
      membrane[row] = form.membraneDecay * membrane[row] + form.scale * current[row]
    }
  }

  /// The commonest form in one loop: a shared trace, the surrogate, one exponential.
  @inline(__always)
  private func accumulate(
    _ row: Int, _ post: PostsynapticSignals<Scalar>, decay: Scalar,
    into target: RowMatrix<Scalar>, _ factor: Scalar
  ) {
    guard let potential = activationPotential?.row(row) else { return }
    let trace = sharedMembrane.scalars[row]
    let (sums, psi, l) = (target.row(row), post.activation.lanes, post.learningSignal.lanes)
    for lane in 0..<laneCount {
      let updated = potential[lane] * decay + psi[lane] * trace
      potential[lane] = updated
      sums[lane] += (l[lane] * updated) * factor
    }
  }

  /// Any form, one path after the other.
  private func advance(
    _ row: Int, _ post: PostsynapticSignals<Scalar>, into target: RowMatrix<Scalar>,
    _ factor: Scalar
  ) {
    let x = membraneTrace(row, post)
    let sums = target.row(row)
    guard let filter = form.filter else {
      adapt(row, post, x)
      let delta = post.delta.lanes
      for lane in 0..<laneCount { sums[lane] += (delta[lane] * x[lane]) * factor }
      return
    }
    let l = post.learningSignal.lanes
    if form.hasTiming, let potential = timingPotential?.row(row) {
      let (tim, earlier) = (post.timing.lanes, post.earlierSignal.lanes)
      let current = timingCurrent?.row(row)
      let (b, aI, aV) = (filter.scale, filter.currentDecay, filter.membraneDecay)
      for lane in 0..<laneCount {
        // A spike that comes later adds less where the kernel rises.
        let entering = -(tim[lane] * x[lane])
        let before = potential[lane]
        var after: SIMD8<Scalar>
        var next: SIMD8<Scalar>
        if let current {
          let updated = current[lane] * aI + entering
          current[lane] = updated
          after = before * aV + updated * b
          next = after * aV + updated * (b * aI)
        } else {
          after = before * aV + entering * b
          next = after * aV
        }
        potential[lane] = after
        // eps*[n] = (eps[n+1] - eps[n-1]) / 2, and its look ahead by one step, paid now.
        next = l[lane] * ((next - before) / 2)
        next += earlier[lane] * (entering * (b / 2))
        sums[lane] += next * factor
      }
    }
    guard form.hasActivation, let potential = activationPotential?.row(row) else { return }
    adapt(row, post, x)
    let psi = post.activation.lanes
    if let current = activationCurrent?.row(row) {
      let (b, aI, aV) = (filter.scale, filter.currentDecay, filter.membraneDecay)
      for lane in 0..<laneCount {
        let updated = current[lane] * aI + psi[lane] * x[lane]
        current[lane] = updated
        let after = potential[lane] * aV + updated * b
        potential[lane] = after
        sums[lane] += (l[lane] * after) * factor
      }
    } else {
      let decay = filter.membraneDecay
      for lane in 0..<laneCount {
        let after = potential[lane] * decay + psi[lane] * x[lane]
        potential[lane] = after
        sums[lane] += (l[lane] * after) * factor
      }
    }
  }

  /// Brings a row's own traces forward.
  ///
  /// - Returns: the eligibility eV of every synapse, in ``scratch``.
  @inline(__always)
  private func membraneTrace(
    _ row: Int, _ post: PostsynapticSignals<Scalar>
  ) -> UnsafeMutablePointer<SIMD8<Scalar>> {
    let x = scratch.lanes
    guard let own = ownMembrane?.row(row) else {
      let shared = SIMD8(repeating: sharedMembrane.scalars[row])
      for lane in 0..<laneCount { x[lane] = shared }
      return x
    }
    let kept = post.keptMembrane.lanes
    if let current = ownCurrent?.row(row) {
      let keptCurrent = post.keptCurrent.lanes
      let spike = SIMD8(repeating: arrived.scalars[row])
      for lane in 0..<laneCount {
        let updated = current[lane] * keptCurrent[lane] + spike
        current[lane] = updated
        let after = own[lane] * kept[lane] + updated * form.scale
        own[lane] = after
        x[lane] = after
      }
    } else {
      let entering = SIMD8(repeating: sharedCurrent.scalars[row] * form.scale)
      for lane in 0..<laneCount {
        let after = own[lane] * kept[lane] + entering
        own[lane] = after
        x[lane] = after
      }
    }
    return x
  }

  /// Turns eV into x = eV - beta eA, and brings the adaptation's own trace forward.
  @inline(__always)
  private func adapt(
    _ row: Int, _ post: PostsynapticSignals<Scalar>, _ x: UnsafeMutablePointer<SIMD8<Scalar>>
  ) {
    guard let adaptation = adaptation?.row(row) else { return }
    let psi = post.surrogate.lanes
    for lane in 0..<laneCount {
      let effective = x[lane] - adaptation[lane] * form.adaptation
      adaptation[lane] = adaptation[lane] * form.adaptationDecay + psi[lane] * effective
      x[lane] = effective
    }
  }

  /// Sets what has vanished to zero, and lets rows go of which nothing is left.
  func sweep() {
    stepsSinceSweep = 0
    let matrices = synapseMatrices.map(\.matrix)
    live.filter { row in
      let index = Int(row)
      var lives = sharedCurrent.scalars[index] > Self.negligible
      lives = lives || sharedMembrane.scalars[index] > Self.negligible
      for matrix in matrices {
        let lanes = matrix.row(index)
        for lane in 0..<matrix.lanes {
          lanes[lane] = Scalar.withoutVanishing(lanes[lane])
          let limit = SIMD8(repeating: Self.negligible)
          lives = lives || any((lanes[lane] .> limit) .| (lanes[lane] .< -limit))
        }
      }
      if !lives { forget(index) }
      return lives
    }
  }

  private func forget(_ row: Int) {
    sharedCurrent.scalars[row] = 0
    sharedMembrane.scalars[row] = 0
    for entry in synapseMatrices { entry.matrix.clear(row: row) }
  }

  /// Forgets the past of every synapse; the summed gradient stays.
  func clearTraces() {
    for row in live.members { forget(Int(row)) }
    live.removeAll()
    stepsSinceSweep = 0
  }
}
