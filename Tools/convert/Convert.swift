import ArgumentParser
import Events
import ToolSupport

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a recording in another format, cut and changed on the way.",
    discussion: """
      The format of the input is told by what it holds, that of the output by its name or by --format. Files of any size \
      pass in bounded memory, and the output appears under its name when it is whole.

      Times stay those of the sensor unless --from-zero is given. Some formats hold less than others: an event that the \
      output cannot hold ends the tool with its number, its value and the limit.

      FORMATS
      \(RecordingFormat.allCases.map { "  \($0.rawValue)  \($0.title)" }.joined(separator: "\n"))

      EXAMPLES
        afferent-convert convert recording.raw recording.aedat4 --compression zstd
        afferent-convert convert davis.aedat4 clip.es --from-ms 2000 --to-ms 3500 --from-zero
        afferent-convert convert camera.raw small.npy --transform downsample=4 --transform denoise=5000
        afferent-convert convert old.dat old.raw --format evt2 --geometry 640x480
      """)

  @Argument(help: "The recording to read.", completion: .file()) var input: String
  @Argument(help: "The file to write.", completion: .file()) var output: String
  @Option(help: "Format of the output (default: by its name).") var format: RecordingFormat?
  @Option(help: "Compression of the output: none, lz4 or zstd (AEDAT 4).")
  var compression = RecordingLayout.Compression.none
  @Option(
    help: ArgumentHelp(
      "The sensor of the input, in place of what the file states.", valueName: "WxH"))
  var geometry: SensorGeometry?
  @OptionGroup var transform: TransformOptions
  @Option(help: "Leave out what comes earlier, in milliseconds after the first event.")
  var fromMs: Double = 0
  @Option(help: "Leave out what comes at or after, in milliseconds after the first event.")
  var toMs: Double?
  @Flag(help: "Count times from the first event that is written.")
  var fromZero = false
  @Option(
    help: ArgumentHelp(
      "Put events in order that come late by at most so many microseconds.", valueName: "us"))
  var sortUs: Int64 = 0
  @Flag(help: "Replace an output that is there.") var force = false
  @Flag(help: "Print the summary as one line of JSON.") var json = false

  func validate() throws {
    let longest = 1e12
    guard (0...longest).contains(fromMs), (0...longest).contains(toMs ?? 0) else {
      throw ValidationError("--from-ms and --to-ms must be 0 to 10^12")
    }
    guard toMs.map({ $0 > fromMs }) ?? true else {
      throw ValidationError("--to-ms must be above --from-ms")
    }
    guard (0...60_000_000).contains(sortUs) else {
      throw ValidationError("--sort-us must be 0 to 60000000")
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-convert") {
      guard let format = format ?? RecordingFormat(fileName: output) else {
        throw ConversionError(
          "\(output): its name does not tell a format; choose one with --format")
      }
      guard compression == .none || format == .aedat4 else {
        throw ConversionError("--compression is for AEDAT 4, the output is \(format.title)")
      }
      var conversion = try Conversion(self, to: format)
      let summary = try conversion.run()
      if json { try Terminal.json(summary) } else { summary.lines.forEach(Terminal.line) }
    }
  }
}

/// A conversion that cannot be done as asked.
struct ConversionError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension RecordingFormat: ExpressibleByArgument {}
extension RecordingLayout.Compression: ExpressibleByArgument {}
