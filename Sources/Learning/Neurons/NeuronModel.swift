/// What the neurons of one layer have in common.
struct NeuronModel<Scalar: LearningScalar> {
  var kernel: SynapticKernel<Scalar>
  /// Whether there is a threshold; without, the neurons integrate only.
  var isSpiking: Bool
  var threshold: Scalar = 1
  var reset = LearnerConfiguration.Reset.subtract
  var refractorySteps: Int32 = 0
  var isSingleSpike = false
  /// beta, how much one own spike raises the threshold.
  var adaptation: Scalar = 0
  /// rho, the decay of that rise in one step.
  var adaptationDecay: Scalar = 0
  var slopeFloor: Scalar = 0.01
  /// Whether the slopes of membranes at spikes are asked for.
  var hasTiming = false

  /// Whether there are steps in which a neuron above its threshold does not spike.
  var canBeBlocked: Bool { refractorySteps > 0 || isSingleSpike }
  var isAdaptive: Bool { adaptation != 0 }

  /// Integrators without a threshold.
  init(integrating kernel: SynapticKernel<Scalar>) {
    self.kernel = kernel
    isSpiking = false
  }

  /// The hidden layers of `configuration`.
  init(hidden configuration: LearnerConfiguration) {
    let hidden = configuration.hidden
    kernel = SynapticKernel(
      tauMembrane: hidden.tauMembrane, tauSynapse: hidden.tauSynapse,
      milliseconds: configuration.milliseconds)
    isSpiking = true
    threshold = Scalar(hidden.threshold)
    reset = hidden.reset
    refractorySteps = Int32(hidden.refractorySteps)
    isSingleSpike = hidden.singleSpike
    adaptation = Scalar(hidden.adaptation.strength)
    adaptationDecay = Scalar(
      SynapticKernel<Double>.decay(hidden.adaptation.tau, configuration.milliseconds))
    slopeFloor = Scalar(configuration.gradient.slopeFloor)
    hasTiming = configuration.gradient.timing > 0
  }

  /// The readout of `configuration`.
  init(readout configuration: LearnerConfiguration) {
    let readout = configuration.readout
    kernel = SynapticKernel(
      tauMembrane: readout.tau, tauSynapse: readout.tauSynapse,
      milliseconds: configuration.milliseconds)
    isSpiking = readout.kind == .spiking
    guard isSpiking else { return }
    threshold = Scalar(readout.threshold)
    reset = readout.reset
    refractorySteps = Int32(readout.refractorySteps)
    isSingleSpike = readout.singleSpike
    slopeFloor = Scalar(configuration.gradient.slopeFloor)
    hasTiming = configuration.gradient.timing > 0
  }
}

extension LearnerConfiguration {
  /// Length of a step in milliseconds.
  var milliseconds: Double { Double(stepMicroseconds) / 1000 }

  /// The kernel of the filter behind spiking readouts.
  public func lossKernel<Scalar: LearningScalar>() -> SynapticKernel<Scalar> {
    switch loss.kind {
    case .spikeCountOnline, .enhancedCountOnline: .counter
    default:
      SynapticKernel(
        tauMembrane: loss.tau, tauSynapse: loss.tauSynapse, milliseconds: milliseconds)
    }
  }
}
