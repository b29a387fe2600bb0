import Learning

extension ReferenceNetwork {
  /// Runs a trial from a cleared state.
  ///
  /// - Parameters:
  ///   - steps: the addresses that spike in each step.
  ///   - softSpikes: replaces every spike by the integral of the surrogate derivative at V - theta - beta A, and leaves
  ///     out resets, refractory steps and the restriction to single spikes. Such a network is differentiable, and the
  ///     activation part of its gradient is a true derivative.
  public func run(_ steps: [[Int32]], softSpikes: Bool = false) -> ReferenceTrial {
    let hidden = Dynamics(hidden: configuration)
    var trial = ReferenceTrial(
      input: steps, layers: [], readout: .init(), outputs: [], isSoft: softSpikes)
    for layer in layers {
      let below = trial.layers.last
      trial.layers.append(run(layer, hidden, below: below, input: steps, soft: softSpikes))
    }
    trial.readout = run(
      readout, Dynamics(readout: configuration), below: trial.layers.last, input: steps,
      soft: softSpikes)
    trial.outputs =
      hasSpikingReadout
      ? filter(trial.readout.spikes, configuration.lossKernel) : trial.readout.membranes
    return trial
  }

  /// sum_u eps[t-u] x[u].
  func filter(_ x: [[Double]], _ kernel: Kernel) -> [[Double]] {
    var current = [Double](repeating: 0, count: x.first?.count ?? 0)
    var membrane = current
    return x.map { row in
      for k in row.indices {
        current[k] = kernel.current * current[k] + row[k]
        membrane[k] = kernel.membrane * membrane[k] + kernel.gain * current[k]
      }
      return membrane
    }
  }

  private func run(
    _ layer: Layer, _ dynamics: Dynamics, below: ReferenceTrial.Layer?, input: [[Int32]],
    soft: Bool
  ) -> ReferenceTrial.Layer {
    var trial = ReferenceTrial.Layer()
    let state = LayerState(layer, dynamics, isSoft: soft)
    for t in input.indices {
      state.decay()
      if let below {
        below.spikes[t].withUnsafeBufferPointer { spikes in
          for i in spikes.indices where spikes[i] != 0 {
            add(spikes[i], layer.weights[i], to: state.current)
          }
        }
      } else {
        for i in input[t] { add(1, layer.weights[Int(i)], to: state.current) }
      }
      state.addRecurrent()
      state.charge()
      trial.membranes.append(Array(state.v))
      trial.currents.append(Array(state.current))
      trial.remainders.append(Array(state.remainder))
      guard dynamics.spikes else { continue }
      trial.isReady.append(state.spike(configuration.surrogate, at: t))
      trial.thresholds.append(state.allThresholds)
      trial.spikes.append(Array(state.spikes))
    }
    return trial
  }
}
