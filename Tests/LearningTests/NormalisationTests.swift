import Events
import Foundation
import Learning
import Testing

/// The columns of a matrix in rows, each standardised to mean 0 and a deviation.
private func standardised(_ v: [[Double]], deviation: Double) -> [[Double]] {
  var result = v
  for j in v[0].indices {
    let column = v.map { $0[j] }
    let mean = column.reduce(0, +) / Double(column.count)
    let square = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
    for i in v.indices { result[i][j] = deviation * (v[i][j] - mean) / square.squareRoot() }
  }
  return result
}

/// Mean and deviation of every column.
private func moments(_ w: [[Double]]) -> [(mean: Double, deviation: Double)] {
  w[0].indices.map { j in
    let column = w.map { $0[j] }
    let mean = column.reduce(0, +) / Double(column.count)
    let square = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
    return (mean, square.squareRoot())
  }
}

/// A layer with normalised weights, thresholds 1 and biases, and the optimiser that moves it.
private struct Layer<Scalar: LearningScalar> {
  static var deviation: Double { 0.3 }
  let weights: Connection<Scalar>
  let threshold: Connection<Scalar>
  let bias: Connection<Scalar>
  let optimiser: NetworkOptimiser<Scalar>

  init(rows: Int, columns: Int, seed: UInt64 = 1, rate: Double, threshold theta: Double = 1) {
    weights = Connection(name: "a", inputs: rows, outputs: columns)
    threshold = Connection(name: "theta", inputs: 1, outputs: columns)
    bias = Connection(name: "bias", inputs: 1, outputs: columns)
    var random = SplitMix64(seed: seed)
    weights.weights.contents = (0..<rows * columns).map { _ in Scalar(random.nextGaussian() + 2) }
    threshold.weights.contents = (0..<columns).map { Scalar(theta + 0.1 * Double($0)) }
    bias.weights.contents = (0..<columns).map { Scalar(0.1 - 0.04 * Double($0)) }
    let configuration = smallConfiguration {
      $0.optimiser.method = .sgd
      $0.optimiser.learningRate = rate
    }
    optimiser = NetworkOptimiser(
      configuration: configuration, connections: [weights, bias], readout: 1,
      normalisations: [
        ThresholdNormalisation(
          weights: weights, threshold: threshold, bias: bias, deviation: Self.deviation)
      ])
  }

  var numbers: [[Double]] {
    rows(weights.weights.contents.map(Double.init), columns: weights.weights.columns)
  }

  var thresholds: [Double] { threshold.weights.contents.map(Double.init) }
  var biases: [Double] { bias.weights.contents.map(Double.init) }

  /// One update along dL/dw, given for the rows that are touched; biases have a gradient of 0.
  func update(_ gradient: [Int: [Double]]) {
    let sums = GradientSums<Scalar>(
      rows: weights.weights.rows, columns: weights.weights.columns)
    sums.touch(gradient.keys.map(Int32.init))
    for (row, values) in gradient {
      for (column, value) in values.enumerated() { sums.sums[row, column] = Scalar(value) }
    }
    let none = GradientSums<Scalar>(rows: 1, columns: bias.weights.columns)
    none.touch([0])
    optimiser.apply([sums, none], learnedTrials: 0)
  }
}

private func randomRows(_ rows: some Sequence<Int>, _ columns: Int, seed: UInt64) -> [Int: [Double]]
{
  var random = SplitMix64(seed: seed)
  return Dictionary(
    uniqueKeysWithValues: rows.map { ($0, (0..<columns).map { _ in random.nextGaussian() }) })
}

/// The steps in which a neuron spikes: leak, reset by subtraction, input, bias, threshold.
private func spikes(
  _ steps: [[Int32]], weights: [Double], bias: Double, threshold: Double
) -> [Int] {
  var (v, result) = (0.0, [Int]())
  for (t, active) in steps.enumerated() {
    let reset = result.last == t - 1 && t > 0 ? threshold : 0
    v = 0.9 * v - reset + active.reduce(0) { $0 + weights[Int($1)] } + bias
    if v >= threshold { result.append(t) }
  }
  return result
}

