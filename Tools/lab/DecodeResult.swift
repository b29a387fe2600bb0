import Events
import Foundation
import ToolSupport

/// How fast one file was decoded.
struct DecodeResult: Encodable {
  /// Another package.
  struct Peer: Encodable {
    var name: String
    /// Seconds a reading, one for each repetition.
    var runs: [Double] = []
    /// Whether its events are ours.
    var isCorrect = false
    var error: String?

    var seconds: Double { BenchEntry.median(runs) }

    init(name: String) { self.name = name }
  }

  var file: String
  var format: RecordingFormat
  var events: Int
  /// Seconds a reading.
  var seconds = 0.0
  var peers: [Peer] = []
  /// Most resident memory of this process so far, in MB.
  var peakMemory: Double?

  init(file: String, format: RecordingFormat, events: Int) {
    self.file = file
    self.format = format
    self.events = events
  }

  /// The fastest package whose events are ours.
  var best: Peer? {
    peers.filter { $0.isCorrect && $0.error == nil }.min { $0.seconds < $1.seconds }
  }

  static let header =
    "file: millions of events a second, and times the fastest package that is right"

  var lines: [String] {
    let name = URL(filePath: file).lastPathComponent
    var text = "\(name) (\(format.rawValue)): \(rate(seconds))"
    if let best { text += ", \(Format.decimal(best.seconds / seconds)) times \(best.name)" }
    return [text]
      + peers.map { peer in
        "    \(peer.name): "
          + (peer.error.map { "- (\($0))" }
            ?? rate(peer.seconds) + (peer.isCorrect ? "" : " (other events)"))
      }
  }

  private func rate(_ seconds: Double) -> String {
    Format.decimal(Double(events) / max(seconds, 1e-9) * 1e-6, 1)
  }

  private enum CodingKeys: String, CodingKey {
    case file, format, events, seconds, peers
    case peakMemory = "peak_rss_mb"
  }
}
