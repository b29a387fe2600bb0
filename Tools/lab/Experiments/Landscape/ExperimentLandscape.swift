import ArgumentParser
import ToolSupport

struct LandscapeExperiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "antlr-landscape",
    abstract: "Draw a loss, and the landscapes in which each method's gradient believes.",
    discussion: """
      After figure 5 of ANTLR (Kim, Kim and Kim 2020): over a plane through the weights of a network of 10-50-50-5 \
      spiking neurons, the true loss, and for the activation, timing, hybrid and hybrid forward gradients the surface \
      whose differences between neighbouring points fit the gradient best. One plane has spikes that only move, the \
      other spikes that appear and vanish. The network should do everywhere what it does in the middle of the plane.

      EXAMPLES
        afferent-lab experiment antlr-landscape --out landscape --jobs 2
        afferent-lab experiment antlr-landscape --out one --seed 7 --points 61 --settings appearing
        afferent-lab experiment antlr-landscape --out short --quick
      """)

  @OptionGroup var options: ExperimentOptions
  @Option(help: "Points of the grid along each direction.")
  var points = 41
  @Option(help: "Random inputs over which the loss is a mean.")
  var patterns = 8
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Which planes: " + LandscapeSetting.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "name"))
  var settings = LandscapeSetting.allCases
  @Option(
    help:
      "How far planes go from their middle, as a part of each neuron's weights, instead of the usual."
  )
  var span: Double?

  func validate() throws {
    guard points > 2 else { throw ValidationError("--points must be above 2") }
    guard patterns > 0 else { throw ValidationError("--patterns must be positive") }
    guard !settings.isEmpty else { throw ValidationError("--settings needs a name") }
    try ExperimentOptions.checkOnce(settings, "--settings")
    guard span.map({ $0 > 0 }) ?? true else { throw ValidationError("--span must be positive") }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") { try experiment() }
  }

  private var command: String {
    let names = LandscapeSetting.allCases.filter(settings.contains).map(\.rawValue)
    return options.command(
      "antlr-landscape",
      [
        ("--points", ["\(points)"]), ("--patterns", ["\(patterns)"]), ("--settings", names),
        ("--span", span.map { ["\($0)"] } ?? []),
      ])
  }

  private func experiment() throws {
    let folder = try options.folder()
    let settings = LandscapeSetting.allCases.filter(settings.contains)
    let neurons = LandscapeSettings(
      seeds: options.seeds(usually: 5), points: options.quick ? min(points, 21) : points,
      patterns: options.quick ? min(patterns, 2) : patterns, settings: settings,
      spans: settings.map { span ?? $0.span }, quick: options.quick)
    try folder.write(neurons, toJSON: "config.json")
    let runs = ExperimentRuns<LandscapeJob>(
      in: folder, data: try Terminal.jsonText(neurons.network))
    let network = neurons.network
    let done = try runs.complete(neurons.jobs, threads: options.jobs) { $0.run(network) }
    try LandscapeResults(settings: neurons, command: command, runs: done).write(to: folder)
  }
}