@Suite struct NormalisationTests {
  /// The gradient of v and g by finite differences of a linear functional of w = g s (v - m) / d.
  @Test("The gradient is that of the standardisation", arguments: [1, 2, 3] as [UInt64])
  func finiteDifferences(seed: UInt64) {
    let (rows, columns, rate) = (9, 5, 0.01)
    let layer = Layer<Double>(rows: rows, columns: columns, seed: seed, rate: rate)
    let w = layer.numbers
    let slopes = randomRows(0..<rows, columns, seed: 70 + seed)
    func functional(_ v: [[Double]], gain: [Double]) -> Double {
      let w = standardised(v, deviation: Layer<Double>.deviation)
      return (0..<rows).reduce(0) { sum, i in
        sum + (0..<columns).reduce(0) { $0 + (slopes[i]?[$1] ?? 0) * gain[$1] * w[i][$1] }
      }
    }
    let (h, ones) = (1e-5, [Double](repeating: 1, count: columns))
    var moved = w
    for i in 0..<rows {
      for j in 0..<columns {
        var (up, down) = (w, w)
        up[i][j] += h
        down[i][j] -= h
        moved[i][j] -=
          rate * (functional(up, gain: ones) - functional(down, gain: ones)) / (2 * h)
      }
    }
    var thresholds = layer.thresholds
    var biases = layer.biases
    for j in 0..<columns {
      var (up, down) = (ones, ones)
      up[j] += h
      down[j] -= h
      let gain = 1 - rate * (functional(w, gain: up) - functional(w, gain: down)) / (2 * h)
      thresholds[j] /= gain
      biases[j] /= gain
    }
    layer.update(slopes)
    let expected = standardised(moved, deviation: Layer<Double>.deviation)
    #expect(relativeError(Array(layer.numbers.joined()), Array(expected.joined())) < 1e-10)
    #expect(relativeError(layer.thresholds, thresholds) < 1e-10)
    #expect(relativeError(layer.biases, biases) < 1e-10)
    #expect(relativeError(layer.thresholds, (0..<columns).map { 1 + 0.1 * Double($0) }) > 1e-3)
  }

  /// Rows that no spike reached have no gradient and are moved by the standardisation only.
  @Test func untouchedRows() {
    let (count, columns, rate) = (12, 6, 0.05)
    let layer = Layer<Double>(rows: count, columns: columns, rate: rate)
    let s = Layer<Double>.deviation
    for trial in 0..<5 {
      let w = layer.numbers
      var (thresholds, moved) = (layer.thresholds, w)
      let touched = (0..<count).filter { $0 % 3 != trial % 3 }
      let slopes = randomRows(touched, columns, seed: UInt64(trial))
      for j in 0..<columns {
        let sum = touched.reduce(0) { $0 + (slopes[$1]?[j] ?? 0) }
        let along = touched.reduce(0) { $0 + (slopes[$1]?[j] ?? 0) * w[$1][j] }
        for i in touched {
          let slope = slopes[i]?[j] ?? 0
          moved[i][j] -=
            rate * (slope - sum / Double(count) - w[i][j] * along / (Double(count) * s * s))
        }
        thresholds[j] /= min(max(1 - rate * along, 0.5), 2)
      }
      layer.update(slopes)
      let expected = Array(standardised(moved, deviation: s).joined())
      #expect(relativeError(Array(layer.numbers.joined()), expected) < 1e-12)
      #expect(relativeError(layer.thresholds, thresholds) < 1e-12)
    }
  }

