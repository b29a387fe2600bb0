import Events
import Learning
import Reference

/// Learns trials in one order from one set of weights, whatever the method.
struct CurveRun {
  let job: CurveJob
  let set: TrialSet

  func outcome() throws -> CurveOutcome {
    var configuration = job.gradient.configuration
    configuration.seed = job.seed
    configuration.optimiser.learningRate = job.rate
    configuration.optimiser.schedule.shape = .linear
    configuration.optimiser.schedule.trials = job.learned
    let network = try Network<Float>(configuration, inputs: set.geometry.addressCount)
    let state = network.makeState()
    let interval = max(1, job.learned / 30)
    var progressive: [Double] = []
    var correct = 0
    var seconds = 0.0
    for (place, index) in order.enumerated() {
      let trial = set.learned.trial(index)
      let steps = job.gradient.steps(of: trial, geometry: set.geometry)
      let begin = ProcessorClock.now
      let predicted =
        job.method == .engine
        ? learn(steps, trial.label, network, state)
        : try learnBackward(steps, trial.label, network, state)
      seconds += ProcessorClock.now - begin
      correct += predicted == trial.label ? 1 : 0
      guard (place + 1) % interval == 0 else { continue }
      progressive.append(Double(correct) / Double(interval))
      correct = 0
    }
    let (accuracy, spikes) = test(network, state)
    return CurveOutcome(
      interval: interval, progressive: progressive, accuracy: accuracy, spikes: spikes,
      seconds: seconds)
  }

  /// The learned trials: the same for all methods. Those behind them are left for the choice of rates.
  private var order: [Int] {
    var random = SplitMix64(seed: job.seed, stream: 0)
    return random.permutation(of: job.learned)
  }

  /// - Returns: the prediction before learning.
  private func learn(
    _ steps: [[Int32]], _ label: Int, _ network: Network<Float>, _ state: NetworkState<Float>
  ) -> Int {
    var sums = [Double](repeating: 0, count: network.configuration.classes)
    _ = network.sumGradient(
      label: label, in: state, observe: { add(state.observed, to: &sums) }
    ) { body in
      for active in steps { body(active) }
    }
    network.endTrial(in: state)
    return largest(sums)
  }

  /// The reference walks back over the trial; the network holds the weights and the optimiser, the same for all methods.
  private func learnBackward(
    _ steps: [[Int32]], _ label: Int, _ network: Network<Float>, _ state: NetworkState<Float>
  ) throws -> Int {
    let reference = ReferenceNetwork(network)
    let gradient: ReferenceGradients
    let rows: (String) -> [Int32]
    let potentials: [Double]
    if job.method == .backward {
      let fast = try FastNetwork(reference, precision: .double)
      _ = fast.addGradient(of: StepEvents(steps), target: .label(label))
      gradient = fast.gradient
      potentials = fast.outcome.potentials
      let active = Set(steps.joined()).sorted()
      rows = { name in
        name.hasPrefix("input") ? active : Self.rowsInUse(gradient, name, network)
      }
    } else {
      let run = reference.run(steps)
      gradient =
        reference.gradient(of: run, target: .label(label), terms: .asForward).gradient
      potentials = (0..<network.configuration.classes).map { k in
        run.outputs.reduce(0) { $0 + $1[k] }
      }
      rows = { run.activeRows(of: $0) }
    }
    network.endTrial(
      gradients: network.connections.map { connection in
        ConnectionGradient(
          name: connection.name, rows: rows(connection.name),
          values: gradient.numbers(of: connection.name).map { Float($0) })
      },
      firingRates: network.firingRates, countRatio: network.countRatio, in: state)
    return largest(potentials)
  }

  /// Rows that are not zero, for those of neurons that have spiked.
  private static func rowsInUse(
    _ gradient: ReferenceGradients, _ name: String, _ network: Network<Float>
  ) -> [Int32] {
    let values = gradient.numbers(of: name)
    let rows = network.connections.first { $0.name == name }?.weights.rows ?? 1
    let columns = values.count / rows
    return (0..<rows).filter { row in
      values[row * columns..<(row + 1) * columns].contains { $0 != 0 }
    }.map { Int32($0) }
  }

  private func test(
    _ network: Network<Float>, _ state: NetworkState<Float>
  ) -> (accuracy: Double, spikes: Double) {
    let source = job.isChoice ? set.learned : set.unseen
    let first = job.isChoice ? job.learned : 0
    var (correct, spikes) = (0, 0)
    for index in first..<first + job.tested {
      let trial = source.trial(index)
      var sums = [Double](repeating: 0, count: network.configuration.classes)
      state.reset()
      for active in job.gradient.steps(of: trial, geometry: set.geometry) {
        network.infer(active, in: state)
        spikes += state.hiddenSpikeCount
        add(state.observed, to: &sums)
      }
      correct += largest(sums) == trial.label ? 1 : 0
    }
    let count = Double(max(job.tested, 1))
    return (Double(correct) / count, Double(spikes) / count)
  }

  private func add(_ outputs: LaneVector<Float>, to sums: inout [Double]) {
    for k in sums.indices { sums[k] += Double(outputs[k]) }
  }

  private func largest(_ sums: [Double]) -> Int {
    sums.indices.max { sums[$0] < sums[$1] } ?? 0
  }
}
