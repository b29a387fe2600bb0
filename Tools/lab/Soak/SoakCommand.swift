import ArgumentParser
import Foundation
import Service
import ToolSupport

struct Soak: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keep an engine at work for hours, and see whether it stays as it was.",
    discussion: """
      Starts an engine in a process of its own on local sockets, sends it labelled events at the pace of a sensor, listens \
      to its predictions, and has it save checkpoints; beside it a consumer that subscribes and never reads. Writes a \
      row every --every seconds to soak.csv, and at the end soak.svg and soak.json.

      Latency counts from the moment at which the message that closes a step was due, whether it could be sent then or not. \
      The first --warm-up seconds are drawn, but not judged.

      EXAMPLES
        afferent-lab soak --seconds 3600 --out soak
        afferent-lab soak --seconds 60 --rate 200000 --warm-up 10 --out soak

      EXIT STATUS
        0 nothing was lost and memory stayed flat, 1 the engine failed, 3 something was lost, or memory grew
      """)

  @Option(help: "How long.")
  var seconds = 3600.0
  @Option(help: "Events a second, of the wall clock and of the stream.")
  var rate = 1_000_000
  @Option(help: "Seconds between rows.")
  var every = 10.0
  @Option(help: "Seconds before memory and latency are judged.")
  var warmUp = 120.0
  @Option(help: "Seconds between checkpoints.")
  var saveEvery = 60.0
  @Option(help: "Hidden neurons.")
  var hidden = 200
  @Option(help: "Seed of the events and of the weights.")
  var seed: UInt64 = 1
  @Option(help: "MB by which memory may change after the warm-up.")
  var flatMb = 2.0
  @Option(help: "Folder for what is written; made where it is missing.")
  var out: String

  func validate() throws {
    guard rate >= 1000, rate <= 20_000_000 else {
      throw ValidationError("--rate is \(rate); it must be 1000 to 20000000")
    }
    guard every >= 1, warmUp >= 0, saveEvery > 0, seconds > warmUp + 2 * every else {
      throw ValidationError("--seconds must be more than --warm-up and two rows of --every")
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      var soak = try SoakRun(self)
      let result = try soak.run()
      try write(result)
      for line in result.lines { Terminal.line(line) }
      guard result.isGood else { throw ExitStatus.checkFailed }
    }
  }

  private func write(_ result: SoakResult) throws {
    try Data((try Terminal.jsonText(result) + "\n").utf8)
      .write(to: URL(fileURLWithPath: "\(out)/soak.json"))
    try Data(SoakChart(rows: result.rows, warmUp: warmUp).svg.utf8)
      .write(to: URL(fileURLWithPath: "\(out)/soak.svg"))
  }
}
