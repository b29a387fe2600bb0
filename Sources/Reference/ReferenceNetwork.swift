import Events
import Learning

/// A network as a textbook would write it: plain weights, a forward run that stores the whole trial, and gradients that
/// walk backwards over it in time. It shares nothing with the engine but the configuration, and is there to be compared
/// with. The equations are those of the page `OneStep` of Learning.
///
/// `configuration` gives the dynamics and the rules; the numbers of neurons are those of the weights.
public struct ReferenceNetwork: Sendable {
  /// What comes into a layer of neurons.
  public struct Layer: Sendable, Equatable {
    /// w[i][j], from neuron i of the layer below to neuron j.
    public var weights: [[Double]]
    /// u[h][j], within the layer; the diagonal is not used.
    public var recurrent: [[Double]]?
    public var bias: [Double]
    /// theta_j, without adaptation; not used by a leaky readout.
    public var thresholds: [Double]

    public init(
      weights: [[Double]], recurrent: [[Double]]? = nil, bias: [Double]? = nil,
      thresholds: [Double]
    ) {
      self.weights = weights
      self.recurrent = recurrent
      self.bias = bias ?? [Double](repeating: 0, count: thresholds.count)
      self.thresholds = thresholds
    }

    public var neurons: Int { thresholds.count }
  }

  /// The hidden layers, from the input on.
  public var layers: [Layer]
  public var readout: Layer
  /// Fixed weights B of each hidden layer, neurons by classes, for random and local credit.
  public var feedback: [[[Double]]]
  public let configuration: LearnerConfiguration
  /// Running rates r of each hidden layer in spikes a step; they start at the target.
  public var rates: [[Double]]
  /// The running ratio R of the enhanced count.
  public var countRatio = 1.0

  public init(
    configuration: LearnerConfiguration, layers: [Layer], readout: Layer,
    feedback: [[[Double]]] = []
  ) {
    self.configuration = configuration
    self.layers = layers
    self.readout = readout
    self.feedback = feedback
    let target = configuration.spikesAStep(configuration.regulariser.targetRate)
    rates = layers.map { [Double](repeating: target, count: $0.neurons) }
  }

  /// Random weights with the configured gains over the root of the number of inputs. They are not the engine's draws.
  public init(_ configuration: LearnerConfiguration, inputs: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func normal(_ rows: Int, _ columns: Int, _ deviation: Double) -> [[Double]] {
      (0..<rows).map { _ in (0..<columns).map { _ in deviation * random.nextGaussian() } }
    }
    func root(_ count: Int) -> Double { Double(count).squareRoot() }
    let (gains, hidden) = (configuration.initialisation, configuration.hidden)
    var layers: [Layer] = []
    var feedback: [[[Double]]] = []
    var below = inputs
    for neurons in hidden.neurons.sizes {
      let gain = layers.isEmpty ? gains.inputGain : gains.hiddenGain
      var layer = Layer(
        weights: normal(below, neurons, gain / root(below)),
        thresholds: [Double](repeating: hidden.threshold, count: neurons))
      if hidden.recurrent {
        var recurrent = normal(neurons, neurons, gains.recurrentGain / root(neurons))
        for j in 0..<neurons { recurrent[j][j] = 0 }
        layer.recurrent = recurrent
      }
      layers.append(layer)
      feedback.append(normal(neurons, configuration.classes, gains.feedbackGain / root(neurons)))
      below = neurons
    }
    let readout = Layer(
      weights: normal(below, configuration.classes, gains.readoutGain / root(below)),
      thresholds: [Double](
        repeating: configuration.readout.threshold, count: configuration.classes))
    self.init(
      configuration: configuration, layers: layers, readout: readout, feedback: feedback)
  }

  var hasSpikingReadout: Bool { configuration.readout.kind == .spiking }

  /// The dynamics of hidden layer `index`; that of the readout follows the last.
  func dynamics(above index: Int) -> Dynamics {
    index + 1 < layers.count ? Dynamics(hidden: configuration) : Dynamics(readout: configuration)
  }
}
