import ArgumentParser

struct Experiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Repeat published experiments and draw their figures.",
    subcommands: [
      SpikeTrainExperiment.self, RulesExperiment.self, ClassIncrementalExperiment.self,
      ForwardBackwardExperiment.self,
    ])
}
