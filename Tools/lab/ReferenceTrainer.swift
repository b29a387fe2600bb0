import ArgumentParser
import Events
import Learning
import Reference
import ToolSupport

/// Which gradient the reference computes, as an option.
enum ReferenceTerms: String, ExpressibleByArgument, CaseIterable, Encodable {
  case full
  case asForward = "as-forward"

  var terms: ReferenceNetwork.Terms { self == .full ? .full : .asForward }
}

/// Learns by the reverse-time reference: the network holds the weights and the optimiser only.
struct ReferenceTrainer {
  let terms: ReferenceTerms
  let network: Network<Float>
  let geometry: SensorGeometry
  private let state: NetworkState<Float>

  /// - Throws: ``ConfigurationError`` for what the reference cannot follow.
  init(_ terms: ReferenceTerms, _ network: Network<Float>, geometry: SensorGeometry) throws {
    let configuration = network.configuration
    guard configuration.optimiser.update == .trial else {
      throw ConfigurationError(
        "--reference with optimiser.update: \(configuration.optimiser.update.rawValue): it goes back in time from a "
          + "trial's end, when there are no weights of the steps before; use update: trial")
    }
    guard configuration.stream.resetAtTrial else {
      throw ConfigurationError(
        "--reference with stream.reset_at_trial: false: its trials begin from a cleared state")
    }
    self.terms = terms
    self.network = network
    self.geometry = geometry
    state = network.makeState()
  }

  /// Learns one recording that is one trial.
  ///
  /// - Returns: the mean loss of its steps.
  func learn(_ recording: LabelledRecording, _ events: EventBatch) throws -> Double {
    let steps = TrialSteps(of: events, geometry: geometry, configuration: network.configuration)
    guard steps.restarts.isEmpty else {
      throw ConfigurationError(
        "\(recording.path): has a silence of more than stream.max_gap_ms, after which states are cleared; the reference "
          + "runs trials in one piece")
    }
    guard let label = recording.label else { return 0 }
    let reference = ReferenceNetwork(network)
    let trial = reference.run(steps.active)
    let (loss, gradient) = reference.gradient(
      of: trial, target: .label(label), terms: terms.terms)
    let names = network.gradients(in: state).map(\.name)
    network.endTrial(
      gradients: names.map { name in
        ConnectionGradient(
          name: name, rows: trial.activeRows(of: name),
          values: gradient.numbers(of: name).map { Float($0) })
      },
      firingRates: gradient.rates.joined().map { Float($0) },
      countRatio: Float(gradient.countRatio), in: state)
    return loss / Double(max(trial.steps, 1))
  }
}
