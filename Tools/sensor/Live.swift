import ArgumentParser
import Events
import Service
import ToolSupport
import Transport

struct Live: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publish events over ZeroMQ, paced like a camera's.",
    discussion: """
      Stream time runs with the wall clock. Recordings follow each other in one stream; each begins at a whole \
      millisecond and ends with an end-of-recording message. A message holds the events of a few milliseconds, goes out \
      when these are over, and says so: an engine need not wait for the next event. Where nothing happened, it says only that.

      A camera does not wait: a subscriber that falls behind loses messages, and sees the gap in their sequence numbers. \
      For a stream without loss, write recordings and replay them.

      Ctrl-C ends the recording and the stream; a second one ends the program at once.

      EXAMPLES
        afferent-sensor live
        afferent-sensor live --labelled --count 500 --seed 7 --json
        afferent-sensor live --scene gestures --labelled
        afferent-sensor live --at tcp://192.168.1.20:5580 --source cam1 --noise-hz 1
        afferent-sensor live --endpoint @tcp://127.0.0.1:6000 --no-wait --speed 0.5
      """)

  @Option(help: "Engine to publish to: tcp://host:port, or a folder of local sockets.")
  var at = EngineAddress.default.description
  @Option(help: "Endpoint to publish at instead; @ binds, otherwise it is connected to.")
  var endpoint: String?
  @Option(help: "Name of the source in the topic.")
  var source = "sensor"
  @Flag(help: "Send the label of each recording with its first message.")
  var labelled = false
  @Option(help: "Recordings to publish (default: without end).")
  var count: Int?
  @Option(help: "Index of the first recording.")
  var first = 0
  @Option(help: "Seed of the drawings, the pixels and the noise.")
  var seed: UInt64 = 1
  @Option(help: "Seconds of stream time in a second of wall-clock time.")
  var speed = 1.0
  @Option(help: "Stream time that a message covers at most, in milliseconds.")
  var messageMs = 5
  @Option(help: "Pause between two recordings, in milliseconds of stream time.")
  var pauseMs = 100
  @Option(
    help: ArgumentHelp(
      "Layout of an event: \(Self.encodings.map(\.rawValue).joined(separator: ", ")). (default: the first)",
      valueName: "name"),
    transform: { try Self.choice($0, of: encodings) })
  var encoding = WireEncoding.t32x16y15on1
  @Option(
    help: ArgumentHelp("Form of the headers: json or binary. (default: json)", valueName: "form"),
    transform: { try Self.choice($0, of: EventMessageWriter.HeaderForm.allCases) })
  var header = EventMessageWriter.HeaderForm.json
  @Option(help: "Seconds to wait for a subscriber.")
  var wait = 10.0
  @Flag(help: "Start whether or not somebody listens.")
  var noWait = false
  @Flag(help: "Print a summary as one line of JSON at the end.")
  var json = false
  @OptionGroup var keys: SecurityOptions
  @OptionGroup(title: "Scene") var scene: SceneOptions
  @OptionGroup(title: "Sensor") var sensor: SensorOptions

  func validate() throws {
    func check<T: Comparable>(_ name: String, _ value: T, in range: ClosedRange<T>) throws {
      guard !range.contains(value) else { return }
      throw ValidationError(
        "--\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
    }
    guard Topic.isSource(source) else {
      throw ValidationError("--source takes 1 to 64 letters, digits, dots, dashes or underscores")
    }
    try check("count", count ?? 1, in: 1...1_000_000_000)
    try check("first", first, in: 0...1_000_000_000_000)
    try check("speed", speed, in: 0.001...1000)
    try check("message-ms", messageMs, in: 1...10_000)
    try check("pause-ms", pauseMs, in: 0...3_600_000)
    try check("wait", wait, in: 0...86_400)
  }

  func run() throws {
    try ExitStatus.report("afferent-sensor") { try publish() }
  }

  private func publish() throws {
    let scene =
      scene.scene == .gestures
      ? LiveScene(try sensor.gestures(seed: seed))
      : LiveScene(try sensor.recordings(of: try scene.load(), seed: seed))
    let interruption = Interruption()
    let publisher = try keys.publisher(
      try endpoint ?? EngineAddress(at).events, in: try Context(), policy: .live)
    var summary = LiveSummary(source: source, endpoint: publisher.endpoint, seed: seed)
    if try noWait || isHeard(by: publisher, unless: interruption) {
      let writer = EventMessageWriter(
        source: source, geometry: scene.geometry, encoding: encoding, headerForm: header)
      var stream = LiveStream(
        scene: scene, writer: writer, publisher: publisher, interruption: interruption,
        summary: summary)
      stream.messageSpan = Int64(messageMs) * 1000
      stream.pause = Int64(pauseMs) * 1000
      stream.isLabelled = labelled
      try stream.run(from: first, count: count ?? Int.max, speed: speed)
      summary = stream.summary
    }
    summary.interrupted = interruption.isRequested
    if json { try Terminal.json(summary) } else { Terminal.line(summary.text) }
  }

  /// Waits for somebody who wants the events.
  ///
  /// - Returns: `false` if the user lost patience first.
  /// - Throws: ``ExitStatus/noAnswer`` when the time is over.
  private func isHeard(
    by publisher: EventPublisher, unless interruption: Interruption
  ) throws -> Bool {
    let topic = Topic.events(source: source).bytes
    let begin = ContinuousClock.now
    var isTold = false
    while true {
      if try publisher.waitForSubscriber(to: topic, timeout: .milliseconds(100)) { return true }
      if interruption.isRequested { return false }
      let waited = (ContinuousClock.now - begin).inSeconds
      if waited >= wait { break }
      if waited > 0.5, !isTold {
        isTold = true
        Terminal.note(
          "waiting for a subscriber at \(publisher.endpoint), at most \(Format.decimal(wait, 0)) s")
      }
    }
    Terminal.note(
      "afferent-sensor: nobody asked for events/\(source)/ at \(publisher.endpoint) within "
        + "\(Format.decimal(wait, 0)) s; start an engine there (afferent\(keys.hint)), "
        + "or use --no-wait")
    throw ExitStatus.noAnswer
  }

  /// Those in which events keep their times.
  private static let encodings = WireEncoding.allCases.filter(\.keepsTimes)

  private static func choice<T: RawRepresentable<String>>(
    _ text: String, of choices: [T]
  ) throws -> T {
    guard let value = choices.first(where: { $0.rawValue == text }) else {
      throw ValidationError(
        "\"\(text)\" is not \(choices.map(\.rawValue).joined(separator: " or "))")
    }
    return value
  }
}
