/// What decides how a network of ``TimedLayer`` runs and learns; the defaults are those of the published program on N-MNIST.
struct TimedSettings: Codable, Sendable {
  enum Loss: String, Codable, CaseIterable, Sendable {
    case count
    case enhancedCount = "enhanced_count"

    var title: String { self == .count ? "counting" : "enhanced counting" }
  }

  enum Normalisation: String, Codable, CaseIterable, Sendable {
    /// The gain of standardised weights is learned as it is.
    case weights
    /// The gain moves into the threshold after every update.
    case thresholds
  }

  var loss = Loss.enhancedCount
  var normalisation = Normalisation.thresholds
  /// Spikes that the output of the class should have, and the others.
  var target = 15.0
  var other = 2.0
  /// Steps of a trial.
  var steps = 30
  /// Time constants in steps: of membranes, of synapses, and of the kernel that errors of times go down by.
  var tauMembrane = 8.0
  var tauSynapse = 4.0
  var tauGradient = 3.0
  /// Largest 1 / slope in the gradient of weights.
  var largestInverseSlope = 4.0
  /// Spikes a neuron and trial for which thresholds are set before learning.
  var spikesAtFirst = 2.0
  var learningRate = 0.0005
  var weightDecay = 0.002
  var batch = 16

  private enum CodingKeys: String, CodingKey {
    case loss, normalisation, target, other, steps, batch
    case tauMembrane = "tau_m_steps"
    case tauSynapse = "tau_syn_steps"
    case tauGradient = "tau_gradient_steps"
    case largestInverseSlope = "largest_inverse_slope"
    case spikesAtFirst = "spikes_at_first"
    case learningRate = "learning_rate"
    case weightDecay = "weight_decay"
  }

  /// eps[n] = k ((1 - 1/tau_m)^(n+1) - (1 - 1/tau_s)^(n+1)), for n steps since the input.
  var kernel: [Double] {
    powers(tauMembrane, tauSynapse) { (membrane, synapse) in (membrane - synapse) * gain }
  }

  /// (1 - 1/tau_gradient)^(n+1).
  var timeKernel: [Double] { powers(tauGradient, tauGradient) { (power, _) in power } }

  /// k.
  var gain: Double { 1 / tauSynapse / (1 / tauSynapse - 1 / tauMembrane) }

  private func powers(
    _ first: Double, _ second: Double, _ value: (Double, Double) -> Double
  ) -> [Double] {
    var (a, b) = (1.0, 1.0)
    return (0..<steps).map { _ in
      a *= 1 - 1 / first
      b *= 1 - 1 / second
      return value(a, b)
    }
  }
}
