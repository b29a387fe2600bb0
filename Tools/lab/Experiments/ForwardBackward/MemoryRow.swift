import Learning
import Reference

/// Numbers that have to be kept until a trial's end, besides weights and optimiser.
struct MemoryRow: Codable, Sendable {
  var depth: Int
  var credit: LearnerConfiguration.Credit
  var steps: Int
  /// All that the engine keeps of a stream, the summed gradient included.
  var forward: Int
  /// What a walk back over the trial reads: each neuron's surrogate, each output's error, the list of spikes; and the
  /// summed gradient.
  var backward: Int
  /// The summed gradient alone, which both have.
  var gradient: Int
  /// Inputs that spiked at least once.
  var liveInputs: Int

  private enum CodingKeys: String, CodingKey {
    case depth, credit, steps, forward, backward, gradient
    case liveInputs = "live_inputs"
  }

  /// Counts after a trial of `steps` has been learned from.
  init(_ gradient: GradientCase, input: [[Int32]], label: Int, inputs: Int) throws {
    let network = try Network<Float>(gradient.configuration, inputs: inputs)
    let state = network.makeState()
    _ = network.sumGradient(label: label, in: state) { body in
      for active in input { body(active) }
    }
    let run = ReferenceNetwork(network).run(input)
    depth = gradient.depth
    credit = gradient.credit
    steps = input.count
    forward = state.keptNumbers
    let weights = network.gradients(in: state).reduce(0) { $0 + $1.values.count }
    self.gradient = weights
    let neurons = run.layers.reduce(0) { $0 + ($1.membranes.first?.count ?? 0) }
    let outputs = run.outputs.first?.count ?? 0
    let spikes = Int(run.spikeCounts.reduce(0, +)) + input.reduce(0) { $0 + $1.count }
    backward = weights + run.steps * (neurons + outputs) + spikes
    liveInputs = Set(input.joined()).count
  }
}
