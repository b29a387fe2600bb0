import Learning

/// What acts on the spikes of a layer.
enum FastErrors {
  /// dL/dV of a leaky readout.
  case membranes(Rows)
  /// dL/dS and dL/dt.
  case spikes(Rows, times: Rows)
  /// Through the weights of the layer above.
  case above(FastLayer)
  /// As the forward-in-time rule has them, with the kernel that they have come through.
  case filtered(ForwardCredit, Kernel)
}

extension FastLayer {
  /// Goes from the last step that matters to the first, by the equations of ``Adjoint``.
  ///
  /// - Parameter each: told each step with I', for the gradient of the weights.
  @inline(__always)
  func goBack(
    _ configuration: LearnerConfiguration, _ errors: FastErrors, each: (Int, Row) -> Void
  ) {
    let (v, i) = (membraneAdjoint.start, currentAdjoint.start)
    membraneAdjoint.clear()
    currentAdjoint.clear()
    beginOpen()
    let kernel = dynamics.kernel
    let (a, gain) = (Float(kernel.membrane), Float(kernel.gain))
    let activation = Float(configuration.gradient.activation)
    let timing = Float(configuration.gradient.timing)
    let passesDown = transposed != nil && credit == nil
    func take(_ row: Row, _ t: Int) {
      let c = self.errors.start
      for j in 0..<width { c[j] = activation * row[j] }
      throughSurrogate(configuration.surrogate, t)
    }
    if passesDown { shifts.row(end).update(repeating: 0, count: width) }
    for t in stride(from: end - 1, through: 0, by: -1) {
      if passesDown { beginShift(t) }
      cut(t)
      open(t)
      let c = self.errors.start
      var isSilent = false
      switch errors {
      case .membranes(let rows): c.update(from: rows.row(t), count: width)
      case .spikes(let rows, _): take(rows.row(t), t)
      case .filtered(let credit, _): take(credit.spikes.row(t), t)
      case .above(let above):
        isSilent = activation == 0 || !addErrors(from: above, t, activation)
        if !isSilent { throughSurrogate(configuration.surrogate, t) }
      }
      if isSilent { c.update(repeating: 0, count: width) }
      if timing != 0, dynamics.spikes { addTimes(errors, t, timing) }
      if let credit { credit.deltas.row(t).update(from: c, count: width) }
      let decay = Float(kernel.current)
      for j in 0..<width {
        let next = c[j] + a * v[j]
        v[j] = next
        i[j] = gain * next + decay * i[j]
      }
      if passesDown { endShift(t) }
      keepDelta(configuration, errors, t)
      let bias = biasGradient.start
      for j in 0..<width { bias[j] += v[j] }
      each(t, i)
    }
  }

  /// Resets after the spikes of step `t` cut what they cleared.
  private func cut(_ t: Int) {
    guard dynamics.spikes, dynamics.reset != .subtract else { return }
    for index in spikes.range(t) {
      let j = Int(spikes.neuron[index])
      membraneAdjoint.start[j] = 0
      if dynamics.reset == .zeroBoth { currentAdjoint.start[j] = 0 }
    }
  }

  /// Before the first step: neurons that could not spike in steps from the end on.
  private func beginOpen() {
    let open = isOpen.start
    open.update(repeating: 1, count: width)
    guard isRestricted else { return }
    let first = dynamics.singleSpike ? 0 : max(0, end - dynamics.refractorySteps)
    for t in first..<max(first, end) { setOpen(t, 0) }
  }

  /// A neuron could spike up to its spike, and not in the steps right after it.
  private func open(_ t: Int) {
    guard isRestricted else { return }
    if !dynamics.singleSpike, t >= dynamics.refractorySteps {
      setOpen(t - dynamics.refractorySteps, 0)
    }
    setOpen(t, 1)
  }

  private func setOpen(_ t: Int, _ value: Float) {
    for index in spikes.range(t) { isOpen.start[Int(spikes.neuron[index])] = value }
  }

