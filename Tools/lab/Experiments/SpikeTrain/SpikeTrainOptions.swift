import Learning

/// What all problems and networks of a study have in common.
struct SpikeTrainOptions: Codable {
  /// What computes the forward gradients. The reference comes to the engine's numbers but for rounding.
  enum Forward: String, CaseIterable, Codable {
    case engine, reference
  }

  var forwardBy = Forward.reference
  /// Time constant of membranes and currents in steps.
  var tau = 20.0
  /// Time constants of the loss in steps; a second one of 0 makes its kernel a single exponential.
  var lossTau = 20.0
  var lossTauSynapse = 0.0
  /// Initial weights are uniform within the gain over the root of the number of inputs.
  var gain = 5.0
  /// Whether neurons have biases, which begin at 0.
  var biases = true
  var steps = 100
  var sizes = [10, 50, 50, 5]
  var inputSpikes = 3
  /// Largest magnitude of an element of the gradient.
  var clip = 1.0
  var schedule = LearnerConfiguration.Schedule.Shape.linear
  /// Where the learning rate ends, as a part of where it begins.
  var finalRate = 0.05

  private enum CodingKeys: String, CodingKey {
    case tau, gain, biases, steps, sizes, clip
    case forwardBy = "forward_by"
    case lossTau = "loss_tau"
    case lossTauSynapse = "loss_tau_synapse"
    case inputSpikes = "input_spikes"
    case schedule = "rate_schedule"
    case finalRate = "final_rate"
  }

  /// Current-based neurons that clear both states, the surrogate exp(-3 |V - 1|), slopes from 0.01, as in ANTLR's code.
  func configuration(_ method: SpikeTrainMethod) -> LearnerConfiguration {
    var configuration = LearnerConfiguration()
    configuration.classes = sizes[sizes.count - 1]
    configuration.hidden.neurons = LayerSizes(Array(sizes.dropFirst().dropLast()))
    configuration.hidden.reset = .zeroBoth
    configuration.hidden.tauMembrane = tau
    configuration.hidden.tauSynapse = tau
    configuration.hidden.bias = biases
    configuration.readout.kind = .spiking
    configuration.readout.reset = .zeroBoth
    configuration.readout.tau = tau
    configuration.readout.tauSynapse = tau
    configuration.readout.bias = biases
    configuration.surrogate.function = .exponential
    configuration.surrogate.height = 1
    configuration.surrogate.width = 1.0 / 3
    configuration.gradient.activation = method.usesActivation ? 1 : 0
    configuration.gradient.timing = method.usesTiming ? 1 : 0
    configuration.gradient.slopeFloor = 0.01
    configuration.optimiser.method = .adam
    configuration.optimiser.clipValue = clip
    configuration.loss.kind = .spikeTrain
    configuration.loss.tau = lossTau
    configuration.loss.tauSynapse = lossTauSynapse
    configuration.loss.trial = Double(steps)
    return configuration
  }

  /// A bias enters the membrane as a current does.
  var biasScale: Double {
    SynapticKernel<Double>(tauMembrane: tau, tauSynapse: tau, milliseconds: 1).scale
  }

  func rate(_ rate: Double, iterations: Int) -> LearningRateSchedule {
    LearningRateSchedule(
      learningRate: rate, shape: schedule, trials: max(iterations - 1, 1), final: finalRate)
  }
}
