/// What the synapses of a connection have to remember, which follows from the neurons they lead to and from the layer
/// above these.
struct EligibilityForm<Scalar: LearningScalar> {
  /// How a presynaptic spike reaches the postsynaptic membrane.
  var kernel: SynapticKernel<Scalar>
  /// Whether the postsynaptic neurons' spikes clear what the membrane, and the current, remember.
  var gatesMembrane: Bool
  var gatesCurrent: Bool
  /// beta and rho of an adaptive threshold; beta 0 for a fixed one.
  var adaptation: Scalar = 0
  var adaptationDecay: Scalar = 0
  /// The kernel that the postsynaptic neurons feed; nothing where the gradient is delta times the eligibility.
  var filter: SynapticKernel<Scalar>?
  var hasActivation: Bool
  var hasTiming: Bool
  /// Whether a neuron has no synapse onto itself.
  var excludesSelf = false

  /// Whether every synapse has a membrane trace of its own; otherwise those of one presynaptic neuron share one.
  var hasOwnTraces: Bool { gatesMembrane }
  var currentDecay: Scalar { kernel.currentDecay }
  var membraneDecay: Scalar { kernel.membraneDecay }
  var scale: Scalar { kernel.scale }
  /// Whether every synapse has a current trace of its own.
  var hasOwnCurrents: Bool { gatesCurrent && currentDecay != 0 }
  var isAdaptive: Bool { adaptation != 0 }

  /// Synapses onto neurons of `model`.
  init(
    onto model: NeuronModel<Scalar>, filter: SynapticKernel<Scalar>?, hasActivation: Bool,
    hasTiming: Bool
  ) {
    kernel = model.kernel
    gatesMembrane = model.isSpiking && model.reset.clearsMembrane
    gatesCurrent = model.isSpiking && model.reset.clearsCurrent
    adaptation = model.adaptation
    adaptationDecay = model.adaptationDecay
    self.filter = filter
    self.hasActivation = hasActivation
    self.hasTiming = hasTiming
  }

  /// The same for biases, which enter the membrane directly.
  func ofBias() -> EligibilityForm {
    var form = self
    form.kernel = SynapticKernel(
      currentDecay: 0, membraneDecay: kernel.membraneDecay, scale: 1)
    return form
  }
}

/// What the postsynaptic neurons of a connection have to say in a step that is learned from.
struct PostsynapticSignals<Scalar: LearningScalar> {
  /// a_V q and a_I r.
  var keptMembrane: LaneVector<Scalar>
  var keptCurrent: LaneVector<Scalar>
  /// The surrogate derivative.
  var surrogate: LaneVector<Scalar>
  /// lambda_act psi and lambda_tim T.
  var activation: LaneVector<Scalar>
  var timing: LaneVector<Scalar>
  /// l of this step and of the one before.
  var learningSignal: LaneVector<Scalar>
  var earlierSignal: LaneVector<Scalar>
  /// What the layer passes on within the step; the gradient itself where there is no filter.
  var delta: LaneVector<Scalar>
}
