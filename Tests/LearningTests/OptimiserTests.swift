import Events
import Foundation
import Learning
import Testing

/// The optimiser in plain arrays, [connection][row][column], from its documentation.
private struct PlainOptimiser {
  var weights: [[[Double]]]
  private let settings: LearnerConfiguration.Optimiser
  private let readoutNorm: Double
  private let readout: Int
  private var m: [[[Double]]]
  private var v: [[[Double]]]

  init(_ weights: [[[Double]]], _ configuration: LearnerConfiguration, readout: Int) {
    self.weights = weights
    settings = configuration.optimiser
    readoutNorm = configuration.regulariser.readoutNorm
    self.readout = readout
    m = weights.map { $0.map { $0.map { _ in 0 } } }
    v = m
  }

  /// - Parameter rows: the touched rows of each connection.
  mutating func update(_ gradients: [[[Double]]], rows: [Set<Int>], rate: Double, count: Int) {
    var (g, rows) = (gradients, rows)
    if settings.clipValue > 0 {
      let limit = settings.clipValue
      g = g.map { $0.map { $0.map { min(max($0, -limit), limit) } } }
    }
    let norm = g.joined().joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    if settings.clipNorm > 0, norm > settings.clipNorm {
      g = g.map { $0.map { $0.map { $0 * settings.clipNorm / norm } } }
    }
    if readoutNorm > 0 {
      for i in g[readout].indices {
        rows[readout].insert(i)
        for j in g[readout][i].indices { g[readout][i][j] += readoutNorm * weights[readout][i][j] }
      }
    }
    for c in g.indices {
      for i in rows[c] {
        for j in g[c][i].indices {
          let slope = g[c][i][j]
          var step: Double
          switch settings.method {
          case .sgd: step = slope
          case .momentum:
            v[c][i][j] = settings.momentum * v[c][i][j] + slope
            step = v[c][i][j]
          case .adam, .adamw:
            m[c][i][j] = settings.beta1 * m[c][i][j] + (1 - settings.beta1) * slope
            v[c][i][j] = settings.beta2 * v[c][i][j] + (1 - settings.beta2) * slope * slope
            let mean = m[c][i][j] / (1 - pow(settings.beta1, Double(count)))
            let square = v[c][i][j] / (1 - pow(settings.beta2, Double(count)))
            step = mean / (square.squareRoot() + settings.epsilon)
          }
          step += settings.weightDecay * weights[c][i][j]
          weights[c][i][j] -= rate * step
        }
      }
    }
  }
}

/// Random numbers in rows, of deviation 1.
private func gaussians(_ rows: Int, _ columns: Int, seed: UInt64) -> [[Double]] {
  var random = SplitMix64(seed: seed)
  return (0..<rows).map { _ in (0..<columns).map { _ in random.nextGaussian() } }
}

/// Weights of three connections: inputs, a bias of one row, and a readout.
private func connections<Scalar: LearningScalar>() -> [Connection<Scalar>] {
  let shapes: [(name: String, rows: Int, columns: Int)] = [
    ("a", 30, 11), ("bias", 1, 11), ("readout", 11, 3),
  ]
  return shapes.enumerated().map { index, shape in
    let connection = Connection<Scalar>(
      name: shape.name, inputs: shape.rows, outputs: shape.columns)
    connection.weights.contents = gaussians(shape.rows, shape.columns, seed: 50 + UInt64(index))
      .joined().map(Scalar.init)
    return connection
  }
}

/// A gradient for each connection in about two thirds of its rows, touched in the order given.
private func gradients<Scalar: LearningScalar>(
  for connections: [Connection<Scalar>], seed: UInt64, scale: Double = 1, descending: Bool = false
) -> [GradientSums<Scalar>] {
  connections.enumerated().map { index, connection in
    let (rows, columns) = (connection.weights.rows, connection.weights.columns)
    let sums = GradientSums<Scalar>(rows: rows, columns: columns)
    let numbers = gaussians(rows, columns, seed: seed &* 10 &+ UInt64(index))
    let touched = (0..<rows).filter { rows == 1 || ($0 + Int(seed)) % 3 != 0 }
    sums.touch((descending ? touched.reversed() : touched).map(Int32.init))
    for row in touched {
      for column in 0..<columns {
        sums.sums[row, column] = Scalar(scale * numbers[row][column])
      }
    }
    return sums
  }
}

