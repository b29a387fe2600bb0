import Learning

extension FastLayer {
  /// A trial's state before its first step.
  func clearState() {
    for rows in [membrane, current] { rows.clear() }
    reachable.start.update(from: thresholds.start, count: width)
    spikes.last.update(repeating: -1, count: neurons)
    spikes.begin[0] = 0
  }

  /// Adds the weights of the neurons below that spike.
  @inline(__always)
  func add<Address: FixedWidthInteger>(_ addresses: UnsafePointer<Address>, _ count: Int) {
    let current = current.start
    let width = width
    var index = 0
    // Four rows at a time save three passes over the currents.
    while index + 4 <= count {
      let a = weights.row(Int(addresses[index]))
      let b = weights.row(Int(addresses[index + 1]))
      let c = weights.row(Int(addresses[index + 2]))
      let d = weights.row(Int(addresses[index + 3]))
      for j in 0..<width { current[j] += (a[j] + b[j]) + (c[j] + d[j]) }
      index += 4
    }
    while index < count {
      let a = weights.row(Int(addresses[index]))
      for j in 0..<width { current[j] += a[j] }
      index += 1
    }
  }

  /// One step, its input being added to the currents: membranes, and spikes where they reach the threshold.
  func step(_ t: Int, slopeFloor: Float) {
    let (v, current, bias) = (membrane.start, current.start, bias.start)
    let width = width
    let (a, gain) = (Float(dynamics.kernel.membrane), Float(dynamics.kernel.gain))
    let decay = Float(dynamics.kernel.current)
    for j in 0..<width {
      let i = current[j]
      v[j] = a * v[j] + bias[j] + gain * i
      current[j] = decay * i
    }
    if dynamics.spikes, dynamics.reset == .subtract, t > 0 {
      for index in spikes.range(t - 1) {
        let j = Int(spikes.neuron[index])
        v[j] -= thresholds.start[j]
      }
    }
    membranes.row(t).update(from: v, count: width)
    spikes.begin[t + 1] = spikes.begin[t]
    guard dynamics.spikes else { return }
    if dynamics.refractorySteps > 0, !dynamics.singleSpike, t > dynamics.refractorySteps {
      for index in spikes.range(t - dynamics.refractorySteps - 1) {
        let j = Int(spikes.neuron[index])
        reachable.start[j] = thresholds.start[j]
      }
    }
    spike(t, slopeFloor)
  }

  private func spike(_ t: Int, _ slopeFloor: Float) {
    let (v, reachable) = (membrane.start, reachable.start)
    let before = t > 0 ? membranes.row(t - 1) : nil
    let (neuron, slope, last) = (spikes.neuron, spikes.slope, spikes.last)
    let (reset, isRestricted) = (dynamics.reset, isRestricted)
    var count = spikes.begin[t]
    for block in stride(from: 0, to: width, by: 16) {
      var above: Int32 = 0
      for j in block..<block + 16 { above &+= v[j] >= reachable[j] ? 1 : 0 }
      guard above > 0 else { continue }
      for j in block..<block + 16 where v[j] >= reachable[j] {
        var remainder: Float = 0
        if let before {
          remainder = before[j]
          if last[j] == Int32(t - 1) {
            remainder = reset == .subtract ? remainder - thresholds.start[j] : 0
          }
        }
        neuron[count] = Int32(j)
        slope[count] = -1 / max(v[j] - remainder, slopeFloor)
        last[j] = Int32(t)
        count += 1
      }
    }
    spikes.begin[t + 1] = count
    // The reset acts in the step after.
    for index in spikes.range(t) {
      let j = Int(neuron[index])
      if reset != .subtract { v[j] = 0 }
      if reset == .zeroBoth { current.start[j] = 0 }
      if isRestricted { reachable[j] = .infinity }
    }
  }
}
