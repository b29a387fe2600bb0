import Learning

/// A layer of neurons in flat memory: weights, the trial as it went, and the gradient as it is summed.
final class FastLayer<Scalar: FastScalar> {
  typealias Row = UnsafeMutablePointer<Scalar>

  let dynamics: Dynamics
  let inputs: Int
  let neurons: Int
  /// `neurons`, padded to whole rows.
  let width: Int
  let weights: Rows<Scalar>
  /// The weights the other way around, one row for each neuron; not kept for the first layer, which passes nothing down.
  let transposed: Rows<Scalar>?
  let bias: Rows<Scalar>
  /// Those of the padding are never reached.
  let thresholds: Rows<Scalar>
  let gradient: Rows<Scalar>
  let biasGradient: Rows<Scalar>
  /// Rows of weights that were ever used; the gradient of the others is zero.
  var isLive: [Bool]

  /// V of each step.
  let membranes: Rows<Scalar>
  let spikes: SpikeRecord<Scalar>
  /// I' and the shift (see ``Adjoint``) of each step, for the layer below; none for the first layer.
  let currentAdjoints: Rows<Scalar>
  let shifts: Rows<Scalar>
  /// Steps from which on nothing acts on the loss.
  var end = 0

  /// Of the running step.
  let membrane: Rows<Scalar>
  let current: Rows<Scalar>
  /// Thresholds, beyond reach of neurons that cannot spike now.
  let reachable: Rows<Scalar>
  /// V', I', 1 for neurons that could spike in the step, and dL/dS.
  let membraneAdjoint: Rows<Scalar>
  let currentAdjoint: Rows<Scalar>
  let isOpen: Rows<Scalar>
  let errors: Rows<Scalar>

  init(_ layer: ReferenceNetwork.Layer, _ dynamics: Dynamics, isFirst: Bool) {
    self.dynamics = dynamics
    let (inputs, neurons) = (layer.weights.count, layer.neurons)
    (self.inputs, self.neurons) = (inputs, neurons)
    func row() -> Rows<Scalar> { Rows(count: 1, width: neurons) }
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
    guard transposed != nil else { return }
    currentAdjoints.reserve(steps)
    shifts.reserve(steps + 1)
  }
}

/// The spikes of a layer in a trial, in order of steps, with T of each (see ``Adjoint``).
final class SpikeRecord<Scalar: FastScalar> {
  private let neurons: Int
  private var steps = 0
  private(set) var neuron: UnsafeMutablePointer<Int32>
  private(set) var slope: UnsafeMutablePointer<Scalar>
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