private struct Setting: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let change: @Sendable (inout LearnerConfiguration) -> Void

  static let all: [Setting] = [
    Setting(testDescription: "plain") { _ in },
    Setting(testDescription: "clip_value") { $0.optimiser.clipValue = 0.7 },
    Setting(testDescription: "clip_norm") { $0.optimiser.clipNorm = 2 },
    Setting(testDescription: "weight_decay") { $0.optimiser.weightDecay = 0.3 },
    Setting(testDescription: "readout_norm") { $0.regulariser.readoutNorm = 0.5 },
    Setting(testDescription: "all, with a schedule") {
      $0.optimiser.clipValue = 0.9
      $0.optimiser.clipNorm = 3
      $0.optimiser.weightDecay = 0.1
      $0.regulariser.readoutNorm = 0.2
      $0.optimiser.schedule.shape = .linear
      $0.optimiser.schedule.trials = 5
      $0.optimiser.schedule.warmup = 2
    },
  ]
}

@Suite struct OptimiserTests {
  private func plainForm<Scalar: LearningScalar>(
    _: Scalar.Type, _ method: LearnerConfiguration.Optimiser.Method, _ setting: Setting,
    tolerance: Double
  ) throws {
    let configuration = smallConfiguration {
      $0.optimiser.method = method
      $0.optimiser.learningRate = 0.02
      $0.optimiser.momentum = 0.7
      $0.optimiser.beta1 = 0.8
      $0.optimiser.beta2 = 0.95
      $0.optimiser.epsilon = 1e-4
      setting.change(&$0)
    }
    try configuration.validate()
    let connections: [Connection<Scalar>] = connections()
    let optimiser = NetworkOptimiser(
      configuration: configuration, connections: connections, readout: 2)
    func numbers(_ matrix: RowMatrix<Scalar>) -> [[Double]] {
      rows(matrix.contents.map(Double.init), columns: matrix.columns)
    }
    var plain = PlainOptimiser(
      connections.map { numbers($0.weights) }, configuration, readout: 2)
    let schedule = LearningRateSchedule(configuration.optimiser)
    for trial in 0..<8 {
      let gradients = gradients(for: connections, seed: UInt64(trial))
      plain.update(
        gradients.map { numbers($0.sums) }, rows: gradients.map { Set($0.rows.map(Int.init)) },
        rate: schedule.rate(learnedTrials: trial), count: trial + 1)
      optimiser.apply(gradients, learnedTrials: trial)
      #expect(optimiser.updates == trial + 1)
      for (connection, expected) in zip(connections, plain.weights) {
        let found = connection.weights.contents.map(Double.init)
        #expect(relativeError(found, Array(expected.joined())) <= tolerance)
      }
    }
  }

  @Test(
    "Every method follows its plain form",
    arguments: LearnerConfiguration.Optimiser.Method.allCases, Setting.all)
  private func followsThePlainForm(
    method: LearnerConfiguration.Optimiser.Method, setting: Setting
  ) throws {
    try plainForm(Double.self, method, setting, tolerance: 1e-12)
    try plainForm(Float.self, method, setting, tolerance: 1e-5)
  }

  /// What sgd at rate 1 moves is the gradient as it was clipped.
  private func moved(
    scale: Double = 1, _ change: (inout LearnerConfiguration.Optimiser) -> Void
  ) -> (moved: [Double], gradient: [Double]) {
    let connections: [Connection<Double>] = connections()
    for connection in connections {
      connection.weights.contents = connection.weights.contents.map { _ in 0 }
    }
    let configuration = smallConfiguration {
      $0.optimiser.method = .sgd
      $0.optimiser.learningRate = 1
      change(&$0.optimiser)
    }
    let gradients = gradients(for: connections, seed: 3, scale: scale)
    let gradient = gradients.flatMap { $0.sums.contents }
    NetworkOptimiser(configuration: configuration, connections: connections, readout: 2)
      .apply(gradients, learnedTrials: 0)
    return (connections.flatMap { $0.weights.contents.map { -$0 } }, gradient)
  }

  @Test func theNormIsBounded() {
    func norm(_ numbers: [Double]) -> Double { numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    for limit in [0.01, 1, 5] {
      let (moved, gradient) = moved { $0.clipNorm = limit }
      #expect(norm(gradient) > limit)
      #expect(abs(norm(moved) / limit - 1) < 1e-12)
      // The direction stays.
      let dot = zip(moved, gradient).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(dot / (norm(moved) * norm(gradient)) - 1) < 1e-12)
    }
    let (small, gradient) = moved(scale: 1e-3) { $0.clipNorm = 1 }
    #expect(norm(gradient) < 1)
    #expect(small == gradient)
  }

