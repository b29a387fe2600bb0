import ArgumentParser
import Events
import ToolSupport

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what recordings hold.",
    discussion: """
      Each file is read to its end, whatever its size, in bounded memory. events_sha256 is over the events (t int64, \
      x uint16, y uint16, polarity uint8, little-endian, in file order), so that it is the same in every file format.

      Where a file does not state its sensor, the smallest usual one that holds all events is shown; with --geometry, \
      an event outside is an error. The exit code is 1 if any file could not be read; the others are told all the same.

      EXAMPLES
        afferent-convert inspect recording.bin
        afferent-convert inspect --geometry 34x34 nmnist/Test/*/*.bin
        afferent-convert inspect --json *.bin | jq -r '[.path, .events] | @tsv'
      """)

  @Argument(help: "Recordings of any format that convert knows.", completion: .file())
  var files: [String]
  @Flag(help: "Print one line of JSON a file; absent times are null.")
  var json = false
  @Option(
    help: ArgumentHelp(
      "The sensor, such as 34x34, where the file does not state it.", valueName: "WxH"))
  var geometry: SensorGeometry?

  func run() throws {
    var failures = 0
    for (index, path) in files.enumerated() {
      do {
        try ExitStatus.report("afferent-convert") { try inspect(path, isFirst: index == 0) }
      } catch {
        failures += 1
      }
    }
    if failures > 0 { throw ExitStatus.failed }
  }

  private func inspect(_ path: String, isFirst: Bool) throws {
    let bar = FileProgress(path)
    defer { bar.finish() }
    let summary = try RecordingSummary(path: path, geometry: geometry, progress: bar.update)
    bar.finish()
    if json {
      try Terminal.json(InspectedFile(path: path, summary: summary))
    } else {
      Terminal.line((isFirst ? "" : "\n") + summary.text(path: path))
    }
  }
}

/// A line of `inspect --json`.
struct InspectedFile: Encodable {
  var path: String
  var summary: RecordingSummary

  private enum CodingKeys: String, CodingKey {
    case path
  }

  func encode(to encoder: any Encoder) throws {
    try summary.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(path, forKey: .path)
  }
}

extension RecordingSummary {
  /// The table of `inspect`.
  func text(path: String) -> String {
    var rows = [
      ("format", format.rawValue), ("sensor", "\(width)x\(height)"),
      ("events", Format.count(events)),
    ]
    if let firstTime, let lastTime {
      let seconds = (Double(lastTime) - Double(firstTime)) * 1e-6
      rows += [
        ("first event", "\(Format.count(Int(firstTime))) us"),
        ("last event", "\(Format.count(Int(lastTime))) us"),
        ("duration", "\(Format.decimal(seconds, 3)) s"),
        ("rate", seconds > 0 ? "\(Format.count(Int(Double(events) / seconds))) events/s" : "-"),
        ("ON events", "\(Format.count(onEvents)) (\(Format.percent(onEvents, of: events)))"),
        ("time reversals", Format.count(timeReversals)),
      ]
      if outside > 0 { rows.append(("outside the sensor", Format.count(outside))) }
    }
    rows.append(("events sha256", eventsSHA256))
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { name, value in
      "  \(name)\(String(repeating: " ", count: width - name.count))  \(value)"
    }
    return ([path] + lines).joined(separator: "\n")
  }
}
