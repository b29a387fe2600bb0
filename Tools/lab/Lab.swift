import ArgumentParser

@main
struct Lab: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent-lab",
    abstract: "Learn from recordings in one process, without sockets.",
    discussion: """
      The same learning as the engine's: a run here and an engine fed by afferent-replay with the same seed end with \
      the same weights, bit for bit.

      EXAMPLES
        afferent-lab run --train SampleStreams/Train --test SampleStreams/Test
        afferent-lab gradient --config engine.yaml --recording SampleStreams/Test/3/00081.bin --label 3 --out g.st
        afferent-lab bench --only nmnist
        afferent-lab help run
      """,
    subcommands: [
      Run.self, Gradient.self, Experiment.self, Bench.self, Soak.self, Decode.self,
      Baseline.self,
    ])
}
