import ArgumentParser
import Events
import Learning
import Logging
import Service
import ToolSupport
import UnixSignals

@main
struct Daemon: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afferent",
    abstract: "Learn from event streams while they arrive, and publish what is predicted.",
    discussion: """
      Events and labels come in on one socket, predictions, weights and status go out on another, questions are answered \
      on a third. Ends at SIGINT, SIGTERM or a request to drain: works off what it has taken in, saves what was learned, exits with 0.

      EXAMPLES
        afferent                              listen on tcp://127.0.0.1:5580, 5581 and 5582
        afferent --at run                     listen on local sockets in the folder run
        afferent --print-config > my.yaml     all settings with their defaults and meanings
        afferent --format numpy               take arrays in that publishers in Python send
        afferent --checkpoints state          go on where it was, even after a loss of power
        afferent --config my.yaml --load model.safetensors --no-learning
        afferent keygen engine                make the keys without which it listens to this machine only

      EXIT STATUS
        0 clean stop, 1 a file or an address cannot be used, 64 bad arguments
      """,
    subcommands: [Keygen.self])

  @Option(help: "YAML file; what it does not say keeps its default.")
  var config: String?
  @Option(
    help: ArgumentHelp(
      "Listen here: a folder for local sockets, or tcp://host:port (with the two ports after).",
      valueName: "address"))
  var at: EngineAddress?
  @Option(
    help: ArgumentHelp(
      "What comes in: \(MessageFormat.choices). (default: afferent)", valueName: "format"))
  var format: MessageFormat?
  @Option(help: "Seed of the initial weights.")
  var seed: UInt64?
  @Option(help: "Read this checkpoint at the start.")
  var load: String?
  @Option(help: "Write the checkpoint here at a clean stop; an empty name writes none.")
  var save: String?
  @Option(
    help: ArgumentHelp(
      "Keep all that the engine knows in this folder, and go on from there after whatever ended it.",
      valueName: "folder"))
  var checkpoints: String?
  @Flag(help: "Predict only: labels score predictions, weights do not move.")
  var noLearning = false
  @Flag(help: "Print the configuration as YAML with all defaults, and exit.")
  var printConfig = false
  @Flag(help: "Listen to other machines without a key; security.allow_plaintext has to say so too.")
  var allowPlaintext = false
  @Option(help: "How to log: text, or json for an object a line.")
  var logFormat = LogFormat.text
  @Flag(help: "Log errors only.")
  var quiet = false

  func run() async throws {
    Terminal.outliveReaders()
    do {
      let configuration = try settings()
      if printConfig {
        print(try configuration.yaml(), terminator: "")
        return
      }
      try await serve(configuration)
    } catch let code as ExitCode {
      throw code
    } catch {
      Terminal.note("afferent: \(error)")
      throw ExitStatus.failed
    }
  }

  private func settings() throws -> EngineConfiguration {
    var settings =
      try config.map { try EngineConfiguration.load(path: $0) } ?? EngineConfiguration()
    if let at {
      settings.endpoints.events = [at.events]
      settings.endpoints.output = [at.output]
      settings.endpoints.requests = [at.requests]
    }
    if let format { settings.endpoints.format = format }
    if let seed { settings.learner.seed = seed }
    if let load { settings.learning.load = load }
    if let save { settings.learning.save = save }
    if let checkpoints { settings.checkpoints.folder = checkpoints }
    if noLearning { settings.learning.enabled = false }
    try settings.validate()
    return settings
  }

  private func serve(_ settings: EngineConfiguration) async throws {
    var logger = Logger(label: "afferent") { logFormat.handler(label: $0) }
    logger.logLevel = quiet ? .error : .info
    guard allowPlaintext || settings.openEndpoints.isEmpty else {
      throw ConfigurationError(
        "security.allow_plaintext alone does not open \(settings.openEndpoints[0]) to other machines; "
          + "give the engine a key, or say --allow-plaintext too")
    }
    HeapMemory.returnsLargeBlocks()
    // Signals are caught before the first thread starts, so none can end the process halfway.
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let (ends, ended) = AsyncStream<Void>.makeStream()
    let engine = try Engine(
      settings, logger: logger, onFailure: { _ in ended.yield() }, onDrained: { ended.yield() })
    logger.info(
      "ready",
      metadata: [
        "events": "\(engine.endpoints.events.joined(separator: " "))",
        "output": "\(engine.endpoints.output.joined(separator: " "))",
        "requests": "\(engine.endpoints.requests.joined(separator: " "))",
        "sensor": "\(settings.sensor.width)x\(settings.sensor.height)",
        "learning": "\(engine.status.learning)",
      ])
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in signals { break } }
      group.addTask { for await _ in ends { break } }
      await group.next()
      group.cancelAll()
    }
    logger.info("stopping")
    let saved = try engine.stop()
    let status = engine.status
    logger.info(
      "stopped",
      metadata: [
        "events": "\(status.stream.events)", "late": "\(status.stream.lateEvents)",
        "missing_messages": "\(status.missingMessages)",
        "refused": "\(status.refusedMessages)", "steps": "\(status.stream.steps)",
        "trials": "\(status.stream.trials)",
        "accuracy": "\(status.accuracy.map { Format.percent($0) } ?? "-")",
        "saved": "\(saved ?? "-")",
      ])
  }
}

/// How the daemon logs.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json

  func handler(label: String) -> any LogHandler {
    switch self {
    case .text: StreamLogHandler.standardError(label: label)
    case .json: JSONLogHandler(label: label)
    }
  }
}
