/// A trial as it went, every step of it. Lists are indexed by step, then by neuron.
public struct ReferenceTrial: Sendable {
  /// What the neurons of a layer did.
  public struct Layer: Sendable {
    /// V.
    public var membranes: [[Double]] = []
    /// P, what the membrane of the step before left after its reset.
    public var remainders: [[Double]] = []
    /// I.
    public var currents: [[Double]] = []
    /// theta + beta A.
    public var thresholds: [[Double]] = []
    /// S: 0 or 1, or something between for soft spikes; empty for a leaky readout.
    public var spikes: [[Double]] = []
    /// Whether the neuron could spike: it was neither refractory nor spent.
    public var isReady: [[Bool]] = []
  }

  /// The addresses that spiked in each step.
  public var input: [[Int32]]
  /// The hidden layers.
  public var layers: [Layer]
  public var readout: Layer
  /// Y: a leaky readout's potentials, a spiking readout's spikes through the kernel of the loss.
  public var outputs: [[Double]]
  /// Whether spikes were soft; see ``ReferenceNetwork/run(_:softSpikes:)``.
  public var isSoft: Bool

  public var steps: Int { input.count }

  /// The spikes of each hidden layer.
  public var spikeCounts: [Double] {
    layers.map { $0.spikes.reduce(0) { $0 + $1.reduce(0, +) } }
  }
}
