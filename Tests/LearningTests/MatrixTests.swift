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
    #expect(found.error <= 1e-4)
  }
}

/// One trial by the core and by the reference.
struct Comparison {
  /// Relative errors: of the loss, of the gradient with the terms that the rule has, and of that against the full one.
  let loss: Double
  let error: Double
  let fullError: Double
  /// Cosine similarity of what the rule computes with the full gradient.
  let cosine: Double

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
    cosine = full.gradient.cosineSimilarity(to: forward.gradient)
    hasGradient = numbers.allSatisfy { $0.contains { $0 != 0 } }
  }

  let hasGradient: Bool

  /// The reference's gradient in the order of the core's connections.
  static func numbers(_ gradient: ReferenceGradients, _ names: [String]) -> [[Double]] {
    names.map { gradient.numbers(of: $0) }
  }
}