  /// A gradient along the weights moves the gain alone; the neuron then spikes as one of that gain.
  @Test("The threshold takes the gain over", arguments: [-1.5, -0.4, 0.3, 0.9])
  func gainAndThreshold(strength: Double) {
    let (count, columns) = (20, 8)
    let layer = Layer<Double>(rows: count, columns: columns, seed: 5, rate: 0.1)
    let (w, theta, bias) = (layer.numbers, layer.thresholds, layer.biases)
    let n = Double(count) * Layer<Double>.deviation * Layer<Double>.deviation
    layer.update(
      Dictionary(uniqueKeysWithValues: w.indices.map { i in (i, w[i].map { $0 * strength / n }) }))
    let gain = 1 - 0.1 * strength
    #expect(relativeError(Array(layer.numbers.joined()), Array(w.joined())) < 1e-12)
    #expect(relativeError(layer.thresholds, theta.map { $0 / gain }) < 1e-12)
    #expect(relativeError(layer.biases, bias.map { $0 / gain }) < 1e-12)
    let steps = randomSteps(300, inputs: count, rate: 0.2, seed: 8)
    var total = 0
    for j in 0..<columns {
      let before = spikes(
        steps, weights: w.map { $0[j] * gain }, bias: bias[j], threshold: theta[j])
      let after = spikes(
        steps, weights: layer.numbers.map { $0[j] }, bias: layer.biases[j],
        threshold: layer.thresholds[j])
      #expect(before == after)
      total += after.count
    }
    #expect(total > 40)
  }

  /// A network whose columns and thresholds are scaled together spikes in the same steps.
  @Test("Scaling weights and threshold together changes nothing", arguments: [0.25, 0.7, 3])
  func scaling(factor: Double) throws {
    let configuration = smallConfiguration { $0.hidden.thresholdNormalisation = true }
    let one = try Network<Double>(configuration, inputs: 24)
    let other = try Network<Double>(configuration, inputs: 24)
    for j in 0..<12 where !j.isMultiple(of: 3) {
      other.layers[0].threshold.weights[0, j] *= factor
      for i in 0..<24 { other.input.weights[i, j] *= factor }
    }
    let (first, second) = (one.makeState(), other.makeState())
    var total = 0
    for active in randomSteps(300, inputs: 24, rate: 0.1, seed: 3) {
      one.step(active, target: nil, in: first)
      other.step(active, target: nil, in: second)
      #expect(first.hidden.spikes == second.hidden.spikes)
      total += first.hidden.spikes.count
    }
    #expect(total > 100)
  }

  private func learn<Scalar: LearningScalar>(
    _ network: Network<Scalar>, trials: Range<Int>, afterEach: () -> Void = {}
  ) {
    let state = network.makeState()
    let inputs = network.input.weights.rows
    for trial in trials {
      state.reset()
      for active in randomSteps(60, inputs: inputs, rate: 0.05, seed: UInt64(trial)) {
        network.step(active.filter { $0 > 3 }, target: trial % 3, in: state)
      }
      network.endTrial(in: state)
      afterEach()
    }
  }

  private func momentsHold<Scalar: LearningScalar>(
    _: Scalar.Type, _ method: LearnerConfiguration.Optimiser.Method, tolerance: Double
  ) throws {
    let configuration = smallConfiguration {
      $0.hidden.thresholdNormalisation = true
      $0.optimiser.method = method
      $0.optimiser.learningRate = method == .adam || method == .adamw ? 0.02 : 1e-3
      $0.optimiser.weightDecay = 0.1
      $0.optimiser.clipNorm = 10
      $0.initialisation.inputGain = 3
    }
    let network = try Network<Scalar>(configuration, inputs: 40)
    let deviation = 3 / 20.0.squareRoot()
    func check() {
      let w = rows(network.input.weights.contents.map(Double.init), columns: 12)
      for (mean, found) in moments(w) {
        #expect(abs(mean) <= tolerance * deviation)
        #expect(abs(found / deviation - 1) <= tolerance)
      }
    }
    check()
    let thresholds = network.layers[0].threshold.weights.contents
    #expect(thresholds.allSatisfy { $0 == 1 })
    learn(network, trials: 0..<10, afterEach: check)
    let learned = network.layers[0].threshold.weights.contents
    #expect(Set(learned).count > 6)
    #expect(learned.allSatisfy { $0 >= 0.05 && $0 <= 20 })
  }

