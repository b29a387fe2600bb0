import ArgumentParser
import Events
import Service
import ToolSupport
import Transport

struct Bridge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Publish what a sensor sends in another protocol.",
    discussion: """
      Takes events from where a sensor's software sends them, or serves them, and publishes them to an engine. UDP: the \
      address is where to listen. TCP: the address is the server; when it goes away, it is tried again until it is back.

      FROM
        aestream-udp://HOST:PORT  AEStream's UDP output, with or without times (usual port 3333)
        spif-udp://HOST:PORT      SPIF's words; events without a time happen when they arrive
        faery-udp://HOST:PORT     faery; ?format=t64_x16_y16_on8 (default) or t32_x16_y15_on1 (7777)
        jaer-udp://HOST:PORT      jAER's unicast; ?chip=dvs128 or davis (default: by the geometry), sequence=no, \
      order=time, endian=little (8991)
        libcaer-udp://HOST:PORT   libcaer and cAER: AEDAT 3.1 packets behind their network header
        libcaer-tcp://HOST:PORT   the same as a server's stream
        dv-tcp://HOST:PORT        the NetworkWriter of dv-processing, and DV (10101)

      Where the sensor's clock begins anew, the stream's time goes on. Events outside the geometry are left out. What did \
      not arrive, by the protocol's numbers or the operating system's count, is counted and told at the end.

      Ctrl-C ends the recording and the bridge; a second one ends the program at once.

      EXAMPLES
        afferent-sensor bridge --from faery-udp://127.0.0.1:7777 --geometry 346x260 --source cam1
        afferent-sensor bridge --from aestream-udp://0.0.0.0:3333 --geometry 640x480 --at tcp://10.0.0.2:5580
        afferent-sensor bridge --from "jaer-udp://0.0.0.0:8991?chip=dvs128" --geometry 128x128 --json

      EXIT STATUS
        0 ended by the user or an option, 1 an address cannot be used, 64 bad arguments
      """)

  @Option(
    help: "Where events come from, as listed above.",
    transform: {
      do { return try BridgeSource($0) } catch { throw ValidationError("\(error)") }
    })
  var from: BridgeSource
  @Option(help: "Sensor: WIDTHxHEIGHT.")
  var geometry: SensorGeometry
  @Option(help: "Name of the source in the topic.")
  var source = "sensor"
  @OptionGroup var engine: EngineOptions
  @Option(help: "Endpoint to publish at instead; @ binds, otherwise it is connected to.")
  var endpoint: String?
  @Option(help: "Encoding of the events that are published.")
  var encoding = WireEncoding.t32x16y15on1
  @Option(help: "Header of messages: json or binary.")
  var header = EventMessageWriter.HeaderForm.binary
  @Option(help: "How long events wait for others of their message, in milliseconds.")
  var messageMs = 5
  @Option(help: "End after so many events.")
  var events: Int?
  @Option(help: "End after so many seconds.")
  var seconds: Double?
  @Option(help: "End when nothing has come for so many seconds.")
  var silence: Double?
  @Flag(help: "Print a summary as one line of JSON at the end.")
  var json = false

  func validate() throws {
    guard Topic.isSource(source) else {
      throw ValidationError("--source takes 1 to 64 letters, digits, dots, dashes or underscores")
    }
    guard (0...10_000).contains(messageMs) else {
      throw ValidationError("--message-ms must be 0 to 10000")
    }
    guard encoding.keepsTimes else {
      throw ValidationError("--encoding \(encoding.rawValue) has no times")
    }
    guard header == .json || (geometry.width < 65536 && geometry.height < 65536) else {
      throw ValidationError("a side of 65536 pixels in --geometry needs --header json")
    }
    guard events ?? 1 > 0, seconds ?? 1 > 0, silence ?? 1 > 0 else {
      throw ValidationError("--events, --seconds and --silence must be above 0")
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-sensor") { try bridge() }
  }

  private func bridge() throws {
    let interruption = Interruption()
    let publisher = try engine.keys.publisher(
      endpoint ?? engine.at.events, in: try Context(), policy: .live)
    let writer = EventMessageWriter(
      source: source, geometry: geometry, encoding: encoding, headerForm: header)
    var output = BridgeOutput(writer, to: publisher)
    output.messageSpan = Int64(messageMs) * 1000
    var run = BridgeRun(
      from, to: output, interruption: interruption,
      summary: BridgeSummary(source: source, from: from.text, endpoint: publisher.endpoint))
    run.end = .init(
      events: events ?? .max, seconds: seconds ?? .infinity, silence: silence ?? .infinity)
    try run.run()
    var summary = run.summary
    summary.interrupted = interruption.isRequested
    if json { try Terminal.json(summary) } else { Terminal.line(summary.text) }
  }
}
