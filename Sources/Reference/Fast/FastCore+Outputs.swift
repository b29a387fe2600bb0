import Learning

extension FastCore {
  /// The loss; what acts on the outputs stays in the rows of errors.
  func judgeOutputs(_ target: ReferenceTarget) -> Double {
    let trial = outputTrial()
    let found = OutputErrors(judge, trial, target)
    judge.countRatio = found.countRatio
    spikeErrors.reserve(steps)
    timeErrors.reserve(steps)
    var end = 0
    func keep(_ t: Int, _ errors: some Collection<Double>, in rows: Rows) {
      let row = rows.row(t)
      for (k, error) in errors.enumerated() {
        row[k] = Float(error)
        if error != 0 { end = max(end, t + 1) }
      }
    }
    if !dynamicsSpike {
      for t in 0..<steps { keep(t, found.outputs[t], in: spikeErrors) }
    } else if found.outputs.isEmpty {
      for t in 0..<steps {
        keep(t, found.spikes[t], in: spikeErrors)
        keep(t, found.times[t], in: timeErrors)
      }
    } else {
      let (spikes, times) = judge.through(configuration.lossKernel, found.outputs)
      for t in 0..<steps {
        keep(t, spikes[t], in: readout.credit?.spikes ?? spikeErrors)
        keep(t, times[t], in: readout.credit?.times ?? timeErrors)
        if let credit = readout.credit { keep(t, found.outputs[t], in: credit.signals) }
      }
    }
    readout.end = end
    return found.loss
  }

  private var dynamicsSpike: Bool { readout.dynamics.spikes }

  var topErrors: FastErrors {
    if dynamicsSpike, configuration.loss.kind.isOfFilteredOutputs, let credit = readout.credit {
      return .filtered(credit, configuration.lossKernel)
    }
    return dynamicsSpike ? .spikes(spikeErrors, times: timeErrors) : .membranes(spikeErrors)
  }

  /// The outputs of the trial as the reference has them.
  private func outputTrial() -> ReferenceTrial {
    var layer = ReferenceTrial.Layer()
    let none = [Double](repeating: 0, count: readout.neurons)
    if dynamicsSpike {
      layer.spikes = .init(repeating: none, count: steps)
      for t in 0..<steps {
        for index in readout.spikes.range(t) {
          layer.spikes[t][Int(readout.spikes.neuron[index])] = 1
        }
      }
    } else {
      layer.membranes = (0..<steps).map { t in
        let row = readout.membranes.row(t)
        return none.indices.map { Double(row[$0]) }
      }
    }
    let isFiltered = configuration.loss.kind.isOfFilteredOutputs
    let outputs =
      !dynamicsSpike
      ? layer.membranes
      : isFiltered ? judge.filter(layer.spikes, configuration.lossKernel) : []
    return ReferenceTrial(
      input: .init(repeating: [], count: steps), layers: [], readout: layer, outputs: outputs,
      isSoft: false)
  }

  var outcome: FastOutcome {
    let record = readout.spikes
    var outcome = FastOutcome(
      steps: steps, counts: .init(repeating: 0, count: readout.neurons),
      first: .init(repeating: nil, count: readout.neurons),
      potentials: .init(repeating: 0, count: readout.neurons),
      hiddenSpikes: stack.dropLast().map { $0.spikes.begin[steps] })
    for t in 0..<steps {
      for index in record.range(t) {
        let k = Int(record.neuron[index])
        outcome.counts[k] += 1
        if outcome.first[k] == nil { outcome.first[k] = t }
      }
      let row = readout.membranes.row(t)
      for k in 0..<readout.neurons { outcome.potentials[k] += Double(row[k]) }
    }
    if let decided = outcome.first.compactMap({ $0 }).min() {
      outcome.hiddenSpikesUntilFirst = stack.dropLast().map { $0.spikes.begin[decided + 1] }
    }
    return outcome
  }
}
