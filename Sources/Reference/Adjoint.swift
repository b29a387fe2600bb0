import Learning

/// How the loss changes with what the neurons of a layer receive, from the end of the trial to its begin.
///
/// With c the derivative by what makes and moves spikes at t, and gates r and q of the step after:
///
///     x[t] = psi[t] (lambda_act dL/dS[t] + a[t+1])     a[t] = rho a[t+1] - beta x[t]
///     c[t] = x[t] + lambda_tim T[t] dL/dt[t]           T[t] = -S[t] / max(V[t] - P[t], slope_floor)
///     V'[t] = c[t] + a_V q[t+1] V'[t+1]                I'[t] = b_V V'[t] + a_I r[t+1] I'[t+1]
///
/// a is the adjoint of the adaptation; dL/dw_ij = sum_t S_i[t] I'_j[t].
struct Adjoint {
  /// c.
  let direct: Series
  /// V'.
  let membrane: Series
  /// I'.
  let current: Series
  /// psi, 0 where the neuron could not spike.
  let surrogate: Series
  /// T.
  let slope: Series
  private let dynamics: Dynamics
  /// Whether spikes cut what is remembered.
  private let isCut: Bool
  private let spikes: Series

  init(
    _ configuration: LearnerConfiguration, _ dynamics: Dynamics, _ trial: ReferenceTrial.Layer,
    isSoft: Bool
  ) {
    self.dynamics = dynamics
    isCut = dynamics.spikes && !isSoft
    spikes = Series(trial.spikes)
    let (steps, width) = (trial.membranes.count, trial.membranes.first?.count ?? 0)
    func zeros() -> Series { Series(count: steps, width: width) }
    (direct, membrane, current) = (zeros(), zeros(), zeros())
    (surrogate, slope) = (zeros(), zeros())
    guard dynamics.spikes else { return }
    let floor = configuration.gradient.slopeFloor
    let shape = configuration.surrogate
    for t in 0..<steps {
      let (v, p, s) = (trial.membranes[t], trial.remainders[t], trial.spikes[t])
      let (thresholds, isReady) = (trial.thresholds[t], trial.isReady[t])
      let (psi, slope) = (surrogate[t], slope[t])
      for j in 0..<width {
        if isReady[j] { psi[j] = shape.derivative(v[j] - thresholds[j]) }
        // A soft spike has no time.
        if !isSoft, s[j] != 0 { slope[j] = -s[j] / max(v[j] - p[j], floor) }
      }
    }
  }

  /// Errors that act on the membranes as they are: those of a leaky readout.
  func run(membraneErrors: [[Double]]) {
    run(isRecurrent: false) { t, _, c in _ = c.update(fromContentsOf: membraneErrors[t]) }
  }

  /// Errors of spikes and of their times; `recurrent` are the weights by which the layer's own spikes act one step
  /// later, its diagonal zero.
  func run(
    _ gradient: LearnerConfiguration.Gradient, spikeErrors: Series, timeErrors: Series,
    recurrent: [[Double]]? = nil
  ) {
    let (activation, timing, dynamics) = (gradient.activation, gradient.timing, dynamics)
    let space = Series(count: 1, width: direct.width)
    let adaptation = space[0]
    run(isRecurrent: recurrent != nil) { t, later, c in
      let (psi, slope) = (surrogate[t], slope[t])
      let (spikes, times) = (spikeErrors[t], timeErrors[t])
      if let recurrent, let later {
        add(1, product(recurrent, later.current), to: spikes)
        // A spike one step earlier would act within its own step; that is left out, for each neuron's time would then
        // depend on the others'.
        if timing != 0 { add(-1, product(recurrent, later.shift), to: times) }
      }
      for j in 0..<c.count {
        let x = psi[j] * (activation * spikes[j] + adaptation[j])
        adaptation[j] = dynamics.adaptationDecay * adaptation[j] - dynamics.adaptation * x
        c[j] = x + timing * slope[j] * times[j]
      }
    }
  }

  private typealias Later = (current: [Double], shift: [Double])

  private func run(isRecurrent: Bool, direct: (Int, Later?, Series.Row) -> Void) {
    let (kernel, steps) = (dynamics.kernel, membrane.count)
    // Beyond the end.
    let none = Series(count: 1, width: membrane.width)
    for t in (0..<steps).reversed() {
      let isLast = t + 1 == steps
      let c = self.direct[t]
      direct(
        t, isRecurrent && !isLast ? (Array(current[t + 1]), Array(shift(at: t + 1))) : nil, c)
      let (v, i) = (membrane[t], current[t])
      let (laterV, laterI) = isLast ? (none[0], none[0]) : (membrane[t + 1], current[t + 1])
      let spikes = isCut ? spikes[t] : none[0]
      for j in 0..<c.count {
        let gates = dynamics.gates(after: spikes[j])
        v[j] = c[j] + kernel.membrane * gates.membrane * laterV[j]
        i[j] = kernel.gain * v[j] + kernel.current * gates.current * laterI[j]
      }
    }
  }

  /// sum_{n>=0} eps*[n] c[t+n], where resets cut the kernel: half of what an input one step earlier would do from t on,
  /// less half of what it would do one step later.
  func shift(at t: Int) -> [Double] {
    let kernel = dynamics.kernel
    let (v, i) = (membrane[t], current[t])
    var shift = (0..<v.count).map { j in
      (kernel.current * i[j] + kernel.membrane * kernel.gain * v[j]) / 2
    }
    guard t + 1 < current.count else { return shift }
    let later = current[t + 1]
    let spikes = isCut ? spikes[t] : nil
    for j in 0..<v.count {
      let cut = spikes.map { dynamics.cut(after: $0[j]) } ?? 1
      shift[j] -= cut * later[j] / 2
    }
    return shift
  }
}
