import Events
import Learning

/// A network, a rule, and the trials that they see: what a gradient is compared for.
struct GradientCase: Codable, Hashable, Sendable {
  /// Which ways a weight acts on the loss.
  enum Path: String, Codable, CaseIterable, Sendable {
    case activation, timing, hybrid
  }

  /// Hidden neurons: those that jump with their input, or those whose current has a memory of its own, as the readout's.
  enum Neuron: String, Codable, Sendable {
    case lif, current
  }

  /// How a recording becomes a trial of `steps` steps.
  enum Length: String, Codable, Sendable {
    /// As it is; `steps` follows from the recording.
    case whole
    /// Cut, or begun anew where it is over; a step is as long as ever.
    case cut
    /// Whole, in steps of another length.
    case resolution
  }

  var set: TrialSet.Name
  var depth: Int
  var credit = LearnerConfiguration.Credit.symmetric
  var path = Path.activation
  var neuron = Neuron.lif
  var readout = LearnerConfiguration.Readout.Kind.leaky
  var isRecurrent = false
  var reset = LearnerConfiguration.Reset.subtract
  /// In milliseconds; of leaky readouts.
  var readoutTau = 60.0
  var length = Length.whole
  /// Steps of a trial, for other lengths than the whole.
  var steps = 0
  var stepMicroseconds: Int64 = 2000
  var neurons: Int

  private enum CodingKeys: String, CodingKey {
    case set, depth, credit, path, neuron, readout, reset, length, steps, neurons
    case isRecurrent = "recurrent"
    case readoutTau = "readout_tau_ms"
    case stepMicroseconds = "step_us"
  }

  var configuration: LearnerConfiguration {
    var configuration = LearnerConfiguration()
    configuration.stepMicroseconds = stepMicroseconds
    configuration.credit = credit
    configuration.hidden.neurons = LayerSizes([Int](repeating: neurons, count: depth))
    configuration.hidden.recurrent = isRecurrent
    configuration.hidden.reset = reset
    configuration.readout.kind = readout
    configuration.readout.reset = reset
    configuration.readout.tau = readoutTau
    if readout == .spiking {
      configuration.readout.tau = 20
      // Reaches readouts that are far below their threshold.
      configuration.surrogate.function = .fastSigmoid
    }
    if neuron == .current {
      configuration.hidden.tauSynapse = 4
      configuration.readout.tauSynapse = 4
    }
    configuration.gradient.activation = path == .timing ? 0 : 1
    configuration.gradient.timing = path == .activation ? 0 : 1
    // From lower slopes, single spikes would decide the gradient.
    configuration.gradient.slopeFloor = 0.1
    return configuration
  }

  /// Whether there is such a rule.
  var isOffered: Bool { (try? configuration.validate()) != nil }

  /// Whether the forward rule drops nothing, as the page OneStep says.
  var isExact: Bool {
    depth == 1 && !isRecurrent && readout == .leaky && credit == .symmetric
  }

  /// Without the depth.
  var rule: String {
    var words = [credit.rawValue, path.rawValue, readout.rawValue]
    if neuron != .lif { words.append(neuron.rawValue) }
    if isRecurrent { words.append("recurrent") }
    return words.joined(separator: ", ")
  }
}