  @Test func elementsAreBounded() {
    let (moved, gradient) = moved { $0.clipValue = 0.5 }
    #expect(zip(moved, gradient).allSatisfy { $0 == min(max($1, -0.5), 0.5) })
    #expect(moved.contains(0.5) && moved.contains(-0.5) && moved.contains { abs($0) < 0.4 })
    // First the elements, then the norm.
    let both = self.moved {
      $0.clipValue = 0.5
      $0.clipNorm = 1
    }
    let ratio = both.moved.map(abs).max() ?? 0
    #expect(zip(both.moved, moved).allSatisfy { abs($0 - $1 * ratio / 0.5) < 1e-12 })
  }

  /// The order in which a stream touched the rows, and streams before, leave no trace in the bits.
  @Test("Bits depend on the gradients alone", arguments: [true, false])
  func bits(descending: Bool) {
    func run(_ descending: Bool) -> [Float] {
      let connections: [Connection<Float>] = connections()
      let configuration = smallConfiguration {
        $0.optimiser.clipNorm = 1
        $0.optimiser.weightDecay = 0.1
      }
      let optimiser = NetworkOptimiser(
        configuration: configuration, connections: connections, readout: 2)
      for trial in 0..<5 {
        let seed = UInt64(trial)
        optimiser.apply(
          gradients(for: connections, seed: seed, descending: descending), learnedTrials: trial)
      }
      return connections.flatMap { $0.weights.contents }
    }
    #expect(run(descending) == run(false))
  }

  /// A network whose updates are compared with the plain form of what it says its gradient is.
  @Test(
    "A network's updates follow the plain form",
    arguments: LearnerConfiguration.Optimiser.Method.allCases)
  func ofANetwork(method: LearnerConfiguration.Optimiser.Method) throws {
    let configuration = smallConfiguration {
      $0.optimiser.method = method
      $0.optimiser.learningRate = method == .adam || method == .adamw ? 0.01 : 1e-4
      $0.optimiser.weightDecay = 0.2
      $0.optimiser.clipNorm = 20
      $0.regulariser.readoutNorm = 0.1
      $0.optimiser.schedule.shape = .exponential
      $0.optimiser.schedule.trials = 4
    }
    let network = try Network<Double>(configuration, inputs: 24)
    let state = network.makeState()
    var plain = PlainOptimiser(
      [
        rows(network.input.weights.contents, columns: 12),
        rows(network.readout.weights.contents, columns: 3),
      ], configuration, readout: 1)
    let schedule = LearningRateSchedule(configuration.optimiser)
    for trial in 0..<6 {
      state.reset()
      var (touched, spiking): (Set<Int>, Set<Int>) = ([], [])
      for active in randomSteps(80, inputs: 24, rate: 0.08, seed: UInt64(trial)) {
        let active = active.filter { Int($0) % 3 != trial % 3 }
        network.step(active, target: trial % 3, in: state)
        touched.formUnion(active.map(Int.init))
        spiking.formUnion(state.hidden.spikes.map(Int.init))
      }
      let gradient = network.gradient(in: state)
      network.endTrial(in: state)
      plain.update(
        [rows(gradient.input, columns: 12), rows(gradient.readout, columns: 3)],
        rows: [touched, spiking], rate: schedule.rate(learnedTrials: trial), count: trial + 1)
      let expected = plain.weights.map { Array($0.joined()) }
      #expect(relativeError(network.input.weights.contents, expected[0]) <= 1e-11)
      #expect(relativeError(network.readout.weights.contents, expected[1]) <= 1e-11)
      // Nothing is left of this trial's gradient.
      #expect(network.gradient(in: state).readout.allSatisfy { $0 == 0 })
      #expect(network.gradient(in: state).input.allSatisfy { $0 == 0 })
    }
  }

