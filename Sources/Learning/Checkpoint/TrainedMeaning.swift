/// What gives the weights of a checkpoint their meaning.
extension LearnerConfiguration {
  /// The first setting that gives weights their meaning and is not the same in `other`. How to learn on is not among
  /// them: rates, optimisers and regularisers may change.
  func firstDifference(_ other: LearnerConfiguration) -> String? {
    for (mine, theirs) in zip(meaning, other.meaning) where mine.value != theirs.value {
      return "learner.\(mine.name) \(mine.value), the configuration has \(theirs.value)"
    }
    return nil
  }

  private var meaning: [(name: String, value: String)] {
    [
      ("classes", "\(classes)"),
      ("step_us", "\(stepMicroseconds)"),
      ("hidden.neurons", "\(hidden.neurons)"),
      ("hidden.tau_m_ms", "\(hidden.tauMembrane)"),
      ("hidden.tau_syn_ms", "\(hidden.tauSynapse)"),
      ("hidden.threshold", "\(hidden.threshold)"),
      ("hidden.reset", hidden.reset.rawValue),
      ("hidden.refractory_steps", "\(hidden.refractorySteps)"),
      ("hidden.adaptation.strength", "\(hidden.adaptation.strength)"),
      ("hidden.adaptation.tau_ms", "\(hidden.adaptation.tau)"),
      ("hidden.bias", "\(hidden.bias)"),
      ("hidden.recurrent", "\(hidden.recurrent)"),
      ("hidden.single_spike", "\(hidden.singleSpike)"),
      ("hidden.threshold_normalisation", "\(hidden.thresholdNormalisation)"),
      ("readout.kind", readout.kind.rawValue),
      ("readout.tau_ms", "\(readout.tau)"),
      ("readout.tau_syn_ms", "\(readout.tauSynapse)"),
      ("readout.bias", "\(readout.bias)"),
      ("readout.threshold", "\(readout.threshold)"),
      ("readout.reset", readout.reset.rawValue),
      ("readout.refractory_steps", "\(readout.refractorySteps)"),
      ("readout.single_spike", "\(readout.singleSpike)"),
    ]
  }
}
