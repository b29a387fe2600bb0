import Events
import Foundation
import Testing

/// Other packages read the files that are written here, and find the same events.
///
/// Each runs where its package is installed; what is not tested is said.
@Suite(.timeLimit(.minutes(10))) struct PeerReadingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var peer: String
    var format: RecordingFormat
    var ending: String
    var compression = RecordingLayout.Compression.none

    var testDescription: String { "\(peer), \(format.rawValue), \(compression.rawValue)" }
  }

  /// Packages that read a format as its makers mean it; expelliarmus has other times for EVT 3.0, evlib no Zstandard.
  static let cases =
    [
      Case(peer: "faery", format: .evt2, ending: "raw"),
      Case(peer: "expelliarmus", format: .evt2, ending: "raw"),
      Case(peer: "evlib", format: .evt2, ending: "raw"),
      Case(peer: "evlib", format: .evt21, ending: "raw"),
      Case(peer: "faery", format: .evt3, ending: "raw"),
      Case(peer: "evlib", format: .evt3, ending: "raw"),
      Case(peer: "faery", format: .dat1, ending: "dat"),
      Case(peer: "faery", format: .dat2, ending: "dat"),
      Case(peer: "expelliarmus", format: .dat2, ending: "dat"),
      Case(peer: "aestream", format: .dat2, ending: "dat"),
      Case(peer: "faery", format: .es, ending: "es"),
      Case(peer: "event_stream", format: .es, ending: "es"),
      Case(peer: "faery", format: .csv, ending: "csv"),
      Case(peer: "numpy", format: .csv, ending: "csv"),
      Case(peer: "faery", format: .rpg, ending: "txt"),
      Case(peer: "numpy", format: .rpg, ending: "txt"),
      Case(peer: "tonic", format: .nmnist, ending: "bin"),
      Case(peer: "numpy", format: .nmnist, ending: "bin"),
      Case(peer: "numpy", format: .slayer3, ending: "bs3"),
      Case(peer: "numpy", format: .npy, ending: "npy"),
      Case(peer: "numpy", format: .aedat2, ending: "aedat"),
      Case(peer: "numpy", format: .aedat3, ending: "aedat"),
    ]
    + ["faery", "aedat", "dv"].flatMap { peer in
      RecordingLayout.Compression.allCases.map {
        Case(peer: peer, format: .aedat4, ending: "aedat4", compression: $0)
      }
    }

  @Test(.enabled(if: Places.numpy != nil, "no Python with numpy"), arguments: cases)
  func findsTheSameEvents(_ one: Case) throws {
    let python = try #require(Places.numpy)
    let module = ["dv": "dv_processing"][one.peer] ?? one.peer
    guard try Program(path: "/usr/bin/env", [python, "-c", "import \(module)"]).end().status == 0
    else {
      print("skipped: \(python) has no \(module) to read \(one.format.rawValue)")
      return
    }
    let folder = try Folder()
    let path = folder.path + "/events.\(one.ending)"
    let layout = RecordingLayout(
      geometry: SensorGeometry(width: 128, height: 128), compression: one.compression)
    let writer = try RecordingWriter(path: path, format: one.format, layout: layout)
    try writer.write(ConvertTests.events)
    try writer.finish()
    var digest = EventDigest()
    digest.update(ConvertTests.events)
    let driver = Places.root.appending(path: "Tools/lab/Peers/decode.py").path
    let end = try Program(path: "/usr/bin/env", [python, driver, one.peer, path, "0"]).end()
    #expect(end.status == 0, "\(end)")
    let json = try end.json()
    #expect(json["events"] as? Int == ConvertTests.events.count)
    #expect(json["events_sha256"] as? String == digest.finalize())
  }
}
