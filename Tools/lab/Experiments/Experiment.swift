import ArgumentParser

struct Experiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Repeat published experiments and draw their figures.",
    subcommands: [
      SpikeTrainExperiment.self, LandscapeExperiment.self, RulesExperiment.self,
      ClassIncrementalExperiment.self,
    ])
}
