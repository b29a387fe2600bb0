import Learning

extension ReferenceNetwork {
  /// Which gradient.
  public enum Terms: Sendable, CaseIterable {
    /// What the forward-in-time rule computes: the terms that `OneStep` lists, with the configured credit.
    case asForward
    /// The gradient of the whole network, whatever the credit: nothing is dropped but the derivative of resets,
    /// refractory periods and single spikes. Adaptation counts for the neuron's own spikes and for all that they do, and
    /// recurrent weights pass errors back. Moved spikes act on a layer above through the central difference of its
    /// kernel, cut where its neurons reset; this is algorithm 3 of ANTLR (Kim, Kim and Kim 2020).
    case full
  }

  /// The loss of a trial and its gradient.
  ///
  /// A moved spike: one spike through a kernel eps adds eps[t-u] at t, and one that comes later adds less where the
  /// kernel rises, so that with e[t] = dL/d(sum of kernels)
  ///
  ///     dL/dS[u] = sum_t eps[t-u] e[t]      dL/dt[u] = - sum_t eps*[t-u] e[t]      eps*[n] = (eps[n+1] - eps[n-1]) / 2
  ///
  /// with the sign of ANTLR's code.
  public func gradient(
    of trial: ReferenceTrial, target: ReferenceTarget, terms: Terms = .asForward
  ) -> (loss: Double, gradient: ReferenceGradients) {
    let errors = OutputErrors(self, trial, target)
    let top = readoutAdjoint(trial, errors)
    let rateErrors = layers.indices.map { self.rateErrors($0, trial, target) }
    let signals = rateErrors.map(\.errors)
    let hidden =
      terms == .full
      ? fullAdjoints(trial, top, signals) : forwardAdjoints(trial, top, errors, target, signals)
    var gradient = ReferenceGradients(
      layers: [], readout: weightGradient(readout, top, trial, layers.count),
      rates: rateErrors.map(\.rates), countRatio: errors.countRatio)
    for (index, adjoint) in hidden.enumerated() {
      gradient.layers.append(weightGradient(layers[index], adjoint, trial, index))
    }
    return (errors.loss, gradient)
  }

  private func readoutAdjoint(_ trial: ReferenceTrial, _ errors: OutputErrors) -> Adjoint {
    let adjoint = Adjoint(
      configuration, Dynamics(readout: configuration), trial.readout, isSoft: trial.isSoft)
    if !hasSpikingReadout {
      adjoint.run(membraneErrors: errors.outputs)
    } else if errors.outputs.isEmpty {
      adjoint.run(
        configuration.gradient, spikeErrors: Series(errors.spikes),
        timeErrors: Series(errors.times))
    } else {
      let (spikes, times) = through(configuration.lossKernel, errors.outputs)
      adjoint.run(configuration.gradient, spikeErrors: spikes, timeErrors: times)
    }
    return adjoint
  }

  /// dL/dS and dL/dt of spikes that reach the signal `l` through a kernel that nothing cuts.
  func through(_ kernel: Kernel, _ l: [[Double]]) -> (spikes: Series, times: Series) {
    let zeros = [Double](repeating: 0, count: l.first?.count ?? 0)
    let spikes = Series(count: l.count, width: zeros.count)
    let times = Series(count: l.count, width: zeros.count)
    guard l.contains(where: { $0.contains { $0 != 0 } }) else { return (spikes, times) }
    // R[t] = sum_u eps[u-t] l[u], from one step before the trial to one after.
    var (later, latest) = (zeros, zeros)
    var (membrane, current) = (zeros, zeros)
    for t in (-1..<l.count).reversed() {
      for j in zeros.indices {
        membrane[j] = kernel.membrane * membrane[j] + (t >= 0 ? l[t][j] : 0)
        current[j] = kernel.current * current[j] + kernel.gain * membrane[j]
        if t + 1 < l.count { times[t + 1][j] = -(current[j] - latest[j]) / 2 }
        (latest[j], later[j]) = (later[j], current[j])
        if t >= 0 { spikes[t][j] = current[j] }
      }
    }
    return (spikes, times)
  }

