import ArgumentParser
import Events
import Foundation
import ToolSupport

struct Decode: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast recordings are decoded, beside other packages.",
    discussion: """
      Each file is read into columns again and again, one thread, from the page cache. With --peers-python the packages \
      that read its format are measured in the same turns by Tools/lab/Peers/decode.py. A package whose events differ \
      from ours counts as wrong: its figure is shown, and no ratio is taken against it.

      EXAMPLES
        afferent-lab decode recording.raw
        afferent-lab decode --peers-python venv/bin/python ../shared/data/formats/*.es
      """)

  @Argument(help: "Recordings.") var files: [String]
  @Option(help: "The Python that has the other packages.") var peersPython: String?
  @Option(help: "Packages to run, in place of all that read the format.")
  var peer: [String] = []
  @Option(help: "The program that runs them.") var driver = "Tools/lab/Peers/decode.py"
  @Option(help: "Rounds; the median counts.") var repetitions = 3
  @Option(help: "What one repetition should take, in seconds.") var seconds = 0.5
  @Flag(help: "Print one line of JSON a file.") var json = false

  func validate() throws {
    guard repetitions > 0, seconds > 0, seconds <= 600 else {
      throw ValidationError("--repetitions and --seconds must be positive")
    }
  }

  func run() throws {
    try ExitStatus.report("afferent-lab") {
      if !json { Terminal.line(DecodeResult.header) }
      for file in files {
        let result = try measure(file)
        if json { try Terminal.json(result) } else { result.lines.forEach(Terminal.line) }
      }
    }
  }

  private func measure(_ file: String) throws -> DecodeResult {
    let summary = try RecordingSummary(path: file)
    var result = DecodeResult(file: file, format: summary.format, events: summary.events)
    let names = peersPython == nil ? [] : peer.isEmpty ? summary.format.peers : peer
    var peers = names.map { DecodeResult.Peer(name: $0) }
    var own: [Double] = []
    for _ in 0..<repetitions {
      own.append(try passes(file))
      for index in peers.indices where peers[index].error == nil {
        run(&peers[index], file, digest: summary.eventsSHA256)
      }
    }
    result.seconds = BenchEntry.median(own)
    result.peers = peers
    result.peakMemory = BenchMemory.peak
    return result
  }

  /// Seconds that one reading takes.
  private func passes(_ file: String) throws -> Double {
    var batch = EventBatch()
    var runs: [Double] = []
    let begin = ContinuousClock.now
    while runs.isEmpty || (ContinuousClock.now - begin).inSeconds < seconds {
      let start = ContinuousClock.now
      let reader = try RecordingReader(path: file)
      while try reader.read(into: &batch) { batch.removeAll() }
      runs.append((ContinuousClock.now - start).inSeconds)
    }
    return BenchEntry.median(runs)
  }

  private func run(_ peer: inout DecodeResult.Peer, _ file: String, digest: String) {
    struct Line: Decodable {
      var digest: String
      var seconds: Double

      private enum CodingKeys: String, CodingKey {
        case seconds
        case digest = "events_sha256"
      }
    }
    do {
      let process = Process()
      process.executableURL = URL(filePath: peersPython ?? "")
      process.arguments = [driver, peer.name, file, "\(seconds)"]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else { throw BenchError("does not read it") }
      let line = try JSONDecoder().decode(Line.self, from: text)
      peer.isCorrect = line.digest == digest
      peer.runs.append(line.seconds)
    } catch {
      peer.error = "\(error)"
    }
  }
}

extension RecordingFormat {
  /// Packages that say they read the format, by their names in the driver.
  fileprivate var peers: [String] {
    switch self {
    case .evt2, .evt3: ["faery", "expelliarmus", "evlib"]
    case .evt21: ["evlib"]
    case .dat1, .dat2: ["faery", "expelliarmus", "aestream"]
    case .es: ["faery", "event_stream"]
    case .aedat4: ["faery", "aedat", "dv", "evlib"]
    case .csv: ["faery", "numpy"]
    case .rpg: ["faery", "evlib", "numpy"]
    case .nmnist: ["tonic", "numpy"]
    case .aedat2, .aedat3, .npy, .slayer3: ["numpy"]
    }
  }
}
