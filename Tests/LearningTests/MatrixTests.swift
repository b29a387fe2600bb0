import Foundation
import Learning
import Reference
import Testing

/// Every part of the table of choices, against a network that walks backwards in time and shares no code with the core.
@Suite struct MatrixTests {
  @Test("The forward gradient is that of the reference", arguments: MatrixCase.all)
  func doublePrecision(_ trial: MatrixCase) throws {
    let found = try Comparison(Double.self, trial)
    #expect(found.loss <= 1e-10)
    #expect(found.error <= 1e-10)
    if trial.isExact { #expect(found.fullError <= 1e-10, "nothing is dropped") }
  }

  @Test("Float follows to its precision", arguments: MatrixCase.all)
  func singlePrecision(_ trial: MatrixCase) throws {
    let found = try Comparison(Float.self, trial)
    #expect(found.loss <= 1e-4)
    // Where terms are dropped what remains may cancel, and then single precision has less to say.
    #expect(found.error <= (trial.isExact ? 1e-4 : 1e-3))
  }

  /// Two gradients of nothing would agree.
  @Test func everyChoiceIsCompared() throws {
    let cases = MatrixCase.all
    #expect(cases.count >= 200 && MatrixCase.steps >= 100)
    #expect(cases.count { $0.isExact } >= 60)
    let parts: [[MatrixCase.Change]] = [
      MatrixCase.neurons, MatrixCase.resets, MatrixCase.surrogates, MatrixCase.gradients,
      MatrixCase.losses, MatrixCase.depths, MatrixCase.recurrences, MatrixCase.credits,
      MatrixCase.extras,
    ]
    for (position, part) in parts.enumerated() {
      for choice in part {
        let count = cases.count { $0.choices[position] == choice.name }
        #expect(count >= 5, "\(choice.name) comes \(count) times")
      }
    }
    let alive = try cases.count { try Comparison(Double.self, $0).hasGradient }
    #expect(alive * 10 >= cases.count * 8, "\(alive) of \(cases.count) have gradients everywhere")
  }

  /// What the rules drop, in numbers: the cosine similarity of the forward rule's gradient with the full one.
  @Test func whatIsDropped() throws {
    var groups: [String: [Double]] = [:]
    for trial in MatrixCase.all {
      let found = try Comparison(Double.self, trial)
      guard found.hasGradient else { continue }
      let configuration = trial.configuration
      let name = [
        configuration.credit.rawValue, "\(configuration.hidden.neurons.sizes.count) hidden",
        configuration.hidden.recurrent ? "recurrent" : "feed-forward",
        "\(configuration.readout.kind.rawValue) readout",
      ].joined(separator: ", ")
      groups[name, default: []].append(found.hiddenCosine)
    }
    print(
      "cosine similarity of the hidden layers' gradients with the full ones: mean, lowest, cases")
    for (name, values) in groups.sorted(by: { $0.key < $1.key }) {
      let mean = values.reduce(0, +) / Double(values.count)
      print(
        name.padding(toLength: 56, withPad: " ", startingAt: 0),
        String(format: "%6.3f %6.3f %4d", mean, values.min() ?? 0, values.count))
    }
    let exact = try #require(groups["symmetric, 1 hidden, feed-forward, leaky readout"])
    #expect((exact.min() ?? 0) > 0.99, "regularisers act beside the loss")
    for name in groups.keys where name.hasPrefix("symmetric") {
      let values = groups[name] ?? []
      #expect(values.reduce(0, +) > 0, "\(name) points against the gradient")
    }
  }
}

/// One trial by the core and by the reference.
struct Comparison {
  /// Relative errors: of the loss, of the gradient with the terms that the rule has, and of that against the full one.
  let loss: Double
  let error: Double
  let fullError: Double
  /// Cosine similarity of what the rule computes for hidden layers with the full gradient.
  let hiddenCosine: Double
  /// Whether no connection's gradient is zero.
  let hasGradient: Bool

  init<Scalar: LearningScalar>(_ type: Scalar.Type, _ trial: MatrixCase) throws {
    let label = Int(trial.seed % 3)
    let input = trial.input
    let network = try Network<Scalar>(trial.configuration, inputs: MatrixCase.inputs)
    let state = network.makeState()
    var step = 0
    let reference = ReferenceNetwork(network)
    let expected = reference.run(input)
    var spikesAgree = true
    let loss = try #require(
      network.sumGradient(
        label: label, in: state,
        observe: {
          for (layer, plain) in zip(state.layers, expected.layers) {
            let spikes = plain.spikes[step].indices.filter { plain.spikes[step][$0] == 1 }
            spikesAgree = spikesAgree && layer.neurons.spikes == spikes.map(Int32.init)
          }
          step += 1
        },
        steps: { body in for active in input { body(active) } }))
    try #require(spikesAgree, "the spikes of the core are those of the reference")
    let forward = reference.gradient(of: expected, target: .label(label), terms: .asForward)
    let full = reference.gradient(of: expected, target: .label(label), terms: .full)
    let gradients = network.gradients(in: state)
    let found = gradients.map { $0.values.map(Double.init) }
    let numbers = Comparison.numbers(forward.gradient, gradients.map(\.name))
    self.loss = relativeError([Double(loss)], [forward.loss])
    // Connection by connection: a small one must not hide behind a large one.
    error = zip(found, numbers).map { relativeError($0, $1) }.max() ?? .infinity
    let fullNumbers = Comparison.numbers(full.gradient, gradients.map(\.name))
    fullError = zip(found, fullNumbers).map { relativeError($0, $1) }.max() ?? .infinity
    let names = gradients.map(\.name)
    let isHidden = { (name: String) in !name.hasPrefix("readout") }
    hiddenCosine = Comparison.cosine(
      zip(numbers, names).filter { isHidden($1) }.flatMap(\.0),
      zip(fullNumbers, names).filter { isHidden($1) }.flatMap(\.0))
    hasGradient = numbers.allSatisfy { $0.contains { $0 != 0 } }
  }

  static func cosine(_ a: [Double], _ b: [Double]) -> Double {
    let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    let norms = [a, b].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return norms[0] * norms[1] > 0 ? product / (norms[0] * norms[1]) : 0
  }

  /// The reference's gradient in the order of the core's connections.
  static func numbers(_ gradient: ReferenceGradients, _ names: [String]) -> [[Double]] {
    names.map { gradient.numbers(of: $0) }
  }
}
