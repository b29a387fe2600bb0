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
    let kernel = dynamics.kernel
    let zeros = [Double](repeating: 0, count: layer.neurons)
    var trial = ReferenceTrial.Layer()
    var (v, current, trace, spikes, remainder) = (zeros, zeros, zeros, zeros, zeros)
    var threshold = layer.thresholds
    var lastSpike = [Int?](repeating: nil, count: layer.neurons)
    let allReady = [Bool](repeating: true, count: layer.neurons)
    let canBeHeldBack = dynamics.singleSpike || dynamics.refractorySteps > 0
    for t in input.indices {
      for j in v.indices {
        let s = soft ? 0 : spikes[j]
        let gates = dynamics.gates(after: s)
        let subtracted = dynamics.reset == .subtract ? layer.thresholds[j] * s : 0
        trace[j] = dynamics.adaptationDecay * trace[j] + spikes[j]
        if dynamics.adaptation != 0 {
          threshold[j] = layer.thresholds[j] + dynamics.adaptation * trace[j]
        }
        current[j] *= kernel.current * gates.current
        remainder[j] = gates.membrane * v[j] - subtracted
        v[j] = kernel.membrane * gates.membrane * v[j] - subtracted + layer.bias[j]
      }
      if let below {
        for (i, s) in below.spikes[t].enumerated() where s != 0 {
          add(s, layer.weights[i], to: &current)
        }
      } else {
        for i in input[t] { add(1, layer.weights[Int(i)], to: &current) }
      }
      if let recurrent = layer.recurrent {
        for (h, s) in spikes.enumerated() where s != 0 {
          for j in current.indices where j != h { current[j] += recurrent[h][j] * s }
        }
      }
      add(kernel.gain, current, to: &v)
      trial.membranes.append(v)
      trial.currents.append(current)
      trial.remainders.append(remainder)
      guard dynamics.spikes else { continue }
      var isReady = allReady
      for j in v.indices {
        let distance = v[j] - threshold[j]
        if soft {
          spikes[j] = configuration.surrogate.integral(distance)
          continue
        }
        if canBeHeldBack, let last = lastSpike[j] {
          isReady[j] = !dynamics.singleSpike && t - last > dynamics.refractorySteps
        }
        spikes[j] = isReady[j] && v[j] >= threshold[j] ? 1 : 0
        if canBeHeldBack, spikes[j] == 1 { lastSpike[j] = t }
      }
      trial.thresholds.append(threshold)
      trial.spikes.append(spikes)
      trial.isReady.append(isReady)
    }
    return trial
  }
}

/// y += a x.
func add(_ a: Double, _ x: [Double], to y: inout [Double]) {
  precondition(x.count == y.count)
  x.withUnsafeBufferPointer { x in
    y.withUnsafeMutableBufferPointer { y in
      for j in 0..<y.count { y[j] += a * x[j] }
    }
  }
}

/// Of each row of `weights`, its product with `x`.
func product(_ weights: [[Double]], _ x: [Double]) -> [Double] {
  weights.map { product($0, x) }
}

func product(_ row: [Double], _ x: [Double]) -> Double {
  precondition(row.count == x.count)
  return row.withUnsafeBufferPointer { row in x.withUnsafeBufferPointer { product(row, $0) } }
}

func product(_ row: UnsafeBufferPointer<Double>, _ x: UnsafeBufferPointer<Double>) -> Double {
  // Four sums, for one would wait for each addition.
  var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
  var j = 0
  while j + 4 <= x.count {
    a += row[j] * x[j]
    b += row[j + 1] * x[j + 1]
    c += row[j + 2] * x[j + 2]
    d += row[j + 3] * x[j + 3]
    j += 4
  }
  while j < x.count {
    a += row[j] * x[j]
    j += 1
  }
  return a + b + c + d
}
