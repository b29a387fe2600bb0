import ArgumentParser

@main
struct AfferentConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent-convert",
    abstract: "Look into recordings of event cameras.",
    discussion: """
      EXAMPLES
        afferent-convert inspect recording.bin
        afferent-convert help inspect
      """,
    subcommands: [Inspect.self])
}