  /// Readers hear of the rows that moved, and of no others.
  @Test("Changed rows are told", arguments: [0, 0.1])
  func changedRows(readoutNorm: Double) throws {
    let configuration = smallConfiguration { $0.regulariser.readoutNorm = readoutNorm }
    let network = try Network<Float>(configuration, inputs: 24)
    let state = network.makeState()
    network.forgetChanges()
    let before = (network.input.weights.contents, network.readout.weights.contents)
    var (touched, spiking): (Set<Int32>, Set<Int32>) = ([], [])
    for active in randomSteps(30, inputs: 24, rate: 0.04, seed: 9) {
      let active = active.filter { !$0.isMultiple(of: 4) }
      network.step(active, target: 1, in: state)
      touched.formUnion(active)
      spiking.formUnion(state.hidden.spikes)
    }
    network.endTrial(in: state)
    #expect(touched.count > 5 && !spiking.isEmpty && spiking.count < 12)
    let delta = network.deltaMessage()
    #expect(delta["input.weight.rows"]?.integers == touched.sorted())
    let expected = readoutNorm > 0 ? Array(0..<12) : spiking.sorted()
    #expect(delta["readout.weight.rows"]?.integers == expected)
    func changed(_ a: [Float], _ b: [Float], _ columns: Int) -> Set<Int32> {
      Set(a.indices.filter { a[$0] != b[$0] }.map { Int32($0 / columns) })
    }
    #expect(changed(before.0, network.input.weights.contents, 12).isSubset(of: touched))
    #expect(changed(before.1, network.readout.weights.contents, 3).isSubset(of: Set(expected)))
  }

  /// Only what a method remembers is kept, under the names that checkpoints have always had.
  @Test(
    "Checkpoints hold the method's memory",
    arguments: LearnerConfiguration.Optimiser.Method.allCases)
  func checkpoints(method: LearnerConfiguration.Optimiser.Method) throws {
    let folder = try Folder()
    let geometry = SensorGeometry(width: 6, height: 6)
    let configuration = smallConfiguration { $0.optimiser.method = method }
    func learn(_ network: Network<Float>, _ trials: Range<Int>) {
      let state = network.makeState()
      for trial in trials {
        state.reset()
        for active in randomSteps(60, inputs: 72, rate: 0.05, seed: UInt64(trial)) {
          network.step(active, target: trial % 3, in: state)
        }
        network.endTrial(in: state)
      }
    }
    let through = try Network<Float>(configuration, inputs: geometry.addressCount)
    learn(through, 0..<4)
    let first = try Network<Float>(configuration, inputs: geometry.addressCount)
    learn(first, 0..<2)
    let path = folder.file("model")
    try Checkpoint.save(first, geometry: geometry, to: path)
    let data = try #require(FileManager.default.contents(atPath: path))
    let names = try Safetensors([UInt8](data)).tensors.map(\.name).sorted()
    let moments: [String]
    switch method {
    case .sgd: moments = []
    case .momentum: moments = ["momentum.input.weight", "momentum.readout.weight"]
    case .adam, .adamw:
      moments = ["adam.first.", "adam.second."].flatMap {
        [$0 + "input.weight", $0 + "readout.weight"]
      }
    }
    #expect(names == (moments + ["hidden.rate", "input.weight", "readout.weight"]).sorted())
    let second = try Network<Float>(configuration, inputs: geometry.addressCount)
    try Checkpoint.load(path, into: second, geometry: geometry)
    #expect(second.updates == 2)
    learn(second, 2..<4)
    #expect(second.weightsDigest == through.weightsDigest)
  }

  /// What needs a summed gradient cannot be had where there is none.
  @Test func whatNeedsSumsIsRefusedAtEveryStep() throws {
    let changes: [(inout LearnerConfiguration) -> Void] = [
      { $0.optimiser.clipNorm = 1 }, { $0.optimiser.clipValue = 1 },
      { $0.optimiser.weightDecay = 0.1 }, { $0.regulariser.readoutNorm = 0.1 },
      { $0.hidden.thresholdNormalisation = true },
    ]
    for change in changes {
      var configuration = smallConfiguration { $0.optimiser.method = .sgd }
      change(&configuration)
      try configuration.validate()
      configuration.optimiser.update = .step
      let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
      #expect(error?.description.contains("optimiser.update: step") == true)
    }
    for method in LearnerConfiguration.Optimiser.Method.allCases where method != .sgd {
      let configuration = smallConfiguration {
        $0.optimiser.method = method
        $0.optimiser.update = .step
      }
      let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
      #expect(error?.description.contains("optimiser: \(method.rawValue) at every step") == true)
    }
  }
}
