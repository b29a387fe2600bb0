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
  var direct: [[Double]] = []
  /// V'.
  var membrane: [[Double]] = []
  /// I'.
  var current: [[Double]] = []
  /// psi, 0 where the neuron could not spike.
  var surrogate: [[Double]] = []
  /// T.
  var slope: [[Double]] = []
  private let dynamics: Dynamics
  private let isSoft: Bool
  private let spikes: [[Double]]

  init(
    _ configuration: LearnerConfiguration, _ dynamics: Dynamics, _ trial: ReferenceTrial.Layer,
    isSoft: Bool
  ) {
    self.dynamics = dynamics
    self.isSoft = isSoft
    spikes = trial.spikes
    guard dynamics.spikes else { return }
    let floor = configuration.gradient.slopeFloor
    for t in trial.membranes.indices {
      let (v, p, s) = (trial.membranes[t], trial.remainders[t], trial.spikes[t])
      let (thresholds, isReady) = (trial.thresholds[t], trial.isReady[t])
      var (psi, slope) = (v, v)
      for j in v.indices {
        psi[j] = isReady[j] ? configuration.surrogate.derivative(v[j] - thresholds[j]) : 0
        // A soft spike has no time.
        slope[j] = isSoft ? 0 : -s[j] / max(v[j] - p[j], floor)
      }
      surrogate.append(psi)
      self.slope.append(slope)
    }
  }

  /// Errors that act on the membranes as they are: those of a leaky readout.
  mutating func run(membraneErrors: [[Double]]) {
    run(steps: membraneErrors.count, isRecurrent: false) { t, _ in membraneErrors[t] }
  }

  /// Errors of spikes and of their times; `recurrent` are the weights by which the layer's own spikes act one step
  /// later, its diagonal zero.
  mutating func run(
    _ gradient: LearnerConfiguration.Gradient, spikeErrors: [[Double]], timeErrors: [[Double]],
    recurrent: [[Double]]? = nil
  ) {
    var adaptation = [Double](repeating: 0, count: spikeErrors.first?.count ?? 0)
    let (psi, slope, dynamics) = (surrogate, self.slope, dynamics)
    run(steps: spikeErrors.count, isRecurrent: recurrent != nil) { t, later in
      var (spikeError, timeError) = (spikeErrors[t], timeErrors[t])
      if let recurrent, let later {
        add(1, product(recurrent, later.current), to: &spikeError)
        // A spike one step earlier would act within its own step; that is left out, for each neuron's time would then
        // depend on the others'.
        if gradient.timing != 0 { add(-1, product(recurrent, later.shift), to: &timeError) }
      }
      var direct = spikeError
      for j in direct.indices {
        direct[j] = psi[t][j] * (gradient.activation * spikeError[j] + adaptation[j])
        adaptation[j] =
          dynamics.adaptationDecay * adaptation[j] - dynamics.adaptation * direct[j]
        direct[j] += gradient.timing * slope[t][j] * timeError[j]
      }
      return direct
    }
  }

  private typealias Later = (current: [Double], shift: [Double])

  private mutating func run(
    steps: Int, isRecurrent: Bool, direct: (Int, Later?) -> [Double]
  ) {
    let kernel = dynamics.kernel
    self.direct = [[Double]](repeating: [], count: steps)
    (membrane, current) = (self.direct, self.direct)
    for t in (0..<steps).reversed() {
      let later: Later? =
        isRecurrent && t + 1 < steps ? (current[t + 1], shift(at: t + 1)) : nil
      let c = direct(t, later)
      var (v, i) = (c, c)
      for j in c.indices {
        var (laterV, laterI) = (0.0, 0.0)
        if t + 1 < steps {
          let gates = gates(t, j)
          laterV = kernel.membrane * gates.membrane * membrane[t + 1][j]
          laterI = kernel.current * gates.current * current[t + 1][j]
        }
        v[j] = c[j] + laterV
        i[j] = kernel.gain * v[j] + laterI
      }
      (self.direct[t], membrane[t], current[t]) = (c, v, i)
    }
  }

  private func gates(_ t: Int, _ j: Int) -> (current: Double, membrane: Double) {
    !dynamics.spikes || isSoft ? (1, 1) : dynamics.gates(after: spikes[t][j])
  }

  /// sum_{n>=0} eps*[n] c[t+n], where resets cut the kernel: half of what an input one step earlier would do from t on,
  /// less half of what it would do one step later.
  func shift(at t: Int) -> [Double] {
    let kernel = dynamics.kernel
    var shift = membrane[t]
    for j in shift.indices {
      let earlier =
        kernel.current * current[t][j] + kernel.membrane * kernel.gain * membrane[t][j]
      var later = 0.0
      if t + 1 < current.count {
        let cut = dynamics.spikes && !isSoft ? dynamics.cut(after: spikes[t][j]) : 1
        later = cut * current[t + 1][j]
      }
      shift[j] = (earlier - later) / 2
    }
    return shift
  }
}