  @Test(
    "Mean and deviation hold after every update",
    arguments: LearnerConfiguration.Optimiser.Method.allCases)
  func momentsHold(method: LearnerConfiguration.Optimiser.Method) throws {
    try momentsHold(Double.self, method, tolerance: 1e-12)
    try momentsHold(Float.self, method, tolerance: 1e-5)
  }

  /// No gradient, however large, moves a threshold by more than twice, nor out of its range.
  @Test("Thresholds are limited", arguments: [1e6, -1e6])
  func limits(strength: Double) {
    let layer = Layer<Double>(rows: 10, columns: 4, rate: 1)
    let initial = layer.thresholds
    for update in 1...6 {
      let w = layer.numbers
      layer.update(
        Dictionary(uniqueKeysWithValues: w.indices.map { i in (i, w[i].map { $0 * strength }) }))
      let factor =
        strength > 0 ? min(20, pow(2, Double(update))) : max(0.05, pow(0.5, Double(update)))
      #expect(relativeError(layer.thresholds, initial.map { $0 * factor }) < 1e-12)
    }
  }

  /// A column of one value has no direction; it becomes zero, and nothing becomes not-a-number.
  @Test func constantColumns() {
    let weights = Connection<Float>(name: "a", inputs: 6, outputs: 3)
    let threshold = Connection<Float>(name: "theta", inputs: 1, outputs: 3)
    threshold.weights.contents = [1, 1, 1]
    weights.weights.contents = (0..<18).map { $0 % 3 == 1 ? 0.5 : Float($0) }
    _ = ThresholdNormalisation(weights: weights, threshold: threshold, deviation: 1)
    #expect((0..<6).allSatisfy { weights.weights[$0, 1] == 0 })
    #expect(weights.weights.contents.allSatisfy { $0.isFinite })
    #expect(weights.weights[0, 0] != 0)
  }

  /// Who follows the weights needs the thresholds too, and a resumed model as well.
  @Test func thresholdsGoWithTheWeights() throws {
    let folder = try Folder()
    let geometry = SensorGeometry(width: 6, height: 6)
    let configuration = smallConfiguration { $0.hidden.thresholdNormalisation = true }
    func fresh() throws -> Network<Float> {
      try Network(configuration, inputs: geometry.addressCount)
    }
    let through = try fresh()
    learn(through, trials: 0..<4)
    let first = try fresh()
    var copy = try ModelWeights(full: first.fullMessage())
    first.forgetChanges()
    learn(first, trials: 0..<2)
    let delta = first.deltaMessage()
    #expect(delta["hidden.threshold.rows"]?.integers == [0])
    #expect(delta["input.weight.rows"]?.integers?.count == geometry.addressCount)
    try copy.apply(delta: delta)
    #expect(copy.digest == first.weightsDigest)
    try Checkpoint.save(first, geometry: geometry, to: folder.file("model"))
    let second = try fresh()
    try Checkpoint.load(folder.file("model"), into: second, geometry: geometry)
    #expect(
      second.layers[0].threshold.weights.contents == first.layers[0].threshold.weights.contents)
    learn(second, trials: 2..<4)
    #expect(second.weightsDigest == through.weightsDigest)
    let plain = try Network<Float>(smallConfiguration(), inputs: geometry.addressCount)
    #expect(plain.fullMessage()["hidden.threshold"] == nil)
  }

  @Test func whatCannotBeCombined() throws {
    let changes: [(String, (inout LearnerConfiguration) -> Void)] = [
      ("recurrent", { $0.hidden.recurrent = true }),
      ("adaptive threshold", { $0.hidden.adaptation.strength = 0.1 }),
      ("a gain of 0", { $0.initialisation.inputGain = 0 }),
      (
        "a gain of 0",
        {
          $0.hidden.neurons = [5, 5]
          $0.initialisation.hiddenGain = 0
        }
      ),
    ]
    for (reason, change) in changes {
      var configuration = smallConfiguration()
      change(&configuration)
      try configuration.validate()
      configuration.hidden.thresholdNormalisation = true
      let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
      #expect(error?.description.contains(reason) == true)
    }
  }
}
