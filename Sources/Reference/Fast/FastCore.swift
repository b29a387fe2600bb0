import Learning

/// What a ``FastNetwork`` computes with.
final class FastCore {
  let configuration: LearnerConfiguration
  let stack: [FastLayer]
  private let optimisers: [FastOptimiser]
  /// Judges outputs as the reference does; it has no layers of its own.
  var judge: ReferenceNetwork
  /// Errors of the outputs in each step.
  let spikeErrors: Rows
  let timeErrors: Rows
  /// The trial in which each address last spiked, for those that are wanted once.
  private var lastTrial: [Int]
  private var trials = 0
  var steps = 0
  private var updates = 0

  init(_ network: ReferenceNetwork, _ terms: ReferenceNetwork.Terms) {
    configuration = network.configuration
    let plain = network.layers + [network.readout]
    stack = plain.enumerated().map { index, layer in
      let dynamics =
        index + 1 < plain.count
        ? Dynamics(hidden: network.configuration) : Dynamics(readout: network.configuration)
      return FastLayer(layer, dynamics, isFirst: index == 0)
    }
    if terms == .asForward {
      for layer in stack { layer.credit = ForwardCredit(width: layer.neurons) }
    }
    optimisers = stack.indices.map { index in
      let isReadout = index + 1 == plain.count
      return FastOptimiser(
        network.configuration.optimiser, rows: plain[index].weights.count,
        width: plain[index].neurons,
        hasBias: isReadout ? network.configuration.readout.bias : network.configuration.hidden.bias)
    }
    judge = ReferenceNetwork(
      configuration: network.configuration, layers: [], readout: .init(weights: [], thresholds: []))
    judge.countRatio = network.countRatio
    spikeErrors = Rows(count: 0, width: network.readout.neurons)
    timeErrors = Rows(count: 0, width: network.readout.neurons)
    lastTrial = .init(repeating: 0, count: plain[0].weights.count)
  }

  var countRatio: Double {
    get { judge.countRatio }
    set { judge.countRatio = newValue }
  }

  var readout: FastLayer { stack[stack.count - 1] }

  func run(_ trial: StepEvents) {
    precondition(
      trial.largestAddress < lastTrial.count,
      "an input \(trial.largestAddress) of a network of \(lastTrial.count)")
    steps = trial.steps
    let floor = Float(configuration.gradient.slopeFloor)
    for layer in stack {
      layer.reserve(steps: steps)
      layer.clearState()
    }
    trial.addresses.withUnsafeBufferPointer { addresses in
      guard let start = addresses.baseAddress ?? UnsafePointer(bitPattern: 2) else { return }
      var place = 0
      for t in 0..<steps {
        let count = Int(trial.counts[t])
        stack[0].add(start + place, count)
        place += count
        stack[0].step(t, slopeFloor: floor)
        for index in 1..<stack.count {
          let range = stack[index - 1].spikes.range(t)
          stack[index].add(
            UnsafePointer(stack[index - 1].spikes.neuron + range.lowerBound), range.count)
          stack[index].step(t, slopeFloor: floor)
        }
      }
    }
  }

  func gradient(of trial: StepEvents, target: ReferenceTarget) -> Double {
    run(trial)
    let loss = judgeOutputs(target)
    var errors = topErrors
    for index in stack.indices.reversed() {
      let layer = stack[index]
      if index + 1 < stack.count {
        layer.end = min(steps, stack[index + 1].end + 1)
        if stack[index + 1].end == 0 { layer.end = 0 }
      }
      if layer.end > 0 {
        if index > 0 {
          sumByNeurons(layer, errors, below: stack[index - 1])
        } else {
          sumByEvents(layer, errors, trial)
        }
      }
      guard index > 0 else { break }
      errors = layer.credit == nil ? .above(layer) : credit(of: stack[index - 1], from: layer)
    }
    if configuration.gradient.noSpikeWeight != 0 { addSilent(trial) }
    return loss
  }

  private func credit(
    of layer: FastLayer, from above: FastLayer
  ) -> FastErrors {
    layer.end = above.end == 0 ? 0 : min(steps, above.end + 1)
    return layer.credit(from: above)
  }

  private func sumByNeurons(
    _ layer: FastLayer, _ errors: FastErrors, below: FastLayer
  ) {
    let width = layer.width
    layer.goBack(configuration, errors) { t, adjoint in
      for index in below.spikes.range(t) {
        let row = layer.gradient.row(Int(below.spikes.neuron[index]))
        for j in 0..<width { row[j] += adjoint[j] }
      }
    }
  }

  private func sumByEvents(
    _ layer: FastLayer, _ errors: FastErrors, _ trial: StepEvents
  ) {
    let width = layer.width
    var place = trial.counts[..<layer.end].reduce(0) { $0 + Int($1) }
    layer.isLive.withUnsafeMutableBufferPointer { isLive in
      trial.addresses.withUnsafeBufferPointer { addresses in
        layer.goBack(configuration, errors) { t, adjoint in
          let count = Int(trial.counts[t])
          place -= count
          for index in place..<place + count {
            let address = Int(addresses[index])
            isLive[address] = true
            let row = layer.gradient.row(address)
            for j in 0..<width { row[j] += adjoint[j] }
          }
        }
      }
    }
  }

  /// no_spike_weight: what draws neurons that were silent towards the inputs that were not.
  private func addSilent(_ trial: StepEvents) {
    trials += 1
    for (index, layer) in stack.enumerated() where layer.dynamics.spikes {
      let pull = layer.errors.start
      let strength = Float(configuration.gradient.noSpikeWeight / Double(layer.inputs))
      for j in 0..<layer.neurons { pull[j] = layer.spikes.last[j] < 0 ? strength : 0 }
      func add(_ i: Int) {
        let row = layer.gradient.row(i)
        for j in 0..<layer.neurons { row[j] -= pull[j] }
      }
      if index > 0 {
        let below = stack[index - 1]
        for i in 0..<below.neurons where below.spikes.last[i] >= 0 { add(i) }
      } else {
        for address in trial.addresses where lastTrial[Int(address)] != trials {
          lastTrial[Int(address)] = trials
          layer.isLive[Int(address)] = true
          add(Int(address))
        }
      }
    }
  }

  func update(rate: Double, scale: Double, biasUnit: Double) {
    updates += 1
    for (layer, optimiser) in zip(stack, optimisers) {
      optimiser.update(
        layer, rate: rate, scale: scale, biasUnit: biasUnit, updates: updates)
      layer.transpose()
    }
  }

  func clearGradient() {
    for layer in stack {
      layer.gradient.clear()
      layer.biasGradient.clear()
    }
  }

  var gradients: [ReferenceGradients.Layer] {
    stack.map { layer in
      .init(weights: layer.gradient.numbers, bias: layer.biasGradient.numbers[0])
    }
  }
}
