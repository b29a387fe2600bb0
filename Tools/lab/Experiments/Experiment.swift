import ArgumentParser

struct Experiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Repeat published experiments and draw their figures.",
    subcommands: [
      OnePassExperiment.self, SpikeTrainExperiment.self, RulesExperiment.self,
      ClassIncrementalExperiment.self, CodesExperiment.self, ZhuLossesExperiment.self,
    ])
}
