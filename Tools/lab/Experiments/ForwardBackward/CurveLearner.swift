import Learning
import Reference

/// A network that learns trial by trial, and predicts by the largest mean potential.
protocol CurveLearner {
  /// - Returns: the prediction before learning.
  func learn(_ steps: [[Int32]], _ label: Int) throws -> Int
  func predict(_ steps: [[Int32]]) -> (class: Int, hiddenSpikes: Int)
}

/// Along the forward rule, as the engine or the reference computes it.
final class ForwardCurveLearner: CurveLearner {
  private let network: Network<Float>
  private let state: NetworkState<Float>
  private let method: CurveJob.Method
  /// Rows of each connection that have ever had a gradient.
  private var used: [String: Set<Int32>] = [:]

  init(_ network: Network<Float>, _ method: CurveJob.Method) {
    self.network = network
    self.method = method
    state = network.makeState()
  }

  func learn(_ steps: [[Int32]], _ label: Int) -> Int {
    if method == .reference { return learnByReference(steps, label) }
    var sums = [Double](repeating: 0, count: network.configuration.classes)
    _ = network.sumGradient(
      label: label, in: state, observe: { self.add(self.state.observed, to: &sums) }
    ) { body in
      for active in steps { body(active) }
    }
    if method == .engine {
      network.endTrial(in: state)
    } else {
      let gradients = network.gradients(in: state)
      let active = Set(steps.joined())
      end(
        gradients.map { name, values in
          let inputs: Set<Int32> =
            name.hasPrefix("input") ? active : Set(0..<Int32(values.count / columns(name)))
          used[name, default: []].formUnion(inputs)
          return ConnectionGradient(
            name: name, rows: used[name, default: []].sorted(), values: values)
        })
    }
    return largest(sums)
  }

  /// The same terms in double precision, and the engine's optimiser.
  private func learnByReference(_ steps: [[Int32]], _ label: Int) -> Int {
    let reference = ReferenceNetwork(network)
    let run = reference.run(steps)
    let gradient = reference.gradient(
      of: run, target: .label(label), terms: .asForward
    ).gradient
    end(
      network.connections.map { connection in
        ConnectionGradient(
          name: connection.name, rows: run.activeRows(of: connection.name),
          values: gradient.numbers(of: connection.name).map { Float($0) })
      })
    return largest(
      (0..<network.configuration.classes).map { k in run.outputs.reduce(0) { $0 + $1[k] } })
  }

  private func end(_ gradients: [ConnectionGradient<Float>]) {
    network.endTrial(
      gradients: gradients, firingRates: network.firingRates, countRatio: network.countRatio,
      in: state)
  }

  private func columns(_ name: String) -> Int {
    network.connections.first { $0.name == name }?.weights.columns ?? 1
  }

  func predict(_ steps: [[Int32]]) -> (class: Int, hiddenSpikes: Int) {
    var sums = [Double](repeating: 0, count: network.configuration.classes)
    var spikes = 0
    state.reset()
    for active in steps {
      network.infer(active, in: state)
      spikes += state.hiddenSpikeCount
      add(state.observed, to: &sums)
    }
    return (largest(sums), spikes)
  }

  private func add(_ outputs: LaneVector<Float>, to sums: inout [Double]) {
    for k in sums.indices { sums[k] += Double(outputs[k]) }
  }
}

/// Along the full gradient, by the fast form of the reference and its Adam, from the weights of an engine's network.
final class BackwardCurveLearner: CurveLearner {
  private let network: FastNetwork
  private let schedule: LearningRateSchedule
  private var learned = 0

  init(_ network: Network<Float>) throws {
    self.network = try FastNetwork(ReferenceNetwork(network))
    schedule = LearningRateSchedule(network.configuration.optimiser)
  }

  func learn(_ steps: [[Int32]], _ label: Int) -> Int {
    _ = network.addGradient(of: StepEvents(steps), target: .label(label))
    let predicted = largest(network.outcome.potentials)
    network.update(rate: schedule.rate(learnedTrials: learned), scale: 1)
    learned += 1
    return predicted
  }

  func predict(_ steps: [[Int32]]) -> (class: Int, hiddenSpikes: Int) {
    let outcome = network.run(StepEvents(steps))
    return (largest(outcome.potentials), outcome.hiddenSpikes.reduce(0, +))
  }
}

/// The first of the largest.
private func largest(_ sums: [Double]) -> Int {
  sums.indices.reduce(0) { sums[$1] > sums[$0] ? $1 : $0 }
}
