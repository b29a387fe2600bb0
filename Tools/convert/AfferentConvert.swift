import ArgumentParser

@main
struct AfferentConvert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent-convert",
    abstract: "Look into recordings of event cameras.",
    subcommands: [Inspect.self])
}
