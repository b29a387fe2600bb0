import ArgumentParser

@main
struct Lab: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent-lab",
    abstract: "Learn from recordings in one process, without sockets.",
    discussion: """
      The same learning as the engine's: a run here and an engine fed by afferent-replay with the same seed end with \
      the same weights, bit for bit.
      """,
    subcommands: [Run.self])
}
