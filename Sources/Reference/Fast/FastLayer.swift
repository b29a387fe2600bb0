import Learning

/// A layer of neurons in flat memory: weights, the trial as it went, and the gradient as it is summed.
final class FastLayer {
  typealias Row = UnsafeMutablePointer<Float>

  let dynamics: Dynamics
  let inputs: Int
  let neurons: Int
  /// `neurons`, padded to whole rows.
  let width: Int
  let weights: Rows
  /// The weights the other way around, one row for each neuron; not kept for the first layer, which passes nothing down.
  let transposed: Rows?
  let bias: Rows
  /// Those of the padding are never reached.
  let thresholds: Rows
  let gradient: Rows
  let biasGradient: Rows
  /// Rows of weights that were ever used; the gradient of the others is zero.
  var isLive: [Bool]

  /// V of each step.
  let membranes: Rows
  let spikes: SpikeRecord
  /// I' and the shift (see ``Adjoint``) of each step, for the layer below; none for the first layer.
  let currentAdjoints: Rows
  let shifts: Rows
  /// For the gradient of the forward-in-time rule; nil for the full one.
  var credit: ForwardCredit?
  /// Steps from which on nothing acts on the loss.
  var end = 0

  /// Of the running step.
  let membrane: Rows
  let current: Rows
  /// Thresholds, beyond reach of neurons that cannot spike now.
  let reachable: Rows
  /// V', I', 1 for neurons that could spike in the step, and dL/dS.
  let membraneAdjoint: Rows
  let currentAdjoint: Rows
  let isOpen: Rows
  let errors: Rows

  init(_ layer: ReferenceNetwork.Layer, _ dynamics: Dynamics, isFirst: Bool) {
    self.dynamics = dynamics
    let (inputs, neurons) = (layer.weights.count, layer.neurons)
    (self.inputs, self.neurons) = (inputs, neurons)
    func row() -> Rows { Rows(count: 1, width: neurons) }
    weights = Rows(count: inputs, width: neurons)
    transposed = isFirst ? nil : Rows(count: neurons, width: inputs)
    width = weights.stride
    (bias, thresholds, biasGradient) = (row(), row(), row())
    gradient = Rows(count: inputs, width: neurons)
    isLive = [Bool](repeating: false, count: inputs)
    membranes = Rows(count: 0, width: neurons)
    spikes = SpikeRecord(neurons: neurons)
    currentAdjoints = Rows(count: 0, width: neurons)
    shifts = Rows(count: 0, width: neurons)
    (membrane, current, reachable) = (row(), row(), row())
    (membraneAdjoint, currentAdjoint, isOpen, errors) = (row(), row(), row(), row())
    weights.numbers = layer.weights
    bias.numbers = [layer.bias]
    thresholds.numbers = [layer.thresholds]
    for j in neurons..<width { thresholds.start[j] = .infinity }
    transpose()
  }

  /// Whether anything keeps neurons from spiking.
  var isRestricted: Bool { dynamics.singleSpike || dynamics.refractorySteps > 0 }

  /// After the weights have changed.
  func transpose() {
    guard let transposed else { return }
    for i in 0..<inputs {
      let row = weights.row(i)
      for j in 0..<neurons { transposed.start[j * transposed.stride + i] = row[j] }
    }
  }

  func reserve(steps: Int) {
    membranes.reserve(steps)
    spikes.reserve(steps: steps)
    credit?.reserve(steps)
    guard transposed != nil else { return }
    currentAdjoints.reserve(steps)
    shifts.reserve(steps + 1)
  }
}

/// The spikes of a layer in a trial, in order of steps, with T of each (see ``Adjoint``).
final class SpikeRecord {
  private let neurons: Int
  private var steps = 0
  private(set) var neuron: UnsafeMutablePointer<Int32>
  private(set) var slope: UnsafeMutablePointer<Float>
  /// Where the spikes of each step begin, and the number of all.
  private(set) var begin: UnsafeMutablePointer<Int>
  /// The step of each neuron's last spike so far; negative for none.
  let last: UnsafeMutablePointer<Int32>

  init(neurons: Int) {
    self.neurons = neurons
    (neuron, slope) = (.allocate(capacity: 1), .allocate(capacity: 1))
    begin = .allocate(capacity: 1)
    begin[0] = 0
    last = .allocate(capacity: neurons)
    last.initialize(repeating: -1, count: neurons)
  }

  deinit {
    neuron.deallocate()
    slope.deallocate()
    begin.deallocate()
    last.deallocate()
  }

  func reserve(steps: Int) {
    guard steps > self.steps else { return }
    self.steps = steps
    neuron.deallocate()
    slope.deallocate()
    begin.deallocate()
    (neuron, slope) = (
      .allocate(capacity: steps * neurons), .allocate(capacity: steps * neurons)
    )
    begin = .allocate(capacity: steps + 1)
    begin[0] = 0
  }

  @inline(__always)
  func range(_ step: Int) -> Range<Int> { begin[step]..<begin[step + 1] }
}
