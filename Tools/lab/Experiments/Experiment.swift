import ArgumentParser

struct Experiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Repeat published experiments and draw their figures.",
    subcommands: [
      OnePassExperiment.self, PerSpikeExperiment.self, ForwardBackwardExperiment.self,
      DriftExperiment.self, CodesExperiment.self, ZhuLossesExperiment.self,
      LatencyMNISTExperiment.self, NMNISTExperiment.self, LandscapeExperiment.self,
      SpikeTrainExperiment.self, RulesExperiment.self, ClassIncrementalExperiment.self,
    ])
}
