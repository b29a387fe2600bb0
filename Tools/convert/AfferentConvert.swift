import ArgumentParser

@main
struct AfferentConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent-convert",
    abstract: "Look into recordings of event cameras, draw them, and write them in other formats.",
    discussion: """
      EXAMPLES
        afferent-convert inspect recording.bin
        afferent-convert convert recording.raw recording.aedat4
        afferent-convert render recording.aedat4 -o recording.png
        afferent-convert help convert
      """,
    subcommands: [Inspect.self, Convert.self, Render.self])
}