  /// Every layer receives what its spikes do to the layer above and all that follows.
  private func fullAdjoints(
    _ trial: ReferenceTrial, _ top: Adjoint, _ rateErrors: [[[Double]]]
  ) -> [Adjoint] {
    var adjoints: [Adjoint] = []
    var above = top
    for index in layers.indices.reversed() {
      let dynamics = dynamics(above: index)
      let weights = Series(
        index + 1 < layers.count ? layers[index + 1].weights : readout.weights)
      // Rate errors stand at the other end of the kernel, as in the forward rule.
      let (spikes, times) = through(dynamics.kernel, rateErrors[index])
      for t in 0..<spikes.count {
        addProducts(weights, above.current[t], to: spikes[t])
        guard configuration.gradient.timing != 0 else { continue }
        var shift = above.shift(at: t)
        // What a spike one step earlier would do at once.
        if t > 0 { add(dynamics.kernel.first / 2, above.direct[t - 1], to: &shift) }
        // Only spikes can move.
        for (j, s) in trial.layers[index].spikes[t].enumerated() where s != 0 {
          times[t][j] -= shift.withUnsafeBufferPointer {
            product(UnsafeBufferPointer(weights[j]), $0)
          }
        }
      }
      above = Adjoint(
        configuration, Dynamics(hidden: configuration), trial.layers[index], isSoft: trial.isSoft)
      above.run(
        configuration.gradient, spikeErrors: spikes, timeErrors: times,
        recurrent: withoutDiagonal(layers[index].recurrent))
      adjoints.insert(above, at: 0)
    }
    return adjoints
  }

  private func withoutDiagonal(_ weights: [[Double]]?) -> [[Double]]? {
    guard var weights else { return nil }
    for j in weights.indices { weights[j][j] = 0 }
    return weights
  }

  /// dL/dw_ij = sum_t S_i[t] I'_j[t], with S_h[t-1] for recurrent weights; dL/dbias_j = sum_t V'_j[t].
  private func weightGradient(
    _ layer: Layer, _ adjoint: Adjoint, _ trial: ReferenceTrial, _ index: Int
  ) -> ReferenceGradients.Layer {
    let zeros = [Double](repeating: 0, count: layer.neurons)
    var gradient = ReferenceGradients.Layer(
      weights: layer.weights.map { _ in zeros }, recurrent: layer.recurrent?.map { _ in zeros },
      bias: zeros)
    for t in 0..<trial.steps {
      if index == 0 {
        for i in trial.input[t] { add(1, adjoint.current[t], to: &gradient.weights[Int(i)]) }
      } else {
        for (i, s) in trial.layers[index - 1].spikes[t].enumerated() where s != 0 {
          add(s, adjoint.current[t], to: &gradient.weights[i])
        }
      }
      add(1, adjoint.membrane[t], to: &gradient.bias)
      guard layer.recurrent != nil, t > 0 else { continue }
      for (h, s) in trial.layers[index].spikes[t - 1].enumerated() where s != 0 {
        for j in zeros.indices where j != h {
          gradient.recurrent?[h][j] += s * adjoint.current[t][j]
        }
      }
    }
    addSilent(trial, index, to: &gradient)
    return gradient
  }

  /// no_spike_weight: what draws neurons that were silent towards the inputs that were not.
  private func addSilent(
    _ trial: ReferenceTrial, _ index: Int, to gradient: inout ReferenceGradients.Layer
  ) {
    let strength = configuration.gradient.noSpikeWeight
    let own = index < layers.count ? trial.layers[index].spikes : trial.readout.spikes
    guard strength != 0, let neurons = own.first?.count else { return }
    func hasSpiked(_ spikes: [[Double]], _ j: Int) -> Bool { spikes.contains { $0[j] != 0 } }
    let silent = (0..<neurons).filter { !hasSpiked(own, $0) }
    func add(to weights: inout [[Double]], _ isActive: (Int) -> Bool) {
      let pull = strength / Double(weights.count)
      for i in weights.indices where isActive(i) {
        for j in silent { weights[i][j] -= pull }
      }
    }
    if index == 0 {
      let active = Set(trial.input.joined())
      add(to: &gradient.weights) { active.contains(Int32($0)) }
    } else {
      add(to: &gradient.weights) { hasSpiked(trial.layers[index - 1].spikes, $0) }
    }
    // A silent neuron's own weight onto itself stays out, for it has not spiked.
    if var recurrent = gradient.recurrent {
      add(to: &recurrent) { hasSpiked(own, $0) }
      gradient.recurrent = recurrent
    }
  }
}
