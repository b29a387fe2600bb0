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
  private(set) var direct: Series
  /// V'.
  private(set) var membrane: Series
  /// I'.
  private(set) var current: Series
  /// psi, 0 where the neuron could not spike.
  private(set) var surrogate: Series
  /// T.
  private(set) var slope: Series
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
    direct = Series(count: steps, width: width)
    (membrane, current, surrogate, slope) = (direct, direct, direct, direct)
    guard dynamics.spikes else { return }
    let floor = configuration.gradient.slopeFloor
    let shape = configuration.surrogate
    for t in 0..<steps {
      let (v, p, s) = (trial.membranes[t], trial.remainders[t], trial.spikes[t])
      let (thresholds, isReady) = (trial.thresholds[t], trial.isReady[t])
      for j in 0..<width {
        if isReady[j] { surrogate[t, j] = shape.derivative(v[j] - thresholds[j]) }
        // A soft spike has no time.
        if !isSoft, s[j] != 0 { slope[t, j] = -s[j] / max(v[j] - p[j], floor) }
      }
    }
  }

  /// Errors that act on the membranes as they are: those of a leaky readout.
  mutating func run(membraneErrors: [[Double]]) {
    run(isRecurrent: false) { t, _, c in c = membraneErrors[t] }
  }

  /// Errors of spikes and of their times; `recurrent` are the weights by which the layer's own spikes act one step
  /// later, its diagonal zero.
  mutating func run(
    _ gradient: LearnerConfiguration.Gradient, spikeErrors: Series, timeErrors: Series,
    recurrent: [[Double]]? = nil
  ) {
    let (psi, slope, dynamics) = (surrogate, self.slope, dynamics)
    var adaptation = [Double](repeating: 0, count: psi.width)
    run(isRecurrent: recurrent != nil) { t, later, c in
      var within: (spike: [Double], time: [Double])?
      if let recurrent, let later {
        // A spike one step earlier would act within its own step; that is left out, for each neuron's time would then
        // depend on the others'.
        within = (
          product(recurrent, later.current),
          gradient.timing != 0 ? product(recurrent, later.shift) : adaptation.map { _ in 0 }
        )
      }
      for j in c.indices {
        let spikeError = spikeErrors[t, j] + (within?.spike[j] ?? 0)
        let timeError = timeErrors[t, j] - (within?.time[j] ?? 0)
        let x = psi[t, j] * (gradient.activation * spikeError + adaptation[j])
        adaptation[j] = dynamics.adaptationDecay * adaptation[j] - dynamics.adaptation * x
        c[j] = x + gradient.timing * slope[t, j] * timeError
      }
    }
  }

  private typealias Later = (current: [Double], shift: [Double])

  private mutating func run(
    isRecurrent: Bool, direct: (Int, Later?, inout [Double]) -> Void
  ) {
    let kernel = dynamics.kernel
    let (steps, width) = (membrane.count, membrane.width)
    var c = [Double](repeating: 0, count: width)
    var (v, i) = (c, c)
    for t in (0..<steps).reversed() {
      let later: Later? =
        isRecurrent && t + 1 < steps ? (Array(current[t + 1]), shift(at: t + 1)) : nil
      direct(t, later, &c)
      for j in 0..<width {
        let gates = isCut ? dynamics.gates(after: spikes[t, j]) : (current: 1, membrane: 1)
        v[j] = c[j] + kernel.membrane * gates.membrane * v[j]
        i[j] = kernel.gain * v[j] + kernel.current * gates.current * i[j]
      }
      self.direct.set(t, to: c)
      membrane.set(t, to: v)
      current.set(t, to: i)
    }
  }

  /// sum_{n>=0} eps*[n] c[t+n], where resets cut the kernel: half of what an input one step earlier would do from t on,
  /// less half of what it would do one step later.
  func shift(at t: Int) -> [Double] {
    let kernel = dynamics.kernel
    return (0..<membrane.width).map { j in
      let earlier =
        kernel.current * current[t, j] + kernel.membrane * kernel.gain * membrane[t, j]
      guard t + 1 < current.count else { return earlier / 2 }
      let cut = isCut ? dynamics.cut(after: spikes[t, j]) : 1
      return (earlier - cut * current[t + 1, j]) / 2
    }
  }
}
