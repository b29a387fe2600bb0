import ArgumentParser

@main
struct AfferentConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent-convert",
    abstract: "Look into recordings of event cameras, and draw them.",
    discussion: """
      EXAMPLES
        afferent-convert inspect recording.bin
        afferent-convert render recording.bin -o recording.png
        afferent-convert help render
      """,
    subcommands: [Inspect.self, Render.self])
}