  func throughSurrogate(_ surrogate: LearnerConfiguration.Surrogate, _ t: Int) {
    let height = Float(surrogate.height)
    let scale = 1 / Float(surrogate.width)
    switch surrogate.function {
    case .piecewiseLinear:
      multiply(t) { d in
        let x = 1 - d.magnitude * scale
        return height * (x < 0 ? 0 : x)
      }
    case .fastSigmoid:
      multiply(t) { d in
        let root = 1 + d.magnitude * scale
        return height / (root * root)
      }
    case .sigmoid:
      multiply(t) { d in
        let e = Float.decaying(-d.magnitude * scale)
        return height * 4 * e / ((1 + e) * (1 + e))
      }
    case .exponential:
      multiply(t) { d in height * Float.decaying(-d.magnitude * scale) }
    case .arctan:
      multiply(t) { d in
        let u = d * scale
        return height / (1 + u * u)
      }
    case .boxcar: multiply(t) { d in d.magnitude * scale <= 1 ? height : 0 }
    case .spikeOperator:
      let low = height * Float(surrogate.leak)
      multiply(t) { d in d >= 0 ? height : low }
    }
  }

  @inline(__always)
  private func multiply(_ t: Int, _ psi: (Float) -> Float) {
    let (c, open, v) = (errors.start, isOpen.start, membranes.row(t))
    let thresholds = thresholds.start
    for j in 0..<neurons { c[j] *= open[j] * psi(v[j] - thresholds[j]) }
  }

  /// dL/dS times `factor`, through the weights of the layer above.
  ///
  /// - Returns: whether there is any.
  private func addErrors(from above: FastLayer, _ t: Int, _ factor: Float) -> Bool {
    guard t < above.end else { return false }
    errors.clear()
    return addProducts(
      with: above.currentAdjoints.row(t), of: above, factor: factor, to: errors.start)
  }

  /// Adds the products of the weights of the layer above with numbers of its neurons.
  ///
  /// - Returns: whether there is a number.
  func addProducts(with adjoints: Row, of above: FastLayer, factor: Float, to c: Row) -> Bool {
    guard let weights = above.transposed else { return false }
    let width = width
    // Those that have an error, four at a time.
    var (found, isAny) = (0, false)
    var (w0, w1, w2) = (weights.start, weights.start, weights.start)
    var (e0, e1, e2): (Float, Float, Float) = (0, 0, 0)
    for k in 0..<above.neurons where adjoints[k] != 0 {
      let (w3, e3) = (weights.row(k), factor * adjoints[k])
      isAny = true
      found += 1
      switch found {
      case 1: (w0, e0) = (w3, e3)
      case 2: (w1, e1) = (w3, e3)
      case 3: (w2, e2) = (w3, e3)
      default:
        for j in 0..<width { c[j] += (e0 * w0[j] + e1 * w1[j]) + (e2 * w2[j] + e3 * w3[j]) }
        found = 0
      }
    }
    if found > 0 { for j in 0..<width { c[j] += e0 * w0[j] } }
    if found > 1 { for j in 0..<width { c[j] += e1 * w1[j] } }
    if found > 2 { for j in 0..<width { c[j] += e2 * w2[j] } }
    return isAny
  }

  /// What moving the spikes of step `t` does.
  private func addTimes(_ errors: FastErrors, _ t: Int, _ timing: Float) {
    let c = self.errors.start
    for index in spikes.range(t) {
      let j = Int(spikes.neuron[index])
      var time: Float = 0
      switch errors {
      case .membranes: break
      case .spikes(_, let times): time = times.row(t)[j]
      case .filtered(let credit, _): time = credit.times.row(t)[j]
      case .above(let above):
        guard t <= above.end else { continue }
        let (row, shift) = (above.weights.row(j), above.shifts.row(t))
        for k in 0..<above.neurons { time -= row[k] * shift[k] }
      }
      c[j] += timing * spikes.slope[index] * time
    }
  }

  /// What comes of the step after, while I' is still that of it.
  private func beginShift(_ t: Int) {
    let (shift, i) = (shifts.row(t), currentAdjoint.start)
    for j in 0..<width { shift[j] = -i[j] / 2 }
    guard dynamics.spikes, dynamics.cut(after: 1) == 0 else { return }
    for index in spikes.range(t) { shift[Int(spikes.neuron[index])] = 0 }
  }

  private func endShift(_ t: Int) {
    let (v, i, c) = (membraneAdjoint.start, currentAdjoint.start, errors.start)
    let (shift, after, kept) = (shifts.row(t), shifts.row(t + 1), currentAdjoints.row(t))
    let kernel = dynamics.kernel
    let (current, membrane) = (
      Float(kernel.current / 2), Float(kernel.membrane * kernel.gain / 2)
    )
    let half = Float(kernel.gain / 2)
    for j in 0..<width {
      kept[j] = i[j]
      shift[j] += current * i[j] + membrane * v[j]
      after[j] += half * c[j]
    }
  }
}
